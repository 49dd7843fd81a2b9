"""What a root module evaluates to: values where terraform knows them, origins where it does not."""

import pytest

from graphs.resource import Reference, Resource
from graphs.unknown import Cause, Place, Referent, Template, Unknown


def by_id(evaluated) -> dict[str, Resource]:
    return {each.id: each for each in evaluated.resources}


def test_computed_attributes_lead_to_their_resource(terraform):
    found = by_id(
        terraform("""
        resource "aws_vpc" "main" {
          cidr_block = "10.0.0.0/16"
        }
        resource "aws_subnet" "a" {
          vpc_id     = aws_vpc.main.id
          cidr_block = cidrsubnet(aws_vpc.main.cidr_block, 8, 1)
        }
        """)
    )
    subnet = found["aws_subnet.a"]
    assert subnet.values["vpc_id"] == Unknown(
        Cause.COMPUTED, "aws_vpc.main.id", (Referent("aws_vpc.main", "id"),)
    )
    assert subnet.values["cidr_block"] == "10.0.1.0/24"
    assert subnet.references == (
        Reference("vpc_id", Referent("aws_vpc.main", "id")),
        Reference("cidr_block", Referent("aws_vpc.main", "cidr_block")),
    )


def test_strings_keep_their_known_parts(terraform):
    found = by_id(
        terraform("""
        resource "aws_s3_bucket" "b" {}
        resource "aws_thing" "t" { arn = "${aws_s3_bucket.b.arn}/*" }
        """)
    )
    arn = found["aws_thing.t"].values["arn"]
    assert isinstance(arn, Template)
    assert str(arn) == "${aws_s3_bucket.b.arn}/*"


def test_references_go_through_locals_modules_and_variables(terraform):
    found = by_id(
        terraform(
            {
                "main.tf": """
            resource "aws_security_group" "g" {}
            locals { groups = [aws_security_group.g.id] }
            module "m" {
              source = "./m"
              groups = local.groups
            }
            resource "aws_thing" "t" { name = module.m.name }
            """,
                "m/main.tf": """
            variable "groups" { type = list(string) }
            resource "aws_instance" "i" { vpc_security_group_ids = var.groups }
            output "name" { value = aws_instance.i.id }
            """,
            }
        )
    )
    inner = found["module.m.aws_instance.i"]
    assert inner.refers("vpc_security_group_ids") == (Referent("aws_security_group.g", "id"),)
    assert inner.origin.calls == (Place("main.tf", 4, 7),)
    assert found["aws_thing.t"].refers("name") == (Referent("module.m.aws_instance.i", "id"),)


def test_only_the_side_that_is_taken_counts_as_a_reference(terraform):
    found = by_id(
        terraform("""
        resource "aws_kms_key" "a" {}
        resource "aws_kms_key" "b" {}
        resource "aws_thing" "t" { key = true ? aws_kms_key.a.arn : aws_kms_key.b.arn }
        """)
    )
    assert found["aws_thing.t"].refers("key") == (Referent("aws_kms_key.a", "arn"),)


def test_a_variable_without_a_value_is_unknown_and_listed_once(terraform):
    evaluated = terraform("""
    variable "vpc" { type = object({ id = string }) }
    variable "unused" {}
    resource "aws_subnet" "a" { vpc_id = var.vpc.id }
    resource "aws_subnet" "b" { vpc_id = var.vpc.id }
    """)
    assert [each.what for each in evaluated.unknowns] == ["var.unused", "var.vpc"]
    assert evaluated.unknowns[1].place == Place("main.tf", 2, 2)
    a, b = (each.values["vpc_id"] for each in evaluated.resources)
    assert a == b == Unknown(Cause.VARIABLE, "var.vpc.id")
    assert evaluated.gaps == ()


def test_count_and_for_each(terraform):
    found = by_id(
        terraform("""
        resource "aws_a" "c" {
          count = "2"
          name  = "n${count.index}"
        }
        resource "aws_b" "e" {
          for_each = { x = 1, y = 2 }
          name     = "${each.key}${each.value}"
        }
        resource "aws_c" "none" { count = 0 }
        resource "aws_d" "all" {
          names = [aws_a.c[*].name, values(aws_b.e)[*].id, aws_c.none[*].id]
        }
        """)
    )
    assert list(found) == ["aws_a.c[0]", "aws_a.c[1]", 'aws_b.e["x"]', 'aws_b.e["y"]', "aws_d.all"]
    assert found["aws_a.c[1]"].values["name"] == "n1"
    assert found['aws_b.e["y"]'].values["name"] == "y2"
    names, ids, none = found["aws_d.all"].values["names"]
    assert (names, none) == (("n0", "n1"), ())
    assert [each.what for each in ids] == ['aws_b.e["x"].id', 'aws_b.e["y"].id']


