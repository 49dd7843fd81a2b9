# What is known only after apply, and what is known all the same.

terraform {
  required_providers {
    aws    = { source = "hashicorp/aws" }
    random = { source = "hashicorp/random" }
  }
}

provider "aws" {
  region = "us-east-1"
  default_tags {
    tags = { Team = "a" }
  }
}

resource "random_id" "suffix" {
  byte_length = 4
  prefix      = "x-"
}

data "aws_ami" "newest" {
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "name"
    values = ["al2023-*"]
  }
}

resource "aws_s3_bucket" "unknown_name" {
  bucket = "data-${random_id.suffix.hex}"
  tags   = { Suffix = random_id.suffix.hex, Prefix = random_id.suffix.prefix }
}

resource "aws_instance" "web" {
  ami                    = data.aws_ami.newest.id
  instance_type          = data.aws_ami.newest.most_recent ? "t3.micro" : "t3.nano"
  vpc_security_group_ids = [aws_security_group.web.id, "sg-known"]
  user_data              = "bucket=${aws_s3_bucket.unknown_name.bucket}"
  tags                   = merge({ Name = "web" }, { Bucket = aws_s3_bucket.unknown_name.id })
}

resource "aws_security_group" "web" {
  name = "web"
  tags = { Known = startswith("arn:${random_id.suffix.hex}", "arn:") }
}

resource "aws_iam_policy" "partly" {
  name = "partly"
  path = aws_s3_bucket.unknown_name.arn == null ? "/none/" : "/some/"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:*", Resource = aws_s3_bucket.unknown_name.arn }]
  })
}

resource "aws_route" "first" {
  count                  = length([aws_instance.web.id, aws_s3_bucket.unknown_name.id])
  route_table_id         = "rtb-1"
  destination_cidr_block = "10.${count.index}.0.0/16"
  network_interface_id   = aws_instance.web.primary_network_interface_id
}
