"""aws_iam_policy_document renders what the provider renders."""

import pytest

from graphs.unknown import Template, Unknown


def json_of(evaluated, name="d"):
    found = {each.address.name: each for each in evaluated.resources}
    return found[name].values["json"]


def test_order_sorting_and_single_items(terraform):
    document = json_of(
        terraform("""
        data "aws_iam_policy_document" "d" {
          policy_id = "p"
          statement {
            sid           = "One"
            effect        = "Deny"
            not_actions   = ["s3:Get*"]
            actions       = ["s3:A", "s3:C", "s3:B"]
            resources     = ["arn:aws:s3:::b/&{aws:username}"]
            principals {
              type        = "AWS"
              identifiers = ["a", "b"]
            }
            principals {
              type        = "Service"
              identifiers = ["ec2.amazonaws.com"]
            }
            condition {
              test     = "StringLike"
              variable = "aws:x"
              values   = ["<z>", "a"]
            }
            condition {
              test     = "Bool"
              variable = "aws:SecureTransport"
              values   = ["false"]
            }
          }
        }
        """)
    )
    assert (
        document
        == r"""{
  "Version": "2012-10-17",
  "Id": "p",
  "Statement": [
    {
      "Sid": "One",
      "Effect": "Deny",
      "Action": [
        "s3:C",
        "s3:B",
        "s3:A"
      ],
      "NotAction": "s3:Get*",
      "Resource": "arn:aws:s3:::b/${aws:username}",
      "Principal": {
        "AWS": [
          "b",
          "a"
        ],
        "Service": "ec2.amazonaws.com"
      },
      "Condition": {
        "Bool": {
          "aws:SecureTransport": "false"
        },
        "StringLike": {
          "aws:x": [
            "\u003cz\u003e",
            "a"
          ]
        }
      }
    }
  ]
}"""
    )


def test_defaults_and_everybody(terraform):
    document = json_of(
        terraform("""
        data "aws_iam_policy_document" "d" {
          statement {
            principals {
              type        = "*"
              identifiers = ["*"]
            }
          }
        }
        output "short" { value = data.aws_iam_policy_document.d.minified_json }
        """)
    )
    assert '"Effect": "Allow",\n      "Principal": "*"' in document


def test_minified(terraform):
    evaluated = terraform("""
    data "aws_iam_policy_document" "d" {
      statement { actions = ["*"] }
    }
    data "aws_iam_policy_document" "empty" {}
    output "short" { value = data.aws_iam_policy_document.d.minified_json }
    output "empty" { value = data.aws_iam_policy_document.empty.minified_json }
    """)
    assert evaluated.outputs["short"] == (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*"}]}'
    )
    assert evaluated.outputs["empty"] == '{"Version":"2012-10-17"}'


def test_holes_stand_within_quotes_and_unknown_lists_without(terraform):
    document = json_of(
        terraform("""
        variable "actions" { type = list(string) }
        resource "aws_s3_bucket" "b" {}
        data "aws_iam_policy_document" "d" {
          statement {
            actions   = var.actions
            resources = [aws_s3_bucket.b.arn, "${aws_s3_bucket.b.arn}/*"]
          }
        }
        """)
    )
    assert isinstance(document, Template)
    assert '"Action": ${var.actions},' in str(document)
    assert '"${aws_s3_bucket.b.arn}/*",\n        "${aws_s3_bucket.b.arn}"\n' in str(document)


def test_documents_merge_by_sid_with_their_holes(terraform):
    evaluated = terraform("""
    resource "aws_s3_bucket" "b" {}
    data "aws_iam_policy_document" "base" {
      statement {
        sid       = "Read"
        actions   = ["s3:GetObject"]
        resources = [aws_s3_bucket.b.arn]
      }
    }
    data "aws_iam_policy_document" "over" {
      statement {
        sid     = "Read"
        effect  = "Deny"
        actions = ["s3:*"]
      }
      statement {
        sid     = "New"
        actions = ["ec2:*"]
      }
    }
    data "aws_iam_policy_document" "kept" {
      source_policy_documents = [data.aws_iam_policy_document.base.json]
      statement { actions = ["own:*"] }
    }
    data "aws_iam_policy_document" "d" {
      source_policy_documents   = [data.aws_iam_policy_document.kept.json]
      override_policy_documents = [data.aws_iam_policy_document.over.json]
    }
    """)
    kept, merged = str(json_of(evaluated, "kept")), str(json_of(evaluated))
    assert kept.index("${aws_s3_bucket.b.arn}") < kept.index("own:*")
    assert merged.index('"Deny"') < merged.index("own:*") < merged.index('"New"')
    assert "GetObject" not in merged


