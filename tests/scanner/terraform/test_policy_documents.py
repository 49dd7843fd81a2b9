"""aws_iam_policy_document renders what the provider renders."""

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
