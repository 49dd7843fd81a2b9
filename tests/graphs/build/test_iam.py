"""Principals with every policy that is attached to them, from whichever side."""

import json

import pytest

from graphs.build.declared import Declared, DeclaredOutsider
from graphs.estate import Relation
from graphs.identity.evaluate import ANYONE
from graphs.identity.principals import open_federation
from graphs.nodes import Outsider, Role
from graphs.unknown import NO, Template, Unknown

START = """
resource "aws_iam_role" "app" {
  name               = "app"
  path               = "/service/"
  assume_role_policy = data.aws_iam_policy_document.trust.json
  %s
}
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}
resource "aws_iam_policy" "read" {
  name   = "read"
  policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }]
  })
}
resource "aws_iam_user" "ann" {
  name = "ann"
}
resource "aws_iam_group" "staff" {
  name = "staff"
}
"""
READ = "s3:GetObject"


def actions(policy):
    return [s["Action"] for s in json.loads(policy.text)["Statement"]]


def only(found):
    (one,) = found
    return one


HELD = {
    "aws_iam_role_policy": (
        "",
        """
        resource "aws_iam_role_policy" "p" {
          role   = aws_iam_role.app.id
          policy = aws_iam_policy.read.policy
        }
        """,
    ),
    "inline_policy": (
        (
            'inline_policy {\n name = "p"\n policy = jsonencode({ Statement = '
            '[{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }] })\n}'
        ),
        "",
    ),
    "managed_policy_arns": ("managed_policy_arns = [aws_iam_policy.read.arn]", ""),
    "aws_iam_role_policy_attachment": (
        "",
        """
        resource "aws_iam_role_policy_attachment" "p" {
          role       = aws_iam_role.app.name
          policy_arn = aws_iam_policy.read.arn
        }
        """,
    ),
    "an attachment by names": (
        "",
        """
        resource "aws_iam_role_policy_attachment" "p" {
          role       = "app"
          policy_arn = "arn:aws:iam::111111111111:policy/read"
        }
        """,
    ),
    "for_each over arns": (
        "",
        """
        resource "aws_iam_role_policy_attachment" "p" {
          for_each   = { read = aws_iam_policy.read.arn }
          role       = aws_iam_role.app.name
          policy_arn = each.value
        }
        """,
    ),
    "aws_iam_policy_attachment": (
        "",
        """
        resource "aws_iam_policy_attachment" "p" {
          name       = "p"
          roles      = [aws_iam_role.app.name]
          policy_arn = aws_iam_policy.read.arn
        }
        """,
    ),
}


@pytest.mark.parametrize("spelling", HELD)
def test_a_role_holds_a_policy_however_it_is_attached(node, spelling):
    own, more = HELD[spelling]
    role = node(START % own + more, "aws_iam_role.app")
    assert actions(only(role.policies)) == [READ]
    assert role.arn == "arn:aws:iam::111111111111:role/service/app"
    assert role.policies[0].proof.place.file == "main.tf"


def test_a_managed_policy_of_aws_is_known_by_its_arn(node):
    arn = "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"
    for written in (f'"{arn}"', arn.join(('"', '"'))):
        role = node(START % f"managed_policy_arns = [{written}]", "aws_iam_role.app")
        policy = only(role.policies)
        assert (policy.managed, policy.name, policy.text) == (arn, "ViewOnlyAccess", "")


@pytest.mark.parametrize(
    "written",
    ['name = "ReadOnlyAccess"', 'arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"'],
)
def test_a_managed_policy_of_aws_may_be_looked_up(node, written):
    text = 'data "aws_iam_policy" "p" {\n' + written + "\n}"
    text += START % "managed_policy_arns = [data.aws_iam_policy.p.arn]"
    policy = only(node(text, "aws_iam_role.app").policies)
    assert policy.managed == "arn:aws:iam::aws:policy/ReadOnlyAccess"


def test_a_policy_that_is_looked_up_by_another_name_is_unknown(node):
    text = 'data "aws_iam_policy" "p" {\n name = "ours"\n}'
    text += START % "managed_policy_arns = [data.aws_iam_policy.p.arn]"
    assert isinstance(only(node(text, "aws_iam_role.app").policies).text, Unknown)


