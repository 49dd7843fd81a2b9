"""Which nodes a piece of start-up text opens."""

import pytest

DATABASE = """
variable "given" {}
resource "random_password" "db" {
  length = 20
}
resource "aws_db_instance" "db" {
  engine   = "postgres"
  password = %s
}
resource "aws_iam_user" "sync" {
  name = "sync"
}
resource "aws_iam_access_key" "sync" {
  user = aws_iam_user.sync.name
}
data "cloudinit_config" "start" {
  part {
    content = "export PASSWORD=${random_password.db.result}"
  }
}
"""
FUNCTION = """
resource "aws_lambda_function" "f" {
  function_name = "f"
  environment {
    variables = %s
  }
}
"""


def settings(node, password, variables):
    text = DATABASE % password + FUNCTION % variables
    return node(text, "aws_lambda_function.f").settings


def reveals(node, password, value):
    found = settings(node, password, f"{{ PLACE = {value} }}")
    return found[0].reveals if found else ()


OPENS = {
    "the generated password": ("random_password.db.result", "random_password.db.result"),
    "in a longer text": (
        "random_password.db.result",
        '"postgres://app:${random_password.db.result}@db/app"',
    ),
    "by the database's attribute": ("random_password.db.result", "aws_db_instance.db.password"),
    "encoded": ("random_password.db.result", "base64encode(random_password.db.result)"),
    "the same literal": ('"correct-horse"', '"app:correct-horse"'),
    "the same variable": ("var.given", "var.given"),
    "the same variable in a text": ("var.given", '"PASSWORD=${var.given}"'),
    "through cloud-init": ("random_password.db.result", "data.cloudinit_config.start.rendered"),
}


@pytest.mark.parametrize("case", OPENS)
def test_a_password_is_followed_to_where_it_lies(node, case):
    password, value = OPENS[case]
    assert reveals(node, password, value) == ("aws_db_instance.db",)


SHUT = {
    "something else": ("random_password.db.result", '"hello"'),
    "the database's address": ("random_password.db.result", "aws_db_instance.db.address"),
    "another variable's part": ('"${var.given}-and-more"', "var.given"),
    "a short literal": ('"app"', '"app"'),
}


@pytest.mark.parametrize("case", SHUT)
def test_what_is_not_the_password_opens_nothing(node, case):
    password, value = SHUT[case]
    assert reveals(node, password, value) == ()


def test_an_access_key_is_its_users(node):
    assert reveals(node, "null", "aws_iam_access_key.sync.secret") == ("aws_iam_access_key.sync",)
    assert reveals(node, "null", "aws_iam_access_key.sync.id") == ()


def test_a_mapping_that_is_not_known_still_leads_on(node):
    value = "merge({ PASSWORD = random_password.db.result }, var.given)"
    (setting,) = settings(node, "random_password.db.result", value)
    assert setting.reveals == ("aws_db_instance.db",)


LITERAL = {
    'KEY = "AKIAIOSFODNN7EXAMPLE"': True,
    'CERT = "-----BEGIN RSA PRIVATE KEY-----"': True,
    'DB_PASSWORD = "hunter2hunter2"': True,
    'API_KEY = "0123456789abcdef"': True,
    'LINE = "db_password=hunter2hunter2"': True,
    'DB_PASSWORD_ARN = "hunter2hunter2"': False,
    'DB_PASSWORD = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:x"': False,
    'FROM = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:database-AbCdEf"': False,
    'SECRET_NAME = "orders/database"': False,
    'LEVEL = "information"': False,
    'LINE = "password=${var.given}\\nsystemctl start app"': False,
    'LINE = "PASSWORD=\\nsystemctl start app"': False,
    'TOKEN = "short"': False,
    'URL = "postgresql://app:hunter2@db.example.com/app"': True,
    'URL = "https://app@example.com/"': False,
    'URL = "https://example.com:8443/a@b"': False,
    'URL = "postgresql://app:${var.given}@db/app"': False,
    'LINE = "echo root:hunter2hunter2 | sudo chpasswd"': True,
    'LINE = "echo root:${var.given} | chpasswd"': False,
    'JSON = "{\\"password\\": \\"hunter2hunter2\\"}"': True,
    'JSON = "{\\"tokenUrl\\": \\"https://example.com/token\\"}"': False,
    'JSON = "{\\"tokenTtl\\": \\"3600000000\\"}"': False,
    'PAGE = "const password = document.getElementById(x);"': False,
    'PAGE = "login({ password: password, })"': False,
    'CI = "ghp_0123456789abcdefghijklmnopqrstuvwxyz"': True,
    'CI = "glpat-0123456789abcdefghij"': True,
    'HOOK = "https://hooks.slack.com/services/T0/B0/abc"': True,
    'MAIL = "SG.0123456789012345678901.0123456789012345678901234567890123456789012"': True,
    'PAY = "sk_test_0123456789abcdef01234567"': False,
}


@pytest.mark.parametrize("written", LITERAL)
def test_a_secret_that_is_written_out_is_told(node, written):
    found = settings(node, "null", f"{{ {written} }}")
    assert [s.literal for s in found] == ([True] if LITERAL[written] else [])
    assert all(s.proof.attribute.startswith("environment[0].variables.") for s in found)


def test_the_text_itself_is_not_kept(node):
    (setting,) = settings(node, "null", '{ DB_PASSWORD = "hunter2hunter2" }')
    assert "hunter2" not in repr(setting)


@pytest.mark.parametrize("literal", ["user_data", "user_data_base64"])
def test_user_data_is_read_through_its_encoding(node, literal):
    text = '"PASSWORD=hunter2hunter2"'
    value = f"base64encode({text})" if literal.endswith("64") else text
    instance = node(
        f'resource "aws_instance" "i" {{\n ami = "ami-1"\n {literal} = {value}\n}}',
        "aws_instance.i",
    )
    assert [(s.name, s.literal) for s in instance.settings] == [("user data", True)]