def test_an_unknown_count_gives_one_instance_that_may_exist(terraform):
    found = by_id(
        terraform("""
        variable "on" {}
        resource "aws_a" "a" {
          count = var.on ? 1 : 0
          name  = "n"
        }
        resource "aws_b" "b" {
          one  = aws_a.a[0].id
          all  = aws_a.a[*].id
          some = length(aws_a.a)
          try  = try(aws_a.a[0].name, "none")
          same = try(aws_a.a[0].name, "n")
        }
        """)
    )
    instance = found["aws_a.a"]
    assert instance.exists.undecided
    assert [each.what for each in instance.exists.because] == ["var.on ? 1 : 0"]
    assert [each.what for each in next(iter(instance.exists.because)).roots] == ["var.on"]
    values = found["aws_b.b"].values
    assert values["one"] == Unknown(Cause.COMPUTED, "aws_a.a.id", (Referent("aws_a.a", "id"),))
    assert values["all"].refers == (Referent("aws_a.a", "id"),)
    assert isinstance(values["some"], Unknown)
    assert isinstance(values["try"], Unknown), "whether it exists decides"
    assert values["same"] == "n"


def test_an_unknown_for_each_gives_one_instance_with_unknown_each(terraform):
    found = by_id(
        terraform("""
        variable "names" { type = set(string) }
        resource "aws_a" "a" {
          for_each = var.names
          name     = each.key
        }
        """)
    )
    assert found["aws_a.a"].values["name"].what == "each.key of aws_a.a"
    assert found["aws_a.a"].exists.because == {Unknown(Cause.VARIABLE, "var.names")}


def test_what_an_unknown_condition_leaves_open(terraform):
    found = by_id(
        terraform("""
        variable "on" {}
        resource "aws_kms_key" "k" {}
        resource "aws_a" "a" {
          same  = var.on ? "x" : "x"
          other = var.on ? aws_kms_key.k.arn : "none"
          both  = var.on || true
        }
        """)
    )
    values = found["aws_a.a"].values
    assert (values["same"], values["both"]) == ("x", True)
    assert values["other"] == Unknown(
        Cause.EXPRESSION,
        'var.on ? aws_kms_key.k.arn : "none"',
        (Referent("aws_kms_key.k", "arn"),),
    )


def test_all_spellings_of_blocks_are_tuples_of_objects(terraform):
    found = by_id(
        terraform("""
        locals { ports = { web = 80, tls = 443 } }
        resource "aws_security_group" "block" {
          ingress { from_port = 22 }
          dynamic "ingress" {
            for_each = local.ports
            iterator = it
            content {
              from_port   = it.value
              description = it.key
            }
          }
        }
        resource "aws_security_group" "attribute" {
          ingress = [{ from_port = 22 }]
        }
        """)
    )
    assert found["aws_security_group.block"].values["ingress"] == (
        {"from_port": 22},
        {"from_port": 443, "description": "tls"},
        {"from_port": 80, "description": "web"},
    )
    (written,) = found["aws_security_group.attribute"].values["ingress"]
    assert {name: value for name, value in written.items() if value is not None} == {
        "from_port": 22
    }


def test_dynamic_blocks_nest(terraform):
    (resource,) = terraform("""
    resource "aws_lb_listener" "l" {
      dynamic "action" {
        for_each = ["a", "b"]
        content {
          type = action.value
          dynamic "target" {
            for_each = [1]
            content { name = "${action.key}-${target.value}" }
          }
        }
      }
    }
    """).resources
    assert resource.values["action"] == (
        {"type": "a", "target": ({"name": "0-1"},)},
        {"type": "b", "target": ({"name": "1-1"},)},
    )
    assert resource.origin.line_of("action[1].target[0].name") == Place("main.tf", 9, 9)


def test_an_unknown_dynamic_block_refers_to_what_it_would_hold(terraform):
    found = by_id(
        terraform("""
        variable "ports" {}
        resource "aws_security_group" "g" {}
        resource "aws_security_group" "h" {
          ingress { from_port = 1 }
          dynamic "ingress" {
            for_each = var.ports
            content { security_groups = [aws_security_group.g.id] }
          }
        }
        """)
    )
    known, unknown = found["aws_security_group.h"].values["ingress"]
    assert known == {"from_port": 1}
    assert unknown.refers == (Referent("aws_security_group.g", "id"),)
    assert [each.what for each in unknown.roots] == ["var.ports", "aws_security_group.g.id"]


def test_nested_blocks_have_computed_attributes_too(terraform):
    evaluated = terraform("""
    resource "aws_eks_cluster" "c" {
      vpc_config { subnet_ids = [] }
    }
    output "group" { value = aws_eks_cluster.c.vpc_config[0].cluster_security_group_id }
    """)
    assert evaluated.outputs["group"].refers == (
        Referent("aws_eks_cluster.c", "vpc_config[0].cluster_security_group_id"),
    )


