"""Attack paths of small estates: what they tell, how they rank, and what their ids depend on."""

import gc
import weakref

import pytest

from graphs.attack.entries import entries
from graphs.attack.paths import attack_paths, unproven
from graphs.attack.targets import targets
from graphs.build.declared import DataRule, Declared, DeclaredOutsider, DeclaredSite

# A public machine whose role reads a bucket of customers' data.
HOST = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_internet_gateway" "out" {
  vpc_id = aws_vpc.main.id
}
resource "aws_default_route_table" "t" {
  default_route_table_id = aws_vpc.main.default_route_table_id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.out.id
  }
}
resource "aws_subnet" "a" {
  vpc_id                  = aws_vpc.main.id
  cidr_block              = "10.0.1.0/24"
  map_public_ip_on_launch = true
}
resource "aws_security_group" "web" {
  name   = "web"
  vpc_id = aws_vpc.main.id
  ingress {
    protocol    = "tcp"
    from_port   = PORT
    to_port     = PORT
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_instance" "web" {
  ami                    = "ami-1"
  subnet_id              = aws_subnet.a.id
  vpc_security_group_ids = [aws_security_group.web.id]
  iam_instance_profile   = aws_iam_instance_profile.web.name
}
resource "aws_iam_instance_profile" "web" {
  name = "web"
  role = aws_iam_role.web.name
}
resource "aws_iam_role" "web" {
  name = "web"
  assume_role_policy = jsonencode({ Statement = [{
    Effect    = "Allow"
    Action    = "sts:AssumeRole"
    Principal = { Service = "ec2.amazonaws.com" }
  }] })
}
resource "aws_iam_role_policy" "web" {
  role = aws_iam_role.web.id
  policy = jsonencode({ Statement = [{
    Effect   = "Allow"
    Action   = ["s3:GetObject", "s3:ListBucket"]
    Resource = ["${aws_s3_bucket.data.arn}", "${aws_s3_bucket.data.arn}/*"]
  }] })
}
resource "aws_s3_bucket" "data" {
  bucket = "acme-customers"
}
""".replace("PORT", "443")
TELLS = ("exploit-exposed-service", "steal-instance-credentials", "read-store")


def paths(estate):
    return [p for p in attack_paths(estate) if p.entry.kind == "internet" and p.answer.certain]


def test_a_path_is_told_step_by_step_with_proof(built):
    (path,) = paths(built(HOST))
    assert path.techniques == TELLS
    assert path.target.kind == "customer"
    assert path.likelihood == pytest.approx(0.3 * 0.9 * 0.95)
    assert path.risk == pytest.approx(path.likelihood * path.impact)
    for hop in path.hops():
        assert hop.says
        assert any(step.proof.place for step in hop.evidence if step.proof)


SAME = {
    "lines that moved": lambda text: "\n" * 40 + text,
    "blocks in another order": lambda text: "\nresource".join(
        ["", *sorted(text.split("\nresource")[1:])]
    ),
    "resources of another name": lambda text: (
        text.replace("aws_instance.web", "aws_instance.x")
        .replace('"aws_instance" "web"', '"aws_instance" "x"')
        .replace("aws_s3_bucket.data", "aws_s3_bucket.y")
        .replace('"aws_s3_bucket" "data"', '"aws_s3_bucket" "y"')
    ),
    "another port": lambda text: text.replace("443", "8443"),
    "another way of the network": lambda text: text.replace('"0.0.0.0/0"]', '"0.0.0.0/1"]'),
}


@pytest.mark.parametrize("change", SAME)
def test_the_id_of_a_path_stays_when_its_techniques_do(built, change):
    (before,) = paths(built(HOST))
    (after,) = paths(built(SAME[change](HOST)))
    assert after.techniques == before.techniques
    assert after.id == before.id


def test_the_id_stays_when_a_module_is_renamed(built, tmp_path):
    found = set()
    (tmp_path / "host").mkdir()
    (tmp_path / "host" / "main.tf").write_text(HOST)
    for name in ("old", "new"):
        (path,) = paths(built(f'module "{name}" {{\n source = "./host"\n}}'))
        assert path.target.fact.node == f"module.{name}.aws_s3_bucket.data"
        found.add(path.id)
    assert len(found) == 1


CHANGED = {
    "another technique": lambda text: text.replace("= 443", "= 22"),
    "another target": lambda text: text.replace("acme-customers", "acme-clients"),
}


@pytest.mark.parametrize("change", CHANGED)
def test_the_id_changes_with_the_techniques_and_the_target(built, change):
    (before,) = paths(built(HOST))
    (after,) = paths(built(CHANGED[change](HOST)))
    assert after.id != before.id


def test_a_way_that_is_only_possible_is_told_as_such(built):
    text = 'variable "who" {}' + HOST.replace('["0.0.0.0/0"]', "[var.who]")
    (path,) = (p for p in attack_paths(built(text)) if p.entry.kind == "internet")
    assert path.answer.undecided
    assert [u.what for u in path.answer.because] == ["var.who"]
    assert path.techniques == TELLS


def test_data_that_nothing_classifies_ranks_below_data_with_a_class(built):
    (known,), (plain,) = (
        paths(built(text)) for text in (HOST, HOST.replace("acme-customers", "acme-assets"))
    )
    assert plain.target.kind == "unclassified"
    assert plain.risk < known.risk


def test_without_a_way_there_is_no_path(built):
    assert paths(built(HOST.replace('["0.0.0.0/0"]', '["10.0.0.0/8"]'))) == []


def test_paths_come_greatest_risk_first_and_the_same_each_time(built):
    text = (
        HOST
        + """
        resource "aws_s3_bucket" "more" {
          bucket = "acme-payroll"
        }
        resource "aws_iam_role_policy_attachment" "admin" {
          role       = aws_iam_role.web.name
          policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
        }
        """
    )
    found = attack_paths(built(text))
    assert found == attack_paths(built(text))
    assert next(p.target.kind for p in found) == "administrator"
    certain = [p for p in found if p.answer.certain]
    assert [p.risk for p in certain] == sorted((p.risk for p in certain), reverse=True)


def test_where_attackers_start(built):
    declared = Declared(
        sites=(DeclaredSite("office", "NL", ("172.16.0.0/16",), ()),),
        outsiders=(DeclaredOutsider("222222222222", "Tidewater"),),
    )
    estate = built(
        """
        resource "aws_iam_user" "ann" {
          name = "ann"
        }
        resource "aws_iam_user" "robot" {
          name = "robot"
        }
        resource "aws_iam_user_login_profile" "ann" {
          user = aws_iam_user.ann.name
        }
        """,
        declared,
    )
    assert [(e.kind, e.fact.node) for e in entries(estate)] == [
        ("internet", "internet"),
        ("site", "site:office"),
        ("outside account", "account:222222222222"),
        ("employee", "aws_iam_user.ann"),
    ]


def test_what_attackers_want(built):
    estate = built(
        """
        resource "aws_s3_bucket" "plain" {
          bucket = "assets"
        }
        resource "aws_s3_bucket" "both" {
          bucket = "customer-payments"
        }
        resource "random_password" "p" {
          length = 20
        }
        resource "aws_db_instance" "db" {
          identifier = "patients"
          engine     = "postgres"
          password   = random_password.p.result
        }
        resource "aws_ssm_parameter" "means" {
          name  = "/db"
          type  = "SecureString"
          value = random_password.p.result
        }
        resource "aws_ssm_parameter" "end" {
          name  = "/licence"
          type  = "SecureString"
          value = "x"
        }
        """,
        Declared(data=(DataRule("aws_s3_bucket.nothing", "audit"),)),
    )
    found = {t.fact.node: (t.kind, t.impact) for t in targets(estate)}
    assert found == {
        "aws_s3_bucket.plain": ("unclassified", 2.0),
        "aws_s3_bucket.both": ("payment", 9.0),
        "aws_db_instance.db": ("health", 9.0),
        "aws_ssm_parameter.end": ("secrets", 6.0),
    }


# A function that anyone may call; what its role reads, each test adds.
CALLED = """
resource "aws_lambda_function" "api" {
  function_name = "api"
  role          = aws_iam_role.api.arn
}
resource "aws_lambda_function_url" "api" {
  function_name      = aws_lambda_function.api.function_name
  authorization_type = "NONE"
}
resource "aws_iam_role" "api" {
  name = "api"
  assume_role_policy = jsonencode({ Statement = [{
    Effect    = "Allow"
    Action    = "sts:AssumeRole"
    Principal = { Service = "lambda.amazonaws.com" }
  }] })
}
resource "aws_iam_role_policy" "api" {
  role = aws_iam_role.api.id
  policy = jsonencode({ Statement = [{
    Effect   = "Allow"
    Action   = "ssm:GetParameter"
    Resource = "*"
  }] })
}
"""

STORED_KEY = """
resource "aws_ssm_parameter" "key" {
  name  = "/ci/key"
  type  = "SecureString"
  value = aws_iam_access_key.ci.secret
}
"""


def test_a_stored_access_key_opens_its_user(built):
    text = """
    resource "aws_iam_user" "ci" {
      name = "ci"
    }
    resource "aws_iam_access_key" "ci" {
      user = aws_iam_user.ci.name
    }
    resource "aws_iam_user_policy" "ci" {
      user   = aws_iam_user.ci.name
      policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
    }
    """
    found = [p for p in paths(built(CALLED + STORED_KEY + text)) if p.target.kind != "secrets"]
    assert [p.techniques[-2:] for p in found] == [("read-secret", "administer-account")]


def test_a_stored_access_key_of_a_user_elsewhere_is_what_is_lost(built):
    text = """
    variable "user" {}
    resource "aws_iam_access_key" "ci" {
      user = var.user
    }
    """
    (path,) = paths(built(CALLED + STORED_KEY + text))
    assert (path.target.kind, path.techniques[-1]) == ("secrets", "read-store")


def test_a_ranking_that_there_was_no_time_to_prove_is_a_gap(built, monkeypatch):
    monkeypatch.setattr("graphs.attack.paths.WORK", 0)
    estate = built(HOST.replace("PORT", "443"))
    told = attack_paths(estate)
    assert told
    assert not any(path.proven for path in told)
    (gap,) = unproven([estate, built("")])
    assert gap.kind == "ranking-not-proven"
    assert gap.what.startswith(f"from {told[0].entry.says} to {told[0].target.says}")
    assert "a likelier way" in gap.effect


def test_where_all_ways_were_compared_there_is_no_gap(built):
    estate = built(HOST.replace("PORT", "443"))
    assert all(path.proven for path in attack_paths(estate))
    assert not list(unproven([estate]))


def test_paths_are_found_once_and_go_with_their_estate(built):
    estate = built(HOST.replace("PORT", "443"))
    assert attack_paths(estate) is attack_paths(estate)
    last = weakref.ref(estate)
    del estate
    gc.collect()
    assert last() is None
