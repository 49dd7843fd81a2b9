# Nested blocks: dynamic with iterators, nested, empty and unknown; attributes as blocks; sets.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "us-west-2"
}

locals {
  ports = { ssh = 22, web = 443 }
  rules = [
    { path = "/a", headers = { X-One = ["1", "2"] } },
    { path = "/b", headers = {} },
  ]
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_security_group" "blocks" {
  name   = "blocks"
  vpc_id = aws_vpc.main.id

  dynamic "ingress" {
    for_each = local.ports
    iterator = port
    content {
      description = port.key
      from_port   = port.value
      to_port     = port.value
      protocol    = "tcp"
      cidr_blocks = [aws_vpc.main.cidr_block, "192.0.2.0/24"]
    }
  }

  ingress {
    from_port = 0
    to_port   = 0
    protocol  = "-1"
    self      = true
  }

  dynamic "egress" {
    for_each = []
    content {
      from_port = egress.value
      to_port   = egress.value
      protocol  = "tcp"
    }
  }
}

resource "aws_security_group" "attributes" {
  name = "attributes"
  ingress = [{
    description      = "everything"
    from_port        = 0
    to_port          = "65535"
    protocol         = "tcp"
    cidr_blocks      = ["0.0.0.0/0"]
    ipv6_cidr_blocks = []
    prefix_list_ids  = null
    security_groups  = [aws_security_group.blocks.id]
    self             = false
  }]
  egress = []
}

resource "aws_lb_listener_rule" "each" {
  count        = length(local.rules)
  listener_arn = "arn:aws:elasticloadbalancing:us-west-2:123456789012:listener/app/a/b/c"
  priority     = 100 - count.index

  action {
    type             = "forward"
    target_group_arn = "arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/t/1"
  }

  condition {
    path_pattern {
      values = [local.rules[count.index].path]
    }
  }

  dynamic "condition" {
    for_each = local.rules[count.index].headers
    content {
      dynamic "http_header" {
        for_each = [condition.value]
        content {
          http_header_name = condition.key
          values           = http_header.value
        }
      }
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "rules" {
  bucket = "logs"

  dynamic "rule" {
    for_each = { old = 365, young = 30 }
    content {
      id     = "${rule.key}-${rule.value}"
      status = rule.value > 100 ? "Enabled" : "Disabled"
      filter {
        and {
          prefix = "${rule.key}/"
          tags   = { days = rule.value }
        }
      }
      expiration { days = rule.value }
    }
  }

  timeouts { create = "10m" }
}

resource "aws_network_acl" "unknown" {
  vpc_id = aws_vpc.main.id

  dynamic "ingress" {
    for_each = toset([aws_vpc.main.id])
    content {
      rule_no    = 100
      action     = "allow"
      protocol   = "tcp"
      from_port  = 80
      to_port    = 80
      cidr_block = ingress.value
    }
  }
  tags = { Name = "known" }
}

resource "aws_instance" "disks" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.micro"

  root_block_device {
    volume_size = "20"
    encrypted   = "true"
  }

  dynamic "ebs_block_device" {
    for_each = [for letter in ["f", "g"] : { device = "/dev/sd${letter}", size = letter == "f" ? 10 : 20 }]
    iterator = disk
    content {
      device_name = disk.value.device
      volume_size = disk.value.size
    }
  }

  metadata_options {
    http_tokens = "required"
  }
}

data "aws_iam_policy_document" "assume" {
  dynamic "statement" {
    for_each = { ec2 = ["ec2.amazonaws.com"], lambda = ["lambda.amazonaws.com", "edgelambda.amazonaws.com"] }
    content {
      sid     = title(statement.key)
      actions = ["sts:AssumeRole"]
      principals {
        type        = "Service"
        identifiers = statement.value
      }
      condition {
        test     = "StringEquals"
        variable = "aws:PrincipalOrgID"
        values   = ["o-1", "o-0"]
      }
    }
  }
  statement {
    effect        = "Deny"
    not_actions   = ["iam:*", "sts:*"]
    not_resources = ["arn:aws:s3:::&{aws:username}/<*>"]
  }
}

resource "aws_iam_role" "assume" {
  name               = "assume"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}