def test_secrets_are_stripped_and_marked(terraform):
    found = by_id(
        terraform("""
        variable "password" {
          default   = "hunter2"
          sensitive = true
        }
        resource "aws_db_instance" "d" {
          password = var.password
          url      = "db://${var.password}@host"
          options { value = [upper(var.password)] }
        }
        """)
    )
    database = found["aws_db_instance.d"]
    assert database.values["password"] == "hunter2"
    assert database.marks == {"password", "url", "options[0].value[0]"}


def test_lines_of_arguments_blocks_and_policies(terraform):
    (resource,) = terraform("""
    resource "aws_a" "a" {
      name = "x"
      policy = jsonencode({
        Statement = [{
          Effect = "Allow"
        }]
      })
      ingress {
        cidr_blocks = [
          "10.0.0.0/8",
        ]
      }
    }
    """).resources
    line_of = resource.origin.line_of
    assert resource.origin.place == Place("main.tf", 2, 14)
    assert line_of("name") == Place("main.tf", 3, 3)
    assert line_of("policy.Statement[0].Effect") == Place("main.tf", 6, 6)
    assert line_of("ingress[0]") == Place("main.tf", 9, 13)
    assert line_of("ingress[0].cidr_blocks[0]") == Place("main.tf", 11, 11)
    assert line_of("ingress[0].nothing") == Place("main.tf", 9, 13)


def test_problems_are_gaps_with_lines_and_the_rest_goes_on(terraform):
    evaluated = terraform(
        {
            "main.tf": """
        locals {
          a = local.b
          b = local.a
        }
        resource "aws_a" "a" {
          bad  = tonumber("x")
          none = local.missing
          good = "y"
          loop = local.a
        }
        """,
            "broken.tf": 'resource "aws_b" {',
        }
    )
    (resource,) = evaluated.resources
    assert resource.values["good"] == "y"
    assert all(isinstance(resource.values[name], Unknown) for name in ("bad", "none", "loop"))
    assert {(gap.kind, gap.place.file, gap.place.line) for gap in evaluated.gaps} == {
        ("syntax-error", "broken.tf", 1),
        ("evaluation", "main.tf", 7),
        ("undeclared-reference", "main.tf", 8),
        ("cycle", "main.tf", 3),
    }


def test_endless_expansion_is_refused(terraform):
    evaluated = terraform("""
    locals {
      many = range(1000)
      deep = [for a in local.many : [for b in local.many : [for c in local.many : a]]]
    }
    resource "aws_a" "a" { count = 100000000 }
    """)
    assert [gap.kind for gap in evaluated.gaps] == ["evaluation", "too-large"]
    assert evaluated.resources[0].exists.undecided


def test_long_chains_of_values_are_followed_to_a_bound(terraform):
    chain = "\n".join(f"v{at} = local.v{at + 1} + 1" for at in range(200))
    evaluated = terraform(f'locals {{\n{chain}\nv200 = 0\n}}\noutput "o" {{ value = local.v0 }}')
    assert evaluated.outputs["o"] == 200
    chain = "\n".join(f"v{at} = local.v{at + 1} + 1" for at in range(900))
    evaluated = terraform(f'locals {{\n{chain}\nv900 = 0\n}}\noutput "o" {{ value = local.v0 }}')
    assert isinstance(evaluated.outputs["o"], Unknown)
    assert "levels deep" in evaluated.gaps[0].what


def test_override_files_replace(terraform):
    evaluated = terraform(
        {
            "main.tf": """
        resource "aws_a" "a" {
          name = "base"
          size = 1
          rule { port = 1 }
          rule { port = 2 }
        }
        """,
            "a_override.tf": """
        resource "aws_a" "a" {
          name = "over"
          rule { port = 3 }
        }
        """,
        }
    )
    (resource,) = evaluated.resources
    assert resource.values == {"name": "over", "size": 1, "rule": ({"port": 3},)}
    assert resource.origin.line_of("name") == Place("a_override.tf", 3, 3)
    assert resource.origin.line_of("size") == Place("main.tf", 4, 4)


