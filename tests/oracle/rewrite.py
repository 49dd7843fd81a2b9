"""A repository made fit for planning without a cloud: a copy, in which the meaning stays the same.

State is kept in a file; what has to be looked up depends on something that is not there yet, so
that terraform takes it for unknown; variables without a value get one.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scanner.terraform.syntax import Attribute, Block, File, Node
from tests.oracle.answers import ANSWERS
from tests.oracle.usage import read

LATER = "stands_for_what_is_looked_up"
"""A resource that every directory gets; what depends on it is read when it has been applied."""

BACKEND = 'terraform {\n  backend "local" {}\n}\n'
ADDED = ("zz_later.tf", "zz_override.tf", "zz_sample.auto.tfvars.json")
NONE: Mapping[str, Path] = {}
SKIPPED = shutil.ignore_patterns(".git", ".terraform", ".terraform.lock.hcl", "node_modules")


def copied(source: Path, target: Path, registry: Mapping[str, Path] = NONE) -> None:
    """Copy a repository and make all its configuration fit; `registry` has the directories of
    modules by their address in the registry, such as terraform-aws-modules/vpc/aws.
    """
    shutil.copytree(source, target, symlinks=True, ignore=SKIPPED, dirs_exist_ok=True)
    for directory in {path.parent for path in target.rglob("*.tf")}:
        for path in directory.glob("*.tf"):
            if path.is_file() and not path.is_symlink():
                _rewrite(path, registry)
        (directory / ADDED[0]).write_text(f'resource "terraform_data" "{LATER}" {{}}\n')


def made_root(directory: Path) -> None:
    """Keep the state of a root module in a file, and give its variables values."""
    (directory / ADDED[1]).write_text(BACKEND)
    samples = dict(_samples(directory))
    if samples:
        (directory / ADDED[2]).write_text(json.dumps(samples))


def _rewrite(path: Path, registry: Mapping[str, Path]) -> None:
    for file in read(path):
        edits = [each for block in file.body.blocks for each in _edits(file, block, path, registry)]
        text = file.text
        for start, end, new in sorted(edits, reverse=True):
            text = text[:start] + new + text[end:]
        if edits:
            path.write_text(text)


def _edits(
    file: File, block: Block, path: Path, registry: Mapping[str, Path]
) -> Iterator[tuple[int, int, str]]:
    """What to change, as (start, end, text)."""
    if block.type == "data" and block.labels[0] not in ANSWERS:
        yield from _deferred(file, block)
    elif block.type == "module":
        yield from _present(block, path, registry)
    elif block.type == "variable" and "type" in block.body.attributes:
        yield from _modern(block.body.attributes["type"])
    elif block.type == "terraform" and "required_version" in block.body.attributes:
        stated = block.body.attributes["required_version"]
        yield stated.start, stated.end, 'required_version = ">= 0.12"'


def _deferred(file: File, block: Block) -> Iterator[tuple[int, int, str]]:
    stated = block.body.attributes.get("depends_on")
    if stated is not None:
        at = file.text.index("[", stated.start) + 1
        yield at, at, f"terraform_data.{LATER}, "
    else:
        at = file.text.index("{", block.start + len(block.type)) + 1
        yield at, at, f"\n  depends_on = [terraform_data.{LATER}]\n"
        yield block.end - 1, block.end - 1, "\n"


def _modern(stated: Attribute) -> Iterator[tuple[int, int, str]]:
    """A type constraint in quotes, as before Terraform 0.12."""
    if stated.expr[0] == "lit":
        word = {"list": "list(any)", "map": "map(any)"}.get(stated.expr[3], stated.expr[3])
        yield stated.start, stated.end, f"type = {word}"


def _present(
    block: Block, path: Path, registry: Mapping[str, Path]
) -> Iterator[tuple[int, int, str]]:
    """A module of the registry that is present becomes a path."""
    attributes = block.body.attributes
    source = attributes["source"].expr[3] if "source" in attributes else ""
    name, _, inner = str(source).partition("//")
    if name in registry:
        found = os.path.relpath(registry[name] / inner, path.parent)
        yield attributes["source"].start, attributes["source"].end, f'source = "./{found}"'
        if "version" in attributes:
            yield attributes["version"].start, attributes["version"].end, ""


def _samples(directory: Path) -> Iterator[tuple[str, Any]]:
    """Values for the variables that have none."""
    given = {
        name
        for path in (*directory.glob("terraform.tfvars"), *directory.glob("*.auto.tfvars"))
        for file in read(path)
        for name in file.body.attributes
    }
    for path in directory.glob("*.tf"):
        for file in read(path):
            for block in file.body.blocks:
                attributes = block.body.attributes
                if block.type != "variable" or "default" in attributes or block.labels[0] in given:
                    continue
                stated = attributes.get("type")
                yield block.labels[0], sample(stated.expr if stated else None, block.labels[0])


WORDS = {"string": "sample", "number": 1, "bool": True, "any": "sample", "list": [], "map": {}}
TEXTS = (("cidr", "10.0.0.0/16"), ("region", "us-east-1"), ("arn", "arn:aws:iam::123456789012:x/y"))


def sample(of: Node | None, name: str) -> Any:
    """A value of a type."""
    if of is None or of[0] in ("var", "lit"):
        word = "string" if of is None else str(of[3])
        if word in ("string", "any"):
            return next((text for part, text in TEXTS if part in name), "sample")
        return WORDS.get(word)
    if of[0] != "call":
        return None
    word, arguments = of[3], of[4]
    if word == "object" and arguments[0][0] == "object":
        return {
            str(key[3]): sample(each, str(key[3]))
            for key, each in arguments[0][3]
            if not (each[0] == "call" and each[3] == "optional")
        }
    if word == "tuple":
        return [sample(each, name) for each in arguments[0][3]]
    return {} if word == "map" else []
