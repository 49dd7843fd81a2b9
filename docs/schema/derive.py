# ruff: noqa: INP001 (a script, not a package)
"""Derive the table of the AWS provider's schema that Terraform evaluation reads.

    terraform providers schema -json > schema.json    # where hashicorp/aws is the provider
    python docs/schema/derive.py schema.json 6.25.0

The schema does not tell defaults, nor which absent blocks the provider computes: defaults.yaml
does. The table is scanner/terraform/aws_schema.txt: the provider's version, then one line for each
resource type, its name and a JSON object with
  a  attributes as [flags, type, names]: r required, o optional, c computed,
  b  nested blocks as [nesting, "c" if the provider computes it where it is absent, block],
  d  defaults of attributes.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
TABLE = HERE.parent.parent / "scanner" / "terraform" / "aws_schema.txt"
FLAGS = (("required", "r"), ("optional", "o"), ("computed", "c"))
NOTHING: dict[str, Any] = {"defaults": {}, "computed": []}


def table(schema: Mapping[str, Any], facts: Mapping[str, Any], version: str) -> Iterator[str]:
    """The lines of the table, of the answer of `terraform providers schema -json`."""
    yield f"hashicorp/aws {version}"
    providers = schema.get("provider_schemas", {})
    kinds = next((each for name, each in providers.items() if name.endswith("hashicorp/aws")), None)
    if kinds is None:
        raise SystemExit("no schema of hashicorp/aws in the file")
    for kind, found in sorted(kinds["resource_schemas"].items()):
        known = {**NOTHING, **facts.get(kind, {})}
        line = json.dumps(block(found["block"], known, ""), separators=(",", ":"))
        yield f"{kind} {line}"


def block(found: Mapping[str, Any], known: Mapping[str, Any], path: str) -> dict[str, Any]:
    """One block; `path` is where it stands (`ebs_block_device.`)."""
    attributes = found.get("attributes", {})
    defaults = {
        name: known["defaults"][path + name]
        for name in attributes
        if path + name in known["defaults"]
    }
    nested = {
        name: [
            each["nesting_mode"],
            "c" if path + name in known["computed"] else "",
            block(each["block"], known, f"{path}{name}."),
        ]
        for name, each in found.get("block_types", {}).items()
    }
    parts = (("a", grouped(attributes)), ("b", nested), ("d", defaults))
    return {key: part for key, part in parts if part}


def grouped(attributes: Mapping[str, Any]) -> list[tuple[str, Any, str]]:
    """Attributes by flags and type, which many of a block share."""
    groups: dict[tuple[str, str], list[str]] = {}
    for name, each in sorted(attributes.items()):
        flags = "".join(letter for word, letter in FLAGS if each.get(word))
        kind = each.get("type") or nested_type(each["nested_type"])
        groups.setdefault((flags, json.dumps(kind)), []).append(name)
    return [(flags, json.loads(kind), " ".join(names)) for (flags, kind), names in groups.items()]


def nested_type(found: Mapping[str, Any]) -> Any:
    """The type of an attribute that has attributes: list(object), single is the object itself."""
    inner = {
        name: each.get("type") or nested_type(each["nested_type"])
        for name, each in found["attributes"].items()
    }
    mode = found["nesting_mode"]
    return ["object", inner] if mode in ("single", "group") else [mode, ["object", inner]]


def main(source: str, version: str) -> None:
    """Write the table."""
    facts = yaml.safe_load((HERE / "defaults.yaml").read_text(encoding="utf-8"))
    schema = json.loads(Path(source).read_text(encoding="utf-8"))
    TABLE.write_text("".join(f"{line}\n" for line in table(schema, facts, version)), "utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("python docs/schema/derive.py SCHEMA.json VERSION")
    main(*sys.argv[1:])
