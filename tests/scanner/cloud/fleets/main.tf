# Fleets in all their spellings, a classic balancer before them, and parameters.

provider "aws" {
  region = "eu-north-1"
  assume_role { role_arn = "arn:aws:iam::222233334444:role/terraform" }
  default_tags { tags = { Owner = "yard" } }
}

locals {
  vpc = "10.60.0.0/16"
}

resource "aws_vpc" "yard" {
  cidr_block = local.vpc
  tags       = { Name = "yard" }
}

resource "aws_subnet" "front" {
  for_each = { a = 0, b = 1 }

  vpc_id                  = aws_vpc.yard.id
  cidr_block              = cidrsubnet(local.vpc, 8, each.value)
  availability_zone       = "eu-north-1${each.key}"
  map_public_ip_on_launch = true
  tags                    = { Name = "front-${each.key}" }
}

resource "aws_internet_gateway" "yard" {
  vpc_id = aws_vpc.yard.id
  tags   = { Name = "yard" }
}

resource "aws_route_table" "front" {
  vpc_id = aws_vpc.yard.id
  tags   = { Name = "front" }
}

resource "aws_route" "out" {
  route_table_id         = aws_route_table.front.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.yard.id
}

resource "aws_route_table_association" "front" {
  for_each = aws_subnet.front

  subnet_id      = each.value.id
  route_table_id = aws_route_table.front.id
}

resource "aws_security_group" "balancer" {
  name   = "balancer"
  vpc_id = aws_vpc.yard.id

  ingress {
    protocol    = "tcp"
    from_port   = 80
    to_port     = 80
    cidr_blocks = ["0.0.0.0/0"]
  }

  egress {
    protocol    = "tcp"
    from_port   = 8080
    to_port     = 8080
    cidr_blocks = [local.vpc]
  }
}

resource "aws_security_group" "machine" {
  name   = "machine"
  vpc_id = aws_vpc.yard.id

  ingress {
    protocol        = "tcp"
    from_port       = 8080
    to_port         = 8080
    security_groups = [aws_security_group.balancer.id]
  }

  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_iam_role" "machine" {
  name               = "machine"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_instance_profile" "machine" {
  name = "machine"
  role = aws_iam_role.machine.name
}

resource "aws_iam_role_policy" "machine" {
  name   = "parameters"
  role   = aws_iam_role.machine.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "ssm:GetParameter", Resource = "arn:aws:ssm:eu-north-1:222233334444:parameter/yard/*" }] })
}

resource "aws_launch_template" "crane" {
  name          = "crane"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
  user_data     = base64encode("#!/bin/sh\nexport API_TOKEN=correct-horse-battery\n")

  iam_instance_profile { name = aws_iam_instance_profile.machine.name }
  metadata_options { http_tokens = "required" }

  network_interfaces {
    associate_public_ip_address = true
    security_groups             = [aws_security_group.machine.id]
  }
}

resource "aws_autoscaling_group" "crane" {
  name                = "crane"
  min_size            = 0
  max_size            = 3
  vpc_zone_identifier = [for subnet in aws_subnet.front : subnet.id]
  load_balancers      = [aws_elb.front.name]

  launch_template {
    id      = aws_launch_template.crane.id
    version = "$Latest"
  }
}

resource "aws_launch_configuration" "forklift" {
  name                        = "forklift"
  image_id                    = "ami-0123456789abcdef0"
  instance_type               = "t3.micro"
  security_groups             = [aws_security_group.machine.id]
  associate_public_ip_address = false
  iam_instance_profile        = aws_iam_instance_profile.machine.name

  metadata_options { http_tokens = "optional" }
}

resource "aws_lb_target_group" "forklift" {
  name        = "forklift"
  port        = 8080
  protocol    = "HTTP"
  target_type = "instance"
  vpc_id      = aws_vpc.yard.id
}

resource "aws_autoscaling_group" "forklift" {
  name                 = "forklift"
  min_size             = 0
  max_size             = 1
  vpc_zone_identifier  = [aws_subnet.front["a"].id]
  launch_configuration = aws_launch_configuration.forklift.name
  target_group_arns    = [aws_lb_target_group.forklift.arn]
}

resource "aws_elb" "front" {
  name            = "front"
  subnets         = [for subnet in aws_subnet.front : subnet.id]
  security_groups = [aws_security_group.balancer.id]

  listener {
    lb_protocol       = "HTTP"
    lb_port           = 80
    instance_protocol = "HTTP"
    instance_port     = 8080
  }
}

resource "aws_kms_key" "yard" {
  description         = "Parameters"
  enable_key_rotation = true
  policy              = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "kms:*", Principal = { AWS = "arn:aws:iam::222233334444:root" }, Resource = "*" }] })
}

resource "aws_ssm_parameter" "token" {
  name   = "/yard/token"
  type   = "SecureString"
  key_id = aws_kms_key.yard.key_id
  value  = "never-read"
}

resource "aws_ssm_parameter" "host" {
  name  = "/yard/host"
  type  = "String"
  value = "crane.yard.example"
}

resource "aws_ssm_parameter" "gate" {
  name  = "/yard/gate-password"
  type  = "String"
  value = "never-read"
}