def test_json_syntax_gives_the_same_resources(terraform):
    evaluated = terraform(
        {
            "main.tf.json": """{
          "//": "comment",
          "variable": {"name": {"type": "string", "default": "x"},
                       "rules": {"type": "list(object({port=number}))", "default": [{"port": 1}]}},
          "locals": {"ports": [80, 443]},
          "resource": {"aws_security_group": {"g": {
            "name": "${var.name}-g",
            "tags": {"Name": "$${literal}"},
            "ingress": [{"from_port": 22}, {"from_port": "${var.rules[0].port}"}],
            "timeouts": {"create": "1m"},
            "dynamic": {"egress": {
              "for_each": "${local.ports}",
              "content": {"from_port": "${egress.value}"}
            }}
          }}},
          "output": {"id": {"value": "${aws_security_group.g.id}"}}
        }"""
        }
    )
    (resource,) = evaluated.resources
    assert resource.values == {
        "name": "x-g",
        "description": "Managed by Terraform",
        "tags": {"Name": "${literal}"},
        "tags_all": {"Name": "${literal}"},
        "ingress": ({"from_port": 22}, {"from_port": 1}),
        "timeouts": {"create": "1m"},
        "egress": ({"from_port": 80}, {"from_port": 443}),
        "revoke_rules_on_delete": False,
    }
    assert resource.origin.line_of("name") == Place("main.tf.json", 7, 7)
    assert evaluated.outputs["id"].what == "aws_security_group.g.id"
    assert evaluated.gaps == ()


def test_broken_json_is_a_gap(terraform):
    for text in ("{", "[1]", '{"resource": 1', '{"a": "\\x"}', "{'a': 1}", '{"a": 1,}'):
        evaluated = terraform({"main.tf.json": text})
        assert [gap.kind for gap in evaluated.gaps] == ["syntax-error"], text


def test_comments_that_may_be_waivers_are_kept(terraform):
    evaluated = terraform("""
    # pathwarden:ignore ssh-open-to-internet reason="bastion"
    resource "aws_a" "a" {} # just a comment
    """)
    (kept,) = evaluated.comments
    assert kept.place == Place("main.tf", 2, 2)
    assert kept.text == '# pathwarden:ignore ssh-open-to-internet reason="bastion"'
    assert kept.block == ".//aws_a.a"
    assert (evaluated.files, evaluated.sources, evaluated.lines) == (1, {"main.tf": 4}, 4)


def test_each_brings_the_references_of_its_own_element(terraform):
    found = by_id(
        terraform("""
        resource "aws_subnet" "a" {}
        resource "aws_subnet" "b" {}
        resource "aws_thing" "t" {
          for_each  = { a = aws_subnet.a.id, b = aws_subnet.b.id }
          subnet_id = each.value
        }
        """)
    )
    for key in "ab":
        thing = found[f'aws_thing.t["{key}"]']
        assert thing.refers("subnet_id") == (Referent(f"aws_subnet.{key}", "id"),)
    assert len(thing.refers("for_each")) == 2


def test_a_validation_that_fails_is_said(terraform):
    evaluated = terraform("""
    variable "size" {
      default = 1
      validation {
        condition     = var.size > 2
        error_message = "too small"
      }
    }
    """)
    assert [(gap.kind, gap.place.line) for gap in evaluated.gaps] == [("invalid-value", 5)]


@pytest.mark.parametrize(
    ("first", "grown"),
    [
        ("[1]", "[local.v{0}, local.v{0}]"),
        ('"xxxxxxxxxxxxxxxx"', '"${{local.v{0}}}${{local.v{0}}}"'),
        ("var.x", '"${{local.v{0}}}${{local.v{0}}}"'),
        ("1", "[" * 70 + "local.v{0}" + "]" * 70),
        ("{ a = 1 }", "{{ a = local.v{0}, b = local.v{0} }}"),
    ],
)
def test_small_input_that_grows_endlessly_is_refused(terraform, first, grown):
    lines = "\n".join(f"v{at} = {grown.format(at - 1)}" for at in range(1, 60))
    evaluated = terraform(f"""
    variable "x" {{}}
    locals {{
    v0 = {first}
    {lines}
    }}
    resource "aws_a" "a" {{
      name = local.v59
      same = local.v59 == local.v58
    }}
    """)
    assert {gap.kind for gap in evaluated.gaps} <= {"evaluation", "too-large"}
    assert evaluated.gaps
    assert len(evaluated.gaps) < 30


def test_lists_with_several_unknown_elements_compare(terraform):
    evaluated = terraform("""
    variable "on" {}
    resource "aws_a" "a" {}
    resource "aws_b" "b" {
      list = var.on ? [aws_a.a.id, aws_a.a.arn] : [aws_a.a.arn, aws_a.a.id]
      same = var.on ? [aws_a.a.id, aws_a.a.arn] : [aws_a.a.id, aws_a.a.arn]
      no   = [aws_a.a.id, 1] == [aws_a.a.arn, 2]
    }
    """)
    values = evaluated.resources[1].values
    assert isinstance(values["list"], Unknown)
    assert [each.what for each in values["same"]] == ["aws_a.a.id", "aws_a.a.arn"]
    assert values["no"] is False
