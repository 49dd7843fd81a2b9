# count and for_each on resources and modules, nested modules, moved blocks.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "eu-north-1"
}

variable "zones" {
  type    = map(object({ cidr = string, public = optional(bool, false) }))
  default = {
    "a"      = { cidr = "10.0.0.0/20", public = true }
    "b \"c\"" = { cidr = "10.0.16.0/20" }
    "é"      = { cidr = "10.0.32.0/20" }
  }
}

variable "spare" {
  type    = string
  default = "2" # count takes a number in text
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
  tags       = { Name = "main" }
}

resource "aws_subnet" "each" {
  for_each                = var.zones
  vpc_id                  = aws_vpc.main.id
  cidr_block              = each.value.cidr
  map_public_ip_on_launch = each.value.public
  tags                    = { Name = "${aws_vpc.main.tags.Name}-${each.key}", Index = index(keys(var.zones), each.key) }
}

resource "aws_eip" "spare" {
  count  = var.spare
  domain = "vpc"
  tags   = { Number = count.index + 1 }
}

resource "aws_eip" "none" {
  count  = length(aws_eip.spare) > 2 ? 1 : 0
  domain = "vpc"
}

moved {
  from = aws_eip.old
  to   = aws_eip.spare[0]
}

resource "aws_iam_user" "named" {
  for_each = toset(["zoe", "adam", "Bea"])
  name     = each.value
  path     = "/${lower(each.key)}/"
}

module "shelf" {
  source   = "./shelf"
  for_each = { for name, zone in var.zones : name => zone if !zone.public }
  name     = each.key
  boxes    = length(each.key)
}

module "lonely" {
  source = "./shelf"
  count  = 1
  name   = "lonely"
}

resource "aws_ssm_parameter" "all" {
  name  = "/all"
  type  = "StringList"
  value = join(",", flatten([for shelf in module.shelf : shelf.names], ))
  tags = {
    lonely = one(module.lonely[*].names[0])
    users  = join(" ", sort([for user in aws_iam_user.named : user.name]))
    count  = length(module.shelf)
  }
}
