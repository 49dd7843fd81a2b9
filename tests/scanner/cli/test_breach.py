"""`pathwarden breach` on Harbor: who is taken, what follows, what is refused."""

import json
import shlex
from functools import cache

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from scanner.cli import cli
from scanner.errors import UsageProblem
from scanner.reports.breach_schema import generated_schema
from tests.harbor_table import HARBOR

PUBLISHED = HARBOR.parents[2] / "scanner/schemas/breach-1.json"


def asked(*words, on=HARBOR):
    return CliRunner().invoke(cli, ["breach", "--on", str(on), *words], standalone_mode=False)


@cache
def breach(name, on=HARBOR, *words):
    result = asked(name, "--format", "json", *words, on=on)
    assert result.exception is None, result.exception
    document = json.loads(result.stdout)
    errors = Draft202012Validator(json.loads(PUBLISHED.read_text())).iter_errors(document)
    assert [f"{e.json_path}: {e.message}" for e in errors] == []
    (found,) = document["breaches"]
    return found


def test_the_published_schema_is_that_of_the_types():
    made = json.loads(json.dumps(generated_schema()))
    assert made == json.loads(PUBLISHED.read_text()), (
        "python -m scanner.reports.breach_schema > scanner/schemas/breach-1.json"
    )
    Draft202012Validator.check_schema(made)


TAKEN = [
    ("tracking", "instance", {"customer"}),
    ("quote", "function", {"customer", "employee", "health", "payment", "secrets", "state"}),
    ("aws_iam_access_key.wms_sync", "access key", {"employee"}),
    ("wms-sync", "user", {"employee"}),
    ("dispatch-host", "role", {"health"}),
    ("clinic", "site", {"health"}),
    ("333344445555", "outside account", {"customer"}),
    ("payments/database", "secret", {"secrets"}),
    ("aws_kms_key.data", "KMS key", set()),
    ("github", "identity provider", {"employee", "state"}),
    ("payments", "database", {"payment"}),
]


@pytest.mark.parametrize(("name", "kind", "classes"), TAKEN, ids=[t[0] for t in TAKEN])
def test_what_is_lost_with_each_kind_of_thing(name, kind, classes):
    found = breach(name)
    assert found["taken"]["kind"] == kind
    sure = [loss for loss in found["losses"] if loss["verdict"] == "reachable"]
    assert {each for loss in sure for each in loss["classes"]} == classes
    assert found["isolate"]


def test_the_order_of_attack_is_told_with_proof():
    gains = breach("tracking")["gains"]
    assert [(g["holds"], g["name"], g["at_once"]) for g in gains] == [
        ("controls", "tracking-host", True),
        ("reads", "harborline-customers", False),
    ]
    assert gains[1]["after"] == [f"controls {gains[0]['node']}"]
    assert all(proof["file"] for gain in gains for proof in gain["proof"])


def test_an_account_is_taken_with_all_that_is_in_it():
    found = breach("444455556666")
    names = {loss["name"] for loss in found["losses"]}
    assert {"payments", "bookings", "harborline-medical"} <= names
    assert "service control policy" in found["isolate"][1]["title"]


def test_who_comes_to_administer_an_account_has_it_all_too():
    found = breach("quote")
    assert [each["name"] for each in found["accounts"]] == ["account 444455556666"]
    assert {loss["name"] for loss in found["losses"]} == {
        loss["name"] for loss in breach("444455556666")["losses"]
    }
    assert any("Treat all of account" in each["title"] for each in found["renew"])


def test_what_contains_it_is_proven_and_written_as_text():
    (cut,) = breach("tracking")["cuts"]
    assert cut["proven"]
    assert [change["kind"] for change in cut["changes"]] == ["narrow-policy"]
    assert cut["changes"][0]["edit"].startswith("--- tracking.tf")


def test_logs_are_on_or_off_or_not_known_and_never_silent():
    logs = {(log["kind"], log["name"]): log for log in breach("tracking")["logs"]}
    trail = logs["CloudTrail", "account 444455556666"]
    assert (trail["verdict"], trail["kept"], trail["exposed"]) == (
        "on",
        "bucket harborline-logs",
        "no",
    )
    assert logs["flow log", "production"]["verdict"] == "on"
    assert logs["CloudTrail data events", "harborline-customers"]["verdict"] == "off"
    assert logs["request log", "harborline-customers"]["kept"] == "bucket harborline-access-log"
    watch = logs["GuardDuty", "account 444455556666"]
    assert watch["verdict"] == "unknown"
    assert watch["unknowns"]


def test_who_rules_an_account_can_stop_its_trail():
    logs = [log for log in breach("quote")["logs"] if log["kind"] == "CloudTrail"]
    (trail,) = [log for log in logs if log["name"] == "account 444455556666"]
    assert (trail["exposed"], trail["how"]) == ("yes", "administers account 444455556666")


