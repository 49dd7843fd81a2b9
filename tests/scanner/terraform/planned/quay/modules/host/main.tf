terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "name" { type = string }
variable "subnet" { type = string }
variable "groups" { type = list(string) }
variable "read" { type = list(string) }

resource "aws_iam_role" "this" {
  name = var.name
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "read" {
  role = aws_iam_role.this.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = var.read }]
  })
}

resource "aws_iam_instance_profile" "this" {
  name = var.name
  role = aws_iam_role.this.name
}

resource "aws_instance" "this" {
  ami                    = "ami-0abcdef1234567890"
  instance_type          = "t4g.micro"
  subnet_id              = var.subnet
  vpc_security_group_ids = var.groups
  iam_instance_profile   = aws_iam_instance_profile.this.name
}

output "id" { value = aws_instance.this.id }
