"""Terraform text in, estate out: the way a scan goes, without its rules."""

import pytest

from graphs.build import build_estate
from graphs.build.declared import Declared
from scanner.terraform.evaluate import evaluate_root
from scanner.terraform.told import Var
from scanner.tree import Directory

PROVIDER = """
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111111111111"]
}
"""


@pytest.fixture
def built(tmp_path):
    """`built(hcl)` evaluates one file as a root module and builds its estate."""

    def build(hcl, declared=None, provider=PROVIDER, **variables):
        (tmp_path / "provider.tf").write_text(provider)
        (tmp_path / "main.tf").write_text(hcl)
        told = tuple(Var(name, text) for name, text in variables.items())
        found = evaluate_root(Directory(tmp_path), ".", told=told, environ={})
        assert not found.gaps, "the example is not valid"
        return build_estate((*found.resources, *found.states), declared or Declared())

    return build


@pytest.fixture
def node(built):
    """`node(hcl, address)` is one node of the estate."""

    def find(hcl, address, **variables):
        return built(hcl, **variables).index.by_id[address]

    return find
