# What an attribute's type makes of a value: text, numbers, yes and no, sets; what is left out.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "us-east-1"
}

variable "port" {
  default = "8443"
}

variable "zero" {
  type    = string
  default = "007"
}

resource "aws_security_group_rule" "text_to_number" {
  type              = "ingress"
  security_group_id = "sg-1"
  from_port         = var.port
  to_port           = "${var.port}"
  protocol          = 6
  cidr_blocks       = toset(["10.0.0.0/8", "10.0.0.0/8"])
  self              = null
}

resource "aws_db_instance" "text_to_bool" {
  identifier          = "db"
  instance_class      = "db.t3.micro"
  allocated_storage   = "20"
  multi_az            = "true"
  storage_encrypted   = "false"
  publicly_accessible = false
  port                = tonumber(var.zero)
  iops                = 1e3

  vpc_security_group_ids          = ["sg-2", "sg-1", "sg-2"]
  enabled_cloudwatch_logs_exports = ["postgresql"]
}

resource "aws_instance" "number_to_text" {
  ami           = "ami-1"
  instance_type = "t3.micro"
  key_name      = 42
  subnet_id     = true
  tags = {
    count  = 3
    half   = 0.5
    great  = 12345678901234567890
    small  = 1.50
    truth  = true
    nobody = null
  }
  user_data = <<-EOT
    #!/bin/sh
    %{for name in ["a", "b"]~}
    echo ${name}
    %{endfor~}
  EOT
}

resource "aws_ecs_task_definition" "json" {
  family = "task"
  cpu    = 256
  memory = 512
  container_definitions = jsonencode([{
    name         = "web"
    image        = "nginx:<latest>"
    portMappings = [{ containerPort = tonumber(var.port) }]
    environment  = [for name, value in { B = 1, A = "x" } : { name = name, value = tostring(value) }]
  }])
}

resource "aws_lambda_function" "map" {
  function_name = "f"
  role          = "arn:aws:iam::123456789012:role/r"
  timeout       = "30"
  environment {
    variables = { PORT = var.port, DEBUG = false, LIMIT = 10 }
  }
  vpc_config {
    subnet_ids         = ["subnet-2", "subnet-1"]
    security_group_ids = []
  }
}

resource "aws_autoscaling_group" "sets" {
  name                = "group"
  min_size            = "1"
  max_size            = 2.0
  vpc_zone_identifier = tolist(toset(["subnet-b", "subnet-a"]))
  dynamic "tag" {
    for_each = { Name = "group", Level = 3 }
    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = tag.key == "Name"
    }
  }
}
