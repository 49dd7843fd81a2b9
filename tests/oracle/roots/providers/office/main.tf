terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.backup]
    }
  }
}

data "aws_region" "current" {}

resource "aws_kms_key" "main" {
  description = "in ${data.aws_region.current.name}"
}

resource "aws_kms_key" "backup" {
  provider    = aws.backup
  description = "backup of ${data.aws_region.current.name}"
  tags        = { Owner = null, Kept = "yes" }
}