def test_an_unknown_document_is_one_unknown_statement(terraform):
    document = json_of(
        terraform("""
        variable "more" {}
        data "aws_iam_policy_document" "d" {
          source_policy_documents = [var.more]
          statement { actions = ["a:b"] }
        }
        """)
    )
    assert [each.what for each in document.unknowns] == ["var.more"]
    assert '"Statement": [\n    ${var.more},\n    {' in str(document)


def test_duplicate_sids_in_sources_are_a_gap(terraform):
    evaluated = terraform("""
    data "aws_iam_policy_document" "a" {
      statement { sid = "X" }
    }
    data "aws_iam_policy_document" "d" {
      source_policy_documents = [
        data.aws_iam_policy_document.a.json, data.aws_iam_policy_document.a.json,
      ]
    }
    """)
    assert isinstance(json_of(evaluated), Unknown)
    assert "statement 'X'" in evaluated.gaps[0].what


def test_a_policy_points_to_the_document_it_came_from(terraform):
    evaluated = terraform("""
    data "aws_iam_policy_document" "d" {
      statement { actions = ["*"] }
    }
    resource "aws_iam_policy" "p" { policy = data.aws_iam_policy_document.d.json }
    """)
    policy = evaluated.resources[1]
    assert [str(each) for each in policy.refers("policy")] == [
        "data.aws_iam_policy_document.d.json"
    ]


def test_odd_arguments_are_text_or_a_gap(terraform):
    evaluated = terraform("""
    data "aws_iam_policy_document" "d" {
      statement {
        sid    = true
        effect = 1
        condition {
          test     = true
          variable = 2
          values   = [3, null]
        }
      }
    }
    data "aws_iam_policy_document" "lacking" {
      statement {
        condition { values = ["x"] }
        principals { identifiers = ["x"] }
      }
    }
    """)
    assert '"Sid": "true",\n      "Effect": "1"' in json_of(evaluated)
    assert isinstance(json_of(evaluated, "lacking"), Unknown)
    assert [gap.what for gap in evaluated.gaps] == ["a block of a policy document lacks its type"]


def merged_with(terraform, source, own=""):
    """The document of one source as JSON text, with statements of its own."""
    evaluated = terraform(f"""
    resource "aws_s3_bucket" "b" {{}}
    data "aws_iam_policy_document" "d" {{
      source_policy_documents = [jsonencode({source})]
      {own}
    }}
    output "short" {{ value = data.aws_iam_policy_document.d.minified_json }}
    """)
    return evaluated.outputs["short"], sorted({gap.what for gap in evaluated.gaps})


STATEMENT = '{ Effect = "Allow", Action = ["s3:Get", "s3:List"], Resource = ["*"] }'
MERGED = {
    "lists stay as they are": (
        '{ Statement = [{ Action = ["s3:B", "s3:A", "s3:C"], Resource = ["*"] }] }',
        '"Statement":[{"Action":["s3:B","s3:A","s3:C"],"Resource":["*"]}]',
    ),
    "keys are ordered, foreign ones lost": (
        '{ Statement = [{ Resource = "*", Comment = "x", Effect = "Deny", Sid = "S" }] }',
        '"Statement":[{"Sid":"S","Effect":"Deny","Resource":"*"}]',
    ),
    "principals are sorted": (
        '{ Statement = [{ Principal = { Service = ["a.com"], AWS = ["1", "3", "2"] } }] }',
        '"Statement":[{"Principal":{"AWS":["3","2","1"],"Service":["a.com"]}}]',
    ),
    "everybody is a star": (
        '{ Statement = [{ Principal = "*" }, { Principal = { "*" = ["*"] } }] }',
        '"Statement":[{"Principal":"*"},{"Principal":"*"}]',
    ),
    "one value is bare and a number lost": (
        '{ Statement = [{ Condition = { Bool = { y = true, x = ["1"] }, Num = { z = 3 } } }] }',
        '"Statement":[{"Condition":{"Bool":{"x":"1","y":"true"}}}]',
    ),
    "a hole stays a hole": (
        '{ Statement = [{ Action = "s3:*", Resource = ["${aws_s3_bucket.b.arn}/*"] }] }',
        '"Statement":[{"Action":"s3:*","Resource":["${aws_s3_bucket.b.arn}/*"]}]',
    ),
}


