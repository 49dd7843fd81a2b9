# A quay: a public host, a bucket that anyone may read, and the role between them.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "region" { default = "eu-west-1" }

variable "account" { default = "111122223333" }

variable "password" {
  default   = "correct-horse-battery"
  sensitive = true
}

variable "open" {
  type    = map(list(string))
  default = { ssh = ["0.0.0.0/0"], web = ["10.0.0.0/8", "192.168.0.0/16"] }
}

provider "aws" {
  region = var.region
  assume_role { role_arn = "arn:aws:iam::${var.account}:role/terraform" }
  default_tags { tags = { Team = "quay" } }
}

provider "aws" {
  alias  = "far"
  region = "us-west-2"
  assume_role { role_arn = "arn:aws:iam::${var.account}:role/terraform" }
}

locals {
  ports = { ssh = 22, web = 443 }
  read  = ["${aws_s3_bucket.cargo.arn}/*", aws_s3_bucket.cargo.arn]
}

resource "aws_vpc" "main" {
  cidr_block = "10.7.0.0/16"
  tags       = { Name = "quay" }
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_subnet" "public" {
  for_each = { a = 1, b = 2 }

  vpc_id                  = aws_vpc.main.id
  cidr_block              = cidrsubnet(aws_vpc.main.cidr_block, 8, each.value)
  availability_zone       = "eu-west-1${each.key}"
  map_public_ip_on_launch = true
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.main.id
  }
}

resource "aws_route_table_association" "public" {
  for_each = aws_subnet.public

  subnet_id      = each.value.id
  route_table_id = aws_route_table.public.id
}

resource "aws_security_group" "office" {
  name   = "office"
  vpc_id = aws_vpc.main.id
}

resource "aws_security_group" "host" {
  name   = "host"
  vpc_id = aws_vpc.main.id

  dynamic "ingress" {
    for_each = var.open
    content {
      description = ingress.key
      from_port   = local.ports[ingress.key]
      to_port     = local.ports[ingress.key]
      protocol    = "tcp"
      cidr_blocks = ingress.value
    }
  }

  ingress {
    description     = "office"
    from_port       = 3389
    to_port         = 3389
    protocol        = "tcp"
    security_groups = [aws_security_group.office.id]
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

module "host" {
  source   = "./modules/host"
  for_each = aws_subnet.public

  name   = "quay-${each.key}"
  subnet = each.value.id
  groups = [aws_security_group.host.id]
  read   = local.read
}

resource "aws_s3_bucket" "cargo" {
  bucket = "quay-cargo"
  tags   = { DataClass = "customer" }
}

resource "aws_s3_bucket_public_access_block" "cargo" {
  bucket                  = aws_s3_bucket.cargo.id
  block_public_acls       = true
  ignore_public_acls      = true
  block_public_policy     = false
  restrict_public_buckets = false
}

resource "aws_s3_bucket_policy" "cargo" {
  bucket = aws_s3_bucket.cargo.id
  policy = data.aws_iam_policy_document.cargo.json
}

data "aws_iam_policy_document" "cargo" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.cargo.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}

resource "aws_s3_bucket" "copy" {
  provider = aws.far
  bucket   = "quay-copy"
}

resource "aws_db_instance" "stock" {
  identifier             = "stock"
  engine                 = "postgres"
  instance_class         = "db.t4g.micro"
  allocated_storage      = 20
  username               = "quay"
  password               = var.password
  vpc_security_group_ids = [aws_security_group.office.id]
  skip_final_snapshot    = true
}