def test_duties_follow_the_data_and_never_claim_whose_they_are():
    duties = {duty["id"]: duty for duty in breach("clinic")["duties"]}
    assert duties["hipaa-individuals"]["status"] == "indicated"
    assert duties["gdpr-authority"]["stages"][0]["within"] == "72 hours"
    assert duties["uk-gdpr"]["status"] == "open"
    assert duties["sec-8k"]["status"] == "open"
    assert "card-brands" not in duties
    assert all(duty["assumes"] and duty["cites"] for duty in duties.values())


def test_duties_are_those_of_the_company_that_the_settings_tell_of(tmp_path):
    before = {duty["id"]: duty for duty in breach("clinic")["duties"]}
    assert before["sec-8k"]["applies"].startswith("applies if you file reports with the SEC")
    assert before["hipaa-individuals"]["applies"] == (
        "applies if you are a covered entity in the sense of HIPAA"
    )
    for form in ("text", "markdown"):
        said = " ".join(asked("clinic", "--format", form).stdout.split())
        assert "applies if you are a covered entity" in said
    config = tmp_path / "company.yaml"
    harbor = (HARBOR / "pathwarden.yaml").read_text()
    config.write_text(f"{harbor}\ncompany: {{listed: false, covered-entity: true}}\n")
    found = breach("clinic", HARBOR, "--config", str(config))
    after = {duty["id"]: duty for duty in found["duties"]}
    assert set(before) - set(after) == {"sec-8k"}
    told = after["hipaa-individuals"]
    assert (told["status"], told["applies"]) == ("indicated", "")
    assert "you say that you are a covered entity in the sense of HIPAA" in told["because"]


def test_commands_are_words_of_a_shell_and_say_what_they_lack():
    for name in ("tracking", "quote", "wms-sync", "clinic", "444455556666", "payments"):
        found = breach(name)
        for action in (*found["isolate"], *found["renew"]):
            for command in action["commands"]:
                words = shlex.split(command)
                assert words[0] == "aws"
                wanted = {w.split("$")[1] for w in words if w.startswith("$") and "(" not in w}
                assert wanted <= {lack.partition(":")[0] for lack in action["lacks"]}, command


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("trackin", "nothing here is called 'trackin' (did you mean tracking"),
        ("this", "'this' names several things"),
        ("", "nothing here is called ''"),
    ],
)
def test_a_name_of_nothing_or_of_several_is_one_line(name, said):
    problem = asked(name).exception
    assert isinstance(problem, UsageProblem)
    assert said in str(problem)


def test_the_page_can_be_worked_through():
    page = asked("tracking", "--format", "markdown").stdout
    heads = [line for line in page.splitlines() if line.startswith("## ")]
    assert [head[3] for head in heads] == list("123456")
    assert page.index("create-snapshots") < page.index(
        'modify-instance-attribute --instance-id "$INSTANCE_ID" --groups'
    )


def test_an_estate_without_logs_says_so(tmp_path):
    text = """
    resource "aws_s3_bucket" "b" {
      bucket = "acme-patients"
    }
    resource "aws_iam_user" "ann" {
      name = "ann"
    }
    resource "aws_iam_user_policy" "ann" {
      user = aws_iam_user.ann.name
      policy = jsonencode({ Statement = [
        { Effect = "Allow", Action = "s3:*", Resource = "*" }] })
    }
    """
    (tmp_path / "main.tf").write_text(text)
    found = breach("ann", tmp_path)
    assert {log["verdict"] for log in found["logs"]} == {"off", "unknown"}
    (calls,) = [log for log in found["logs"] if log["kind"] == "CloudTrail"]
    assert "a trail outside this code" in calls["unknowns"][0]


def test_names_cannot_break_out_of_the_page(tmp_path):
    evil = "x\\n```\\n# All is well <img src=x> $(rm -rf ~) `id` '; id #"
    text = f'resource "aws_iam_user" "u" {{\n  name = "{evil}"\n}}\n'
    (tmp_path / "main.tf").write_text(text)
    page = asked("aws_iam_user.u", "--format", "markdown", on=tmp_path).stdout
    assert "<img" not in page
    assert "\n# All is well" not in page
    found = breach("aws_iam_user.u", tmp_path)
    commands = [c for action in found["isolate"] for c in action["commands"]]
    assert not any("rm -rf" in command for command in commands)


def test_secrets_are_kept_out(tmp_path):
    text = """
    variable "word" {
      default   = "hunter2hunter2"
      sensitive = true
    }
    resource "aws_iam_user" "u" {
      name = var.word
    }
    """
    (tmp_path / "main.tf").write_text(text)
    for form in ("text", "json", "markdown"):
        assert "hunter2" not in asked("aws_iam_user.u", "--format", form, on=tmp_path).stdout


def test_a_name_in_several_root_modules_has_to_be_told_apart(tmp_path):
    for root in ("dev", "prod"):
        (tmp_path / root).mkdir()
        text = 'resource "aws_iam_user" "ann" {\n  name = "ann"\n}\n'
        (tmp_path / root / "main.tf").write_text(text)
    problem = asked("ann", on=tmp_path).exception
    assert isinstance(problem, UsageProblem)
    assert "'ann' is in several root modules: dev, prod" in str(problem)
