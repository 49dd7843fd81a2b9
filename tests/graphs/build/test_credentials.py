"""Which nodes a piece of start-up text opens."""

import pytest

from graphs.attack.paths import attack_paths
from graphs.build.credentials import decoded
from graphs.estate import Relation

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


@pytest.mark.parametrize("text", ["plain", "cGxhaW4=", "grüße 🔓", "/w=="])
def test_text_is_read_as_it_stands_where_it_is_no_base64_of_text(text):
    assert decoded(text) == ("plain" if text == "cGxhaW4=" else text)


@pytest.mark.parametrize("literal", ["user_data", "user_data_base64"])
def test_user_data_is_read_through_its_encoding(node, literal):
    text = '"PASSWORD=hunter2hunter2"'
    value = f"base64encode({text})" if literal.endswith("64") else text
    instance = node(
        f'resource "aws_instance" "i" {{\n ami = "ami-1"\n {literal} = {value}\n}}',
        "aws_instance.i",
    )
    assert [(s.name, s.literal) for s in instance.settings] == [("user data", True)]


KEPT = """
resource "aws_iam_user" "ops" { name = "ops" }
resource "aws_iam_user_policy" "ops" {
  user   = aws_iam_user.ops.name
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}
resource "aws_iam_access_key" "ops" { user = aws_iam_user.ops.name }
resource "aws_iam_user" "reader" { name = "reader" }
resource "aws_iam_user_policy" "reader" {
  user   = aws_iam_user.reader.name
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "%s", Resource = "*" }] })
}
%s
"""
TEXT = '"key=${aws_iam_access_key.ops.id} secret=${aws_iam_access_key.ops.secret}"'
BUCKET = f"""
resource "aws_s3_bucket" "files" {{ bucket = "files" }}
resource "aws_s3_object" "notes" {{
  bucket  = aws_s3_bucket.files.id
  key     = "notes.txt"
  content = {TEXT}
}}"""
LYING = {
    "an object": ("s3:GetObject", BUCKET),
    "a document": (
        "ssm:GetDocument",
        f"""resource "aws_ssm_document" "d" {{
          name          = "d"
          document_type = "Command"
          content       = {TEXT}
        }}""",
    ),
    "a stack's parameter": (
        "cloudformation:DescribeStacks",
        f"""resource "aws_cloudformation_stack" "s" {{
          name          = "s"
          template_body = "{{}}"
          parameters    = {{ Login = {TEXT} }}
        }}""",
    ),
    "a job's environment": (
        "batch:DescribeJobDefinitions",
        f"""resource "aws_batch_job_definition" "j" {{
          name                 = "j"
          type                 = "container"
          container_properties = jsonencode({{
            environment = [{{ name = "LOGIN", value = {TEXT} }}]
          }})
        }}""",
    ),
}


@pytest.mark.parametrize("case", LYING)
def test_whoever_may_ask_for_a_text_has_the_keys_in_it(built, case):
    action, text = LYING[case]
    found = built(KEPT % (action, text))
    (edge,) = found.edges(Relation.MAY_CALL, source="aws_iam_user.reader")
    assert (edge.target, edge.answer.certain) == ("aws_iam_user.ops", True)
    told = " ".join(step.claim for step in edge.evidence())
    assert "holds what opens ops" in told
    other = built(KEPT % ("s3:ListBucket", text))
    assert not list(other.edges(Relation.MAY_CALL, source="aws_iam_user.reader"))


def test_a_bucket_policy_keeps_readers_from_an_object(built):
    policy = """
resource "aws_s3_bucket_policy" "files" {
  bucket = aws_s3_bucket.files.id
  policy = jsonencode({ Statement = [{
    Effect = "Deny", Principal = "*", Action = "s3:GetObject", Resource = "arn:aws:s3:::files/*"
  }] })
}"""
    found = built(KEPT % ("s3:GetObject", BUCKET + policy))
    assert not list(found.edges(Relation.MAY_CALL, source="aws_iam_user.reader"))


def test_whoever_reads_a_public_bucket_has_the_keys_in_its_objects(built):
    public = """
resource "aws_s3_bucket_public_access_block" "files" { bucket = aws_s3_bucket.files.id }
resource "aws_s3_bucket_policy" "files" {
  bucket = aws_s3_bucket.files.id
  policy = jsonencode({ Statement = [{
    Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "arn:aws:s3:::files/*"
  }] })
}"""
    found = built(KEPT % ("s3:ListBucket", BUCKET + public))
    (holds,) = found.edges(Relation.HOLDS_CREDENTIALS_OF, source="aws_s3_bucket.files")
    assert holds.target == "aws_iam_user.ops"
    told = [[step.technique.id for step in path.steps] for path in attack_paths(found)]
    assert ["read-public-store", "read-startup-secret", "administer-account"] in told