def test_a_policy_of_another_code_is_unknown(node):
    text = 'variable "arn" {}' + START % "managed_policy_arns = [var.arn]"
    policy = only(node(text, "aws_iam_role.app").policies)
    assert isinstance(policy.text, Unknown)
    assert policy.text.what == "var.arn"


def test_users_and_groups_hold_policies_as_roles_do(built):
    index = built(
        START % ""
        + """
        resource "aws_iam_user_policy_attachment" "u" {
          user       = aws_iam_user.ann.name
          policy_arn = aws_iam_policy.read.arn
        }
        resource "aws_iam_group_policy_attachment" "g" {
          group      = aws_iam_group.staff.name
          policy_arn = aws_iam_policy.read.arn
        }
        resource "aws_iam_group_policy" "g" {
          group  = aws_iam_group.staff.name
          policy = aws_iam_policy.read.policy
        }
        resource "aws_iam_user_group_membership" "ann" {
          user   = aws_iam_user.ann.name
          groups = [aws_iam_group.staff.name]
        }
        resource "aws_iam_user_login_profile" "ann" {
          user = aws_iam_user.ann.name
        }
        """
    ).index
    ann, staff = index.by_id["aws_iam_user.ann"], index.by_id["aws_iam_group.staff"]
    assert actions(only(ann.policies)) == [READ]
    assert [actions(p) for p in staff.policies] == [[READ], [READ]]
    assert ann.groups == ("aws_iam_group.staff",)
    assert ann.signs_in.certain


def test_membership_may_be_told_by_the_group(node):
    text = """
        resource "aws_iam_group_membership" "m" {
          name  = "m"
          group = aws_iam_group.staff.name
          users = [aws_iam_user.ann.name]
        }
        """
    ann = node(START % "" + text, "aws_iam_user.ann")
    assert ann.groups == ("aws_iam_group.staff",)
    assert not ann.signs_in.possible


def test_a_boundary(node):
    own = node(START % "permissions_boundary = aws_iam_policy.read.arn", "aws_iam_role.app")
    assert actions(own.boundary) == [READ]
    aws = node(
        START % 'permissions_boundary = "arn:aws:iam::aws:policy/PowerUserAccess"',
        "aws_iam_role.app",
    )
    assert aws.boundary.managed.endswith("PowerUserAccess")
    assert node(START % "", "aws_iam_role.app").boundary is None


def test_inline_policies_that_are_not_known_are_told(node):
    text = """
        dynamic "inline_policy" {
          for_each = var.x
          content {
            policy = inline_policy.value
          }
        }
        """
    role = node('variable "x" {}' + START % text, "aws_iam_role.app")
    assert role.policies == ()
    assert len(role.unread) == 1


def test_each_statement_of_a_document_has_its_own_lines(node):
    text = """
        data "aws_iam_policy_document" "two" {
          statement {
            actions   = ["s3:GetObject"]
            resources = ["*"]
          }
          statement {
            actions   = ["s3:PutObject"]
            resources = ["*"]
          }
        }
        resource "aws_iam_role_policy" "p" {
          role   = aws_iam_role.app.id
          policy = data.aws_iam_policy_document.two.json
        }
        """
    policy = only(node(text + START % "", "aws_iam_role.app").policies)
    first, second = policy.statements
    assert (first.resource, first.attribute) == ("data.aws_iam_policy_document.two", "statement[0]")
    assert second.place.line == first.place.line + 4


def test_statements_that_are_merged_have_the_policys_lines(node):
    text = """
        data "aws_iam_policy_document" "merged" {
          source_policy_documents = [aws_iam_policy.read.policy]
          statement {
            actions   = ["s3:PutObject"]
            resources = ["*"]
          }
        }
        resource "aws_iam_role_policy" "p" {
          role   = aws_iam_role.app.id
          policy = data.aws_iam_policy_document.merged.json
        }
        """
    policy = only(node(text + START % "", "aws_iam_role.app").policies)
    assert sorted(actions(policy)) == [READ, "s3:PutObject"]
    assert policy.statements == ()