@pytest.mark.parametrize("case", MERGED)
def test_foreign_documents_are_read_as_the_provider_reads_them(terraform, case):
    source, expected = MERGED[case]
    told, gaps = merged_with(terraform, source)
    assert gaps == []
    assert str(told) == '{"Version":"2012-10-17",' + expected + "}"


REFUSED = {
    "not an object": ("[]", "a policy document to merge is not an object"),
    "one statement bare": (
        f"{{ Statement = {STATEMENT} }}",
        "Statement of a policy document to merge is not a list",
    ),
    "a statement that is text": (
        '{ Statement = ["x"] }',
        "a statement of a policy document to merge is not an object",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_provider_refuses_is_a_gap(terraform, case):
    source, why = REFUSED[case]
    told, gaps = merged_with(terraform, source)
    assert isinstance(told, Unknown)
    assert gaps == [why]


def test_the_last_id_and_the_latest_version_stay(terraform):
    evaluated = terraform("""
    data "aws_iam_policy_document" "over" {
      policy_id = "over"
    }
    data "aws_iam_policy_document" "d" {
      source_policy_documents   = [jsonencode({ Id = "source", Version = "2012-10-17" })]
      override_policy_documents = [data.aws_iam_policy_document.over.json]
      policy_id                 = "own"
      version                   = "2008-10-17"
    }
    output "short" { value = data.aws_iam_policy_document.d.minified_json }
    """)
    assert evaluated.outputs["short"] == '{"Version":"2012-10-17","Id":"over"}'


def test_sources_yield_to_own_statements_of_the_same_sid(terraform):
    own = 'statement {\n sid = "A"\n actions = ["own:*"]\n}'
    told, _ = merged_with(terraform, '{ Statement = [{ Sid = "A" }, { Sid = "B" }] }', own)
    assert told == (
        '{"Version":"2012-10-17","Statement":'
        '[{"Sid":"A","Effect":"Allow","Action":"own:*"},{"Sid":"B"}]}'
    )


def test_own_statements_need_sids_of_their_own(terraform):
    evaluated = terraform("""
    data "aws_iam_policy_document" "d" {
      statement { sid = "A" }
      statement { sid = "A" }
    }
    """)
    assert isinstance(json_of(evaluated), Unknown)
    assert evaluated.gaps[0].what == "there is more than one statement 'A'"


def test_everybody_beside_others_is_one_of_them(terraform):
    evaluated = terraform("""
    data "aws_iam_policy_document" "d" {
      statement {
        principals {
          type        = "*"
          identifiers = ["*"]
        }
        principals {
          type        = "AWS"
          identifiers = ["1"]
        }
        principals {
          type        = "AWS"
          identifiers = ["1"]
        }
      }
    }
    output "short" { value = data.aws_iam_policy_document.d.minified_json }
    """)
    assert '"Principal":{"*":"*","AWS":"1"}' in evaluated.outputs["short"]


def test_the_old_language_has_no_policy_variables(terraform):
    evaluated = terraform("""
    data "aws_iam_policy_document" "d" {
      version = "2008-10-17"
      statement { resources = ["&{aws:username}"] }
    }
    """)
    assert isinstance(json_of(evaluated), Unknown)
    assert "a policy variable, which 2008-10-17 lacks" in evaluated.gaps[0].what


def test_conditions_on_one_key_are_joined_in_order(terraform):
    evaluated = terraform("""
    variable "more" { type = list(string) }
    data "aws_iam_policy_document" "d" {
      statement {
        condition {
          test     = "StringLike"
          variable = "aws:x"
          values   = ["b", "&{aws:y}"]
        }
        condition {
          test     = "StringLike"
          variable = "aws:x"
          values   = ["a"]
        }
      }
      dynamic "statement" {
        for_each = ["one", "two"]
        content {
          sid     = statement.value
          actions = ["${statement.value}:*"]
        }
      }
    }
    output "short" { value = data.aws_iam_policy_document.d.minified_json }
    """)
    assert evaluated.outputs["short"] == (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",'
        '"Condition":{"StringLike":{"aws:x":["b","${aws:y}","a"]}}},'
        '{"Sid":"one","Effect":"Allow","Action":"one:*"},'
        '{"Sid":"two","Effect":"Allow","Action":"two:*"}]}'
    )
