"""The table of the AWS provider's schema, and the script that renews it."""

import json
import runpy
from pathlib import Path

import pytest

from scanner.terraform import schema

HOME = Path(__file__).resolve().parents[3]
DERIVE = HOME / "docs" / "schema" / "derive.py"


def test_the_table_names_its_provider():
    assert schema.provider() == "hashicorp/aws 6.25.0"


def test_types_defaults_and_what_is_computed():
    group = schema.resource("aws_security_group")
    assert group is not None
    assert group.attributes["description"].type == "string"
    assert group.omitted("revoke_rules_on_delete") is False
    assert (group.computes("arn"), group.computes("tags")) == (True, False)
    ingress = group.inside("ingress")
    assert ingress is not None
    assert ingress.attributes["cidr_blocks"].type == ("list", "string")


def test_nested_blocks():
    instance = schema.resource("aws_instance")
    assert instance is not None
    assert (instance.computes("root_block_device"), instance.computes("launch_template")) == (
        True,
        False,
    )
    assert (instance.omitted("launch_template"), instance.omitted("timeouts")) == ((), None)


def test_types_that_nobody_knows():
    assert schema.resource("aws_no_such_thing") is None
    assert schema.resource("google_compute_instance") is None


def test_a_type_is_read_when_it_is_asked_for():
    """Reading all 1,581 would cost ten times as much as a scan needs."""
    schema.resource.cache_clear()
    schema.resource("aws_vpc")
    assert schema.resource.cache_info().currsize == 1


def test_every_line_can_be_read():
    lines = (HOME / "scanner" / "terraform" / schema.TABLE).read_text("utf-8").splitlines()[1:]
    kinds = [line.split(" ", 1)[0] for line in lines]
    assert len(kinds) > 1500
    assert kinds == sorted(set(kinds))
    for kind in kinds:
        found = schema.resource(kind)
        assert found is not None
        assert found.defaults.keys() <= found.attributes.keys(), kind


GIGABYTES = {"type": "number", "optional": True}
SCHEMA = {
    "provider_schemas": {
        "registry.terraform.io/hashicorp/aws": {
            "resource_schemas": {
                "aws_thing": {
                    "block": {
                        "attributes": {
                            "arn": {"type": "string", "computed": True},
                            "name": {"type": "string", "required": True},
                            "size": {"type": "number", "optional": True},
                            "zones": {"type": ["set", "string"], "optional": True},
                            "part": {
                                "nested_type": {
                                    "nesting_mode": "list",
                                    "attributes": {"on": {"type": "bool", "optional": True}},
                                },
                                "optional": True,
                                "computed": True,
                            },
                        },
                        "block_types": {
                            "disk": {
                                "nesting_mode": "list",
                                "block": {
                                    "attributes": {"gb": {"type": "number", "optional": True}}
                                },
                            },
                            "timeouts": {"nesting_mode": "single", "block": {}},
                        },
                    }
                }
            }
        }
    }
}
FACTS = {"aws_thing": {"defaults": {"size": 1, "disk.gb": 8}, "computed": ["disk"]}}


@pytest.fixture
def derived(monkeypatch, tmp_path):
    """The block of the one resource type of a table that was derived from SCHEMA."""
    script = runpy.run_path(str(DERIVE))
    lines = list(script["table"](SCHEMA, FACTS, "9.0.0"))
    assert lines[0] == "hashicorp/aws 9.0.0"
    (tmp_path / schema.TABLE).write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setattr(schema, "files", lambda _: tmp_path)
    for cached in (schema.resource, schema._lines):
        cached.cache_clear()
    yield schema.resource("aws_thing")
    for cached in (schema.resource, schema._lines):
        cached.cache_clear()


def test_a_table_is_derived_from_terraforms_own_answer(derived):
    assert derived.attributes["zones"].type == ("set", "string")
    assert (derived.computes("arn"), derived.computes("size")) == (True, False)
    assert (derived.omitted("size"), derived.omitted("zones")) == (1, None)
    assert derived.inside("part").attributes["on"].type == "bool"


def test_a_file_without_the_provider_is_refused():
    table = runpy.run_path(str(DERIVE))["table"]
    with pytest.raises(SystemExit, match="no schema of hashicorp/aws"):
        list(table({"provider_schemas": {}}, FACTS, "9.0.0"))


def test_facts_that_no_schema_tells_are_taken_in(derived):
    assert derived.computes("disk")
    assert derived.inside("disk").omitted("gb") == 8
    assert derived.omitted("timeouts") is None


def test_what_is_taken_in_is_what_the_table_has():
    """No fact of defaults.yaml speaks of what the provider does not have."""
    import yaml

    facts = yaml.safe_load((DERIVE.parent / "defaults.yaml").read_text("utf-8"))
    lines = (HOME / "scanner" / "terraform" / schema.TABLE).read_text("utf-8").splitlines()[1:]
    table = {kind: json.loads(line) for kind, line in (each.split(" ", 1) for each in lines)}
    for kind, told in facts.items():
        assert dict(_defaults(table[kind], "")) == told.get("defaults", {}), kind
        assert sorted(_computed(table[kind], "")) == sorted(told.get("computed", [])), kind


def _defaults(block, path):
    for name, value in block.get("d", {}).items():
        yield path + name, value
    for name, (_, _, inner) in block.get("b", {}).items():
        yield from _defaults(inner, f"{path}{name}.")


def _computed(block, path):
    for name, (_, mark, inner) in block.get("b", {}).items():
        if mark:
            yield path + name
        yield from _computed(inner, f"{path}{name}.")