def test_names_that_aws_will_give_are_put_into_policies(node):
    text = """
        resource "aws_s3_bucket" "b" {
          bucket = "papers"
        }
        resource "aws_kms_key" "k" {}
        resource "aws_iam_role_policy" "p" {
          role   = aws_iam_role.app.id
          policy = jsonencode({ Statement = [{
            Effect   = "Allow"
            Action   = "*"
            Resource = ["${aws_s3_bucket.b.arn}/*", aws_kms_key.k.arn]
          }] })
        }
        """
    policy = only(node(START % "" + text, "aws_iam_role.app").policies)
    assert isinstance(policy.text, Template)
    written = str(policy.text)
    assert "arn:aws:s3:::papers/*" in written
    assert "arn:aws:kms:eu-west-1:111111111111:key/${aws_kms_key.k.key_id}" in written


def test_a_key_belongs_to_its_user_and_a_provider_has_its_host(built):
    index = built(
        START % ""
        + """
        resource "aws_iam_access_key" "k" {
          user = aws_iam_user.ann.name
        }
        resource "aws_iam_openid_connect_provider" "ci" {
          url            = "https://token.actions.githubusercontent.com"
          client_id_list = ["sts.amazonaws.com"]
        }
        resource "aws_iam_saml_provider" "sso" {
          name = "sso"
        }
        """
    ).index
    assert index.by_id["aws_iam_access_key.k"].user == "aws_iam_user.ann"
    provider = index.by_id["aws_iam_openid_connect_provider.ci"]
    assert (provider.kind, provider.host) == ("oidc", "token.actions.githubusercontent.com")
    assert provider.arn.endswith(":oidc-provider/token.actions.githubusercontent.com")
    assert index.by_id["aws_iam_saml_provider.sso"].kind == "saml"


TRUST = """
resource "aws_iam_role" "vendor" {
  name = "vendor"
  assume_role_policy = jsonencode({ Statement = [{
    Effect    = "Allow"
    Action    = "sts:AssumeRole"
    Principal = { AWS = [%s] }
  }] })
}
"""


@pytest.mark.parametrize(
    "written",
    ['"arn:aws:iam::222222222222:root"', '"222222222222"', '"arn:aws:iam::222222222222:role/x"'],
)
def test_an_account_that_a_role_trusts_is_an_outsider(built, written):
    index = built(TRUST % f'{written}, "arn:aws:iam::111111111111:root"').index
    outsider = only(index.of(Outsider))
    assert (outsider.id, outsider.account) == ("account:222222222222", "222222222222")
    assert outsider.source.origin.place.file == "main.tf"


def test_an_outsider_has_its_declared_name(built):
    declared = Declared(outsiders=(DeclaredOutsider("222222222222", "Tidewater"),))
    index = built(TRUST % '"222222222222"', declared).index
    assert only(index.of(Outsider)).name == "Tidewater"


def test_names_that_are_not_known_end_no_scan(built):
    index = built(
        """
        variable "x" {}
        resource "aws_iam_role" "r" {
          name               = var.x
          path               = var.x
          tags               = var.x
          assume_role_policy = var.x
          inline_policy {
            name   = var.x
            policy = var.x
          }
        }
        """
    ).index
    role = index.by_id["aws_iam_role.r"]
    assert isinstance(role.trust.text, Unknown)
    assert isinstance(only(role.policies).text, Unknown)
    assert str(role.arn) == "arn:aws:iam::111111111111:role${var.x}${var.x}"


def test_a_policy_that_may_not_exist_allows_nothing_for_certain(built):
    estate = built("""
        variable "wide" { type = bool }
        resource "aws_s3_bucket" "b" { bucket = "b" }
        resource "aws_iam_role" "r" {
          name               = "r"
          assume_role_policy = jsonencode({ Statement = [] })
        }
        resource "aws_iam_role_policy" "p" {
          count = var.wide ? 1 : 0
          role  = aws_iam_role.r.id
          policy = jsonencode({
            Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }]
          })
        }
        """)
    bucket = estate.index.by_id["aws_s3_bucket.b"]
    answer = estate.permissions.can("aws_iam_role.r", "s3:GetObject", bucket).answer
    assert answer.undecided
    assert {root.what for u in answer.because for root in u.roots} == {"var.wide"}


