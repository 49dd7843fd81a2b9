# Aliases, regions, default_tags, providers handed to modules, a resource's own region.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

locals {
  tags = { Owner = "platform", Stage = "test" }
}

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
  default_tags {
    tags = local.tags
  }
}

provider "aws" {
  alias  = "china"
  region = "cn-north-1"
  assume_role {
    role_arn = "arn:aws-cn:iam::444455556666:role/deploy"
  }
}

provider "aws" {
  alias = "environment"
}

data "aws_caller_identity" "here" {}

data "aws_caller_identity" "there" {
  provider = aws.china
}

data "aws_region" "there" {
  provider = aws.china
}

data "aws_partition" "there" {
  provider = aws.china
}

data "aws_availability_zones" "here" {
  state = "available"
}

resource "aws_s3_bucket" "here" {
  bucket = "logs-${data.aws_caller_identity.here.account_id}"
  tags   = { Stage = "prod" }
}

resource "aws_s3_bucket" "there" {
  provider = aws.china
  bucket   = "logs-${data.aws_caller_identity.there.account_id}-${data.aws_region.there.name}"
  tags     = { partition = data.aws_partition.there.partition, suffix = data.aws_partition.there.dns_suffix }
}

resource "aws_s3_bucket" "elsewhere" {
  provider = aws.environment
  bucket   = "elsewhere"
}

resource "aws_sqs_queue" "own_region" {
  name   = "own"
  region = "ap-southeast-2"
}

resource "aws_subnet" "zones" {
  count             = length(data.aws_availability_zones.here.names)
  vpc_id            = "vpc-1"
  availability_zone = data.aws_availability_zones.here.names[count.index]
  cidr_block        = cidrsubnet("10.1.0.0/16", 4, count.index)
}

module "office" {
  source = "./office"
  providers = {
    aws        = aws.china
    aws.backup = aws
  }
}
