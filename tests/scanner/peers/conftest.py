"""An estate with a module, things that are not known, and secrets; and the real Checkov."""

import os
from pathlib import Path

import pytest

from scanner.estates import Request, estates
from scanner.peers.environment import installed

ROOT = """
variable "zone" {}
variable "key" { sensitive = true }

module "store" {
  source   = "./store"
  for_each = { logs = true, "mail[1]" = false }
  name     = "acme-${each.key}"
}

resource "aws_s3_bucket_versioning" "logs" {
  bucket = module.store["logs"].id
  versioning_configuration { status = "Enabled" }
}

resource "aws_db_instance" "main" {
  identifier          = "main"
  engine              = "postgres"
  password            = "correct-horse-battery"
  username            = var.key
  storage_encrypted   = var.zone == "x"
  publicly_accessible = true
  deletion_protection = true # checkov:skip=CKV_AWS_157:one zone will do
}

resource "aws_instance" "web" {
  ami       = var.zone
  user_data = "export TOKEN=hunter2hunter2 ; export NAME=web"
  metadata_options { http_tokens = "required" }
}
"""
STORE = """
variable "name" {}
resource "aws_s3_bucket" "this" { bucket = var.name }
resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
output "id" { value = aws_s3_bucket.this.id }
"""


@pytest.fixture
def home(tmp_path):
    """The directory of the estate."""
    (tmp_path / "code/store").mkdir(parents=True)
    (tmp_path / "code/main.tf").write_text(ROOT)
    (tmp_path / "code/store/main.tf").write_text(STORE)
    (tmp_path / "code/terraform.tfvars").write_text('key = "sesame-sesame"\n')
    return tmp_path / "code"


@pytest.fixture
def read(home):
    """The estate, evaluated."""
    (found,) = estates(Request(home))
    return found.evaluated


@pytest.fixture
def checkov():
    """The real one; where it is not installed, its tests are skipped, unless it is required."""
    if installed() is None:
        if os.environ.get("PATHWARDEN_CHECKOV") == "required":
            pytest.fail("Checkov is required here: pathwarden checkov install")
        pytest.skip("Checkov is not installed: pathwarden checkov install")
    return installed()


@pytest.fixture
def estate_of_the_web_server():
    """A web server that the internet reaches, and whose role reads customers' data."""
    return Path(__file__).parents[1] / "estate"