CLUSTER = """
resource "aws_eks_cluster" "c" {
  name = "c"
}
resource "aws_iam_openid_connect_provider" "c" {
  url = aws_eks_cluster.c.identity[0].oidc[0].issuer
}
resource "aws_iam_role" "pod" {
  assume_role_policy = jsonencode({ Statement = [{
    Effect    = "Allow"
    Action    = "sts:AssumeRoleWithWebIdentity"
    Principal = { Federated = aws_iam_openid_connect_provider.c.arn }
  }] })
}
"""


def test_a_clusters_issuer_serves_nobody_outside(built):
    estate = built(CLUSTER)
    role = estate.index.by_id["aws_iam_role.pod"]
    assert not open_federation(estate.permissions, role).answer.possible


def test_a_strangers_account_is_not_the_own_one_even_where_that_is_not_said(built):
    """The default policy of many keys: everybody, if they call from this very account."""
    text = """
    data "aws_caller_identity" "me" {}
    resource "aws_kms_key" "k" {
      policy = jsonencode({ Statement = [{
        Effect    = "Allow"
        Action    = "kms:Decrypt"
        Principal = { AWS = "*" }
        Resource  = "*"
        Condition = {
          StringEquals = { "kms:CallerAccount" = data.aws_caller_identity.me.account_id }
        }
      }] })
    }
    """
    estate = built(text, provider='provider "aws" {\n region = "eu-west-1"\n}')
    key = estate.index.by_id["aws_kms_key.k"]
    assert not estate.permissions.can(ANYONE, "kms:Decrypt", key).answer.possible


CALLER = """
resource "aws_iam_role" "caller_%(name)s" {
  name               = "caller-%(name)s"
  assume_role_policy = jsonencode({ Statement = [] })
}
resource "aws_iam_role_policy" "caller_%(name)s" {
  role   = aws_iam_role.caller_%(name)s.name
  policy = jsonencode({ Statement = [%(said)s] })
}
"""
MAY = '{ Effect = "Allow", Action = "sts:AssumeRole", Resource = %s }'
CALLERS = {
    "named": MAY % "aws_iam_role.target.arn",
    "written": MAY % '"arn:aws:iam::111111111111:role/target"',
    "other": MAY % '"arn:aws:iam::111111111111:role/other"',
    "both": MAY % '["arn:aws:iam::111111111111:role/other", "*"]',
    "wild": MAY % '"arn:aws:iam::*:role/tar*"',
    "all_but": '{ Effect = "Allow", Action = "sts:*", NotResource = "arn:aws:iam::1:role/x" }',
    "unknown": MAY % "var.role",
    "denied": MAY % '"*"' + ', { Effect = "Deny", Action = "*", Resource = "*" }',
    "silent": '{ Effect = "Allow", Action = "s3:*", Resource = "*" }',
}


def test_an_account_that_is_trusted_lets_in_whoever_may_by_its_own_policies(built):
    """Few are asked; the answers are those of asking all."""
    trust = """
variable "role" {}
resource "aws_iam_role" "target" {
  name               = "target"
  assume_role_policy = jsonencode({ Statement = [{
    Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "111111111111" }
  }] })
}"""
    callers = (CALLER % {"name": name, "said": said} for name, said in CALLERS.items())
    found = built(trust + "".join(callers))
    target = found.index.by_id["aws_iam_role.target"]
    drawn = {e.source: e.answer for e in found.edges(Relation.MAY_ASSUME, target=target.id)}
    for role in found.index.of(Role):
        asked = found.permissions.can(role.id, "sts:AssumeRole", target).answer
        assert drawn.get(role.id, NO) == asked, role.id
    certain = {name for name, answer in drawn.items() if answer.certain}
    assert certain == {
        f"aws_iam_role.caller_{name}" for name in ("named", "written", "both", "wild", "all_but")
    }
