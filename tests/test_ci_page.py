"""What runs where merges happen is run here: the action, the template, the recipes and the hooks.

Every step is run by bash as it is written, in a small git repository. Three things are answered by
stand-ins, since they are other people's servers: what installs, which makes sure that it is given
the package; GitHub's `gh`, which filters by the real jq; and GitLab, which is a server on loopback.
"""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import pytest
import yaml

HOME = Path(__file__).parents[1]
ESTATE = HOME / "tests/scanner/estate"
PAGE = (HOME / "docs/ci.md").read_text()
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
WORKFLOW, GITLAB, AZURE, ATLANTIS, HOOKS, LOCAL = map(yaml.safe_load, BLOCKS)
ACTION = yaml.safe_load((HOME / "action.yml").read_text())
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
TEMPLATE = yaml.safe_load((HOME / "templates/gitlab.yml").read_text())
MANIFEST = yaml.safe_load((HOME / ".pre-commit-hooks.yaml").read_text())
WHEEL = "tools/pathwarden-0.1.0-py3-none-any.whl"
OPENED = """
resource "aws_s3_bucket" "payroll" {
  bucket = "acme-payroll"
  tags   = { data = "employee" }
}
resource "aws_iam_role_policy" "more" {
  role   = aws_iam_role.web.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Action = "s3:GetObject", Resource = "${aws_s3_bucket.payroll.arn}/*" }] })
}
"""
GH = """#!/usr/bin/env python3
# Answers `gh api` from files, as gh does: --jq is applied, a refusal is an exit code and a body.
import json, os, subprocess, sys
home = os.environ["GH_STATE"]
arguments = sys.argv[2:]
given = dict(zip(arguments, arguments[1:]))
path = next(a for a in arguments if a == "user" or a.startswith("repos/"))
with open(home + "/calls", "a") as calls:
    body = next((a[len("body=@"):] for a in arguments if a.startswith("body=@")), None)
    said = open(body).read() if body else ""
    print(json.dumps([given.get("--method", "GET"), path, said]), file=calls)
if "--method" not in given:
    name = "user" if path == "user" else "comments"
    if not os.path.exists(f"{home}/{name}.json"):
        print('{"message": "Resource not accessible by integration"}')
        sys.exit(1)
    with open(f"{home}/{name}.json") as file:
        sys.exit(subprocess.run(["jq", "-r", given["--jq"]], stdin=file).returncode)
sys.exit(1 if os.path.exists(home + "/may-not-write") else 0)
"""


def put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def repository(tmp_path):
    """A repository with the estate and the wheel, and the tools on the path."""
    there = tmp_path / "repository"
    shutil.copytree(ESTATE, there)
    (there / "tools").mkdir()
    (there / WHEEL).touch()
    command = f'exec "{sys.executable}" -c "from scanner.startup import main; main()" "$@"'
    given = '[ "$1" = install ] && [ -e "${!#}" ]'
    for name, script in (("pathwarden", command), ("pip", given), ("pipx", given)):
        put(tmp_path / "bin" / name, f"#!/usr/bin/env bash\n{script}\n")
    put(tmp_path / "bin/gh", GH)
    git(there, "init", "--quiet", "--initial-branch=main")
    commit(there)
    return there


def git(there, *arguments):
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    done = subprocess.run(
        ["git", *who, *arguments], cwd=there, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def commit(there):
    git(there, "add", "--all")
    git(there, "commit", "--quiet", "--message", "more")
    return git(there, "rev-parse", "HEAD")


@pytest.fixture
def shell(repository):
    """Run a step in the repository as GitHub runs bash; gives its exit code and what it said."""
    home = repository.parent
    environment = {
        **os.environ,
        "PATH": f"{home / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": str(HOME),
        "GITHUB_ACTION_PATH": str(HOME),
        "GITHUB_REPOSITORY": "acme/infrastructure",
        "GITHUB_STEP_SUMMARY": str(home / "summary.md"),
        "GITHUB_OUTPUT": str(home / "output"),
        "RUNNER_TEMP": str(home / "runner"),
        "GH_STATE": str(home),
    }

    def run(step, **variables):
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step],
            capture_output=True,
            text=True,
            check=False,
            cwd=repository,
            env=environment | variables,
            timeout=60,
        )
        assert not done.stderr, done.stderr
        return done.returncode, done.stdout

    return run


# ------------------------------------------------------------------------------------ the action


@pytest.fixture
def judge(repository, shell):
    """Run the step that judges; gives its outputs, or its exit code and words where it fails."""

    def run(**variables):
        usual = {
            "WHERE": ".", "BASE": "", "HEAD": "", "FAIL_ON": "high", "FAIL_ON_UNKNOWN": "never",
            "STRICT": "false", "ARGUMENTS": "",
        }  # fmt: skip
        assert set(usual) == set(STEPS["Judge"]["env"])
        output = repository.parent / "output"
        output.unlink(missing_ok=True)
        code, said = shell(STEPS["Judge"]["run"], **usual | variables)
        if code:
            return code, said
        return dict(line.split("=", 1) for line in output.read_text().splitlines())

    return run


def test_the_action_installs_itself(shell):
    assert shell(STEPS["Install"]["run"], PYTHON=sys.executable) == (0, "")


def test_the_action_scans_what_is_pushed(judge, repository, shell):
    told = judge()
    assert told["code"] == "1"
    assert "1 attack path (1 critical)" in (repository.parent / "summary.md").read_text()
    assert Path(told["report"]).read_text() == (repository.parent / "summary.md").read_text()
    (run,) = json.loads(Path(told["sarif"]).read_text())["runs"]
    assert shown(run) == {"main.tf"}
    assert shell(STEPS["Verdict"]["run"], CODE=told["code"])[0] == 1
    only = "--only\nssh-open-to-internet\n"  # which cannot be told here
    assert judge(FAIL_ON="never", FAIL_ON_UNKNOWN="high", ARGUMENTS=only)["code"] == "1"


def shown(run):
    return {
        place["physicalLocation"]["artifactLocation"]["uri"]
        for result in run["results"]
        for place in result["locations"]
    }


def test_the_action_judges_a_pull_request_by_what_it_adds(judge, repository):
    base = git(repository, "rev-parse", "HEAD")
    (repository / "more.tf").write_text(OPENED)
    head = commit(repository)
    told = judge(BASE=base, HEAD=head)
    assert told["code"] == "1"
    assert "This change opens 1 attack path" in Path(told["report"]).read_text()
    (run,) = json.loads(Path(told["sarif"]).read_text())["runs"]
    assert "acme-payroll" in json.dumps(run)
    assert "acme-customers" not in json.dumps([r["message"] for r in run["results"]])


def test_the_base_goes_on_and_counts_for_nothing(judge, repository):
    """What main has won since is neither added nor closed by the pull request."""
    git(repository, "checkout", "--quiet", "-b", "more")
    (repository / "notes.md").write_text("nothing\n")
    head = commit(repository)
    git(repository, "checkout", "--quiet", "main")
    (repository / "more.tf").write_text(OPENED)
    base = commit(repository)
    told = judge(BASE=base, HEAD=head)
    assert told["code"] == "0"
    assert "Nothing that counts is different." in Path(told["report"]).read_text()


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"BASE": "0" * 40, "HEAD": "HEAD"}, "::error::" + "0" * 40 + " is not here"),
        ({"BASE": "$(touch owned)", "HEAD": "HEAD"}, "::error::$(touch owned) is not here"),
    ],
)
def test_a_base_that_is_not_there_is_told(variables, said, judge, repository):
    code, words = judge(**variables)
    assert code == 2
    assert words.startswith(said)
    assert not (repository / "owned").exists()


def test_what_comes_from_outside_reaches_no_script():
    """`${{ }}` in a script would be pasted into it before bash reads it."""
    scripts = [step["run"] for step in STEPS.values() if "run" in step]
    scripts += [step.get("run", "") for step in WORKFLOW["jobs"]["pathwarden"]["steps"]]
    assert [each for each in scripts if "${{" in each] == []
    assert [each["bash"] for each in AZURE["steps"] if "$(" in each.get("bash", "")] == []


REPORT = "## Pathwarden\n\n**This change opens 1 attack path.**\n"
QUIET = "## Pathwarden\n\n**Nothing that counts is different.**\n"
MINE = {"id": 11, "user": {"login": "github-actions[bot]"}, "body": "<!-- pathwarden: . -->\nold"}
FORGED = {**MINE, "id": 12, "user": {"login": "mallory"}}
OTHER = {**MINE, "id": 13, "body": "<!-- pathwarden: network -->\nold"}
POST = ["POST", "repos/acme/infrastructure/issues/7/comments"]
PATCH = ["PATCH", "repos/acme/infrastructure/issues/comments/11"]


@pytest.fixture
def comment(repository, shell):
    """Run the step that comments; gives the calls that write, and what the log says."""
    if not shutil.which("jq"):
        pytest.skip("jq is not installed, which the stand-in for gh filters by")
    home = repository.parent

    def run(report, comments):
        (home / "report.md").write_text(report)
        (home / "runner/pathwarden").mkdir(parents=True, exist_ok=True)
        if comments is not None:
            (home / "comments.json").write_text(json.dumps(comments))
        (home / "calls").unlink(missing_ok=True)
        code, said = shell(
            STEPS["Comment"]["run"], WHERE=".", NUMBER="7", GH_TOKEN="t",
            REPORT=str(home / "report.md"),
        )  # fmt: skip
        assert code == 0
        calls = map(json.loads, (home / "calls").read_text().splitlines())
        return [call for call in calls if call[0] != "GET"], said

    return run


@pytest.mark.parametrize(
    ("report", "comments", "wanted"),
    [
        (REPORT, [], POST),
        (REPORT, [FORGED, OTHER], POST),
        (REPORT, [FORGED, OTHER, MINE], PATCH),
        (QUIET, [MINE], PATCH),
        (QUIET, [FORGED], None),
    ],
)
def test_there_is_one_comment_and_it_is_ours(report, comments, wanted, comment):
    calls, said = comment(report, comments)
    assert said == ""
    body = f"<!-- pathwarden: . -->\n{report}"
    assert calls == ([[*wanted, body]] if wanted else [])


def test_a_token_that_may_not_comment_fails_nothing(comment, repository):
    calls, said = comment(REPORT, None)
    assert (calls, said[:10]) == ([], "::notice::")
    (repository.parent / "may-not-write").touch()
    _, said = comment(REPORT, [])
    assert said.startswith("::notice::The token may not comment")


def test_a_fork_has_no_comment_and_nothing_more_than_needed_is_asked_for():
    assert "!github.event.pull_request.head.repo.fork" in STEPS["Comment"]["if"]
    assert WORKFLOW["permissions"] == {
        "contents": "read", "pull-requests": "write", "security-events": "write"
    }  # fmt: skip
    (checkout, *_) = WORKFLOW["jobs"]["pathwarden"]["steps"]
    assert checkout["with"] == {"fetch-depth": 0, "persist-credentials": False}
    assert "pull_request_target" not in WORKFLOW[True]  # YAML reads `on` so


def test_the_page_tells_of_every_input():
    table = re.findall(
        r"^\| (`[^|]+`) \|", PAGE.split("| input |")[1].split("\n\n")[0], re.MULTILINE
    )
    told = {name for row in table for name in re.findall(r"`([\w-]+)`", row)}
    assert told == set(ACTION["inputs"])


# --------------------------------------------------------------------------------- GitLab


class GitLab(BaseHTTPRequestHandler):
    """As much of GitLab's API of notes as the template uses; keeps what it is sent."""

    def do_GET(self):
        notes = "/notes" in self.path
        self.answer(200, self.server.notes if notes else {"id": 5})

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        (body,) = parse_qs(self.rfile.read(length).decode())["body"]
        self.server.seen.append((self.command, urlsplit(self.path).path, body))
        self.answer(201, {})

    do_PUT = do_POST  # noqa: N815  the name that the class asks for

    def answer(self, code, value):
        code = code if self.headers["PRIVATE-TOKEN"] == "good" else 401
        self.send_response(code)
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def gitlab():
    server = ThreadingHTTPServer(("127.0.0.1", 0), GitLab)
    server.notes, server.seen = [], []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def merge_request(repository, shell, gitlab):
    """Run the job of a merge request that opens a path; gives its exit code and words."""
    base = git(repository, "rev-parse", "HEAD")
    (repository / "more.tf").write_text(OPENED)
    head = commit(repository)
    script = "\n".join(TEMPLATE["pathwarden:merge-request"]["script"])

    def run(token="good", **variables):
        port = gitlab.server_address[1]
        usual = TEMPLATE["variables"] | {
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
            "CI_COMMIT_SHA": head,
            "CI_API_V4_URL": f"http://127.0.0.1:{port}/api/v4",
            "CI_PROJECT_ID": "3",
            "CI_MERGE_REQUEST_IID": "7",
            "PATHWARDEN_TOKEN": token,
            "no_proxy": "127.0.0.1",
        }
        return shell(script, **usual | variables)

    return run


NOTES = "/api/v4/projects/3/merge_requests/7/notes"


def test_a_merge_request_has_one_note(merge_request, gitlab, repository):
    assert merge_request() == (1, "")
    ((method, path, body),) = gitlab.seen
    assert (method, path) == ("POST", NOTES)
    assert body == "<!-- pathwarden: . -->\n" + (repository / "pathwarden.md").read_text()
    mine = {"id": 11, "author": {"id": 5}, "body": body}
    gitlab.notes = [{**mine, "id": 10, "author": {"id": 6}}, mine]
    assert merge_request() == (1, "")
    assert [call[:2] for call in gitlab.seen[1:]] == [("PUT", f"{NOTES}/11")]


def test_a_merge_request_without_a_token_is_judged_all_the_same(merge_request, gitlab, repository):
    assert merge_request(token="") == (1, "")
    assert gitlab.seen == []
    assert (repository / "pathwarden.md").read_text().startswith("## Pathwarden")


def test_a_merge_request_that_changes_nothing_has_no_note(merge_request, gitlab, repository):
    head = git(repository, "rev-parse", "HEAD")
    assert merge_request(CI_MERGE_REQUEST_DIFF_BASE_SHA=head) == (0, "")
    assert gitlab.seen == []


def test_gitlab_scans_the_default_branch(repository, shell):
    (install,) = TEMPLATE[".pathwarden"]["before_script"]
    assert shell(install, **TEMPLATE["variables"]) == (0, "")
    (scan,) = TEMPLATE["pathwarden:scan"]["script"]
    assert shell(scan, **TEMPLATE["variables"]) == (1, "")
    report = repository / TEMPLATE["pathwarden:scan"]["artifacts"]["reports"]["junit"]
    assert ET.parse(report).getroot().get("failures") == "1"
    assert GITLAB["variables"]["PATHWARDEN_PACKAGE"] == WHEEL


# ------------------------------------------------------------------------ the other recipes


def test_the_steps_for_azure(repository, shell):
    steps = {each["displayName"]: each["bash"] for each in AZURE["steps"] if "bash" in each}
    assert shell(steps["Install"]) == (0, "")
    assert shell(steps["Scan"]) == (1, "")
    assert ET.parse(repository / "pathwarden.xml").getroot().get("failures") == "1"
    git(repository, "update-ref", "refs/remotes/origin/main", "HEAD")
    (repository / "more.tf").write_text(OPENED)
    (repository / "pathwarden.xml").unlink()
    commit(repository)
    code, said = shell(steps["Compare"], SYSTEM_PULLREQUEST_TARGETBRANCH="refs/heads/main")
    assert code == 1
    assert said == f"##vso[task.uploadsummary]{repository}/pathwarden.md\n"
    assert "This change opens 1 attack path" in (repository / "pathwarden.md").read_text()


def test_the_step_for_atlantis(repository, shell):
    """It is given the plan of the code that it stands in."""
    (repository / "main.tf").write_text(
        'resource "aws_db_instance" "main" {\n  publicly_accessible = true\n}\n'
    )
    *_, step = ATLANTIS["workflows"]["pathwarden"]["plan"]["steps"]
    plan = {
        "format_version": "1.2", "terraform_version": "1.11.4",
        "planned_values": {"root_module": {"resources": [{
            "address": "aws_db_instance.main", "mode": "managed", "type": "aws_db_instance",
            "name": "main", "values": {"identifier": "main", "publicly_accessible": True},
        }]}},
        "configuration": {"root_module": {"resources": [{
            "address": "aws_db_instance.main", "mode": "managed", "type": "aws_db_instance",
            "name": "main", "expressions": {"publicly_accessible": {"constant_value": True}},
        }]}},
    }  # fmt: skip
    (repository.parent / "show.json").write_text(json.dumps(plan))
    code, said = shell(
        step["run"] + " --fail-on low", SHOWFILE=str(repository.parent / "show.json")
    )
    assert code == 1
    assert "main.tf:1" in said


EVERY_HOOK = [*MANIFEST, *(hook for repository in LOCAL["repos"] for hook in repository["hooks"])]


@pytest.mark.parametrize("hook", EVERY_HOOK, ids=["scan", "diff", "local"])
def test_the_hooks_run_on_what_is_read(hook, repository, shell):
    (repository / "more.tf").write_text(OPENED)
    assert shell(hook["entry"])[0] == 1
    read = ("main.tf", "a/b.tf.json", "prod.auto.tfvars", "pathwarden.yaml", "main.tofu")
    assert all(re.search(hook["files"], name) for name in read)
    assert not re.search(hook["files"], "README.md")


def test_the_page_names_hooks_that_are_there():
    told = {hook["id"] for repository in HOOKS["repos"] for hook in repository["hooks"]}
    ids = {hook["id"] for hook in MANIFEST}
    assert told <= ids
    assert all(f"`{name}`" in PAGE for name in ids - told)


def test_the_page_names_the_wheel_of_this_version():
    from scanner import __version__

    assert f"tools/pathwarden-{__version__}-py3-none-any.whl" == WHEEL
    assert WHEEL in PAGE
    assert TEMPLATE["variables"]["PATHWARDEN_PACKAGE"] == WHEEL


# ------------------------------------------------------------------------------------ shapes


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ("github-actions", (HOME / "action.yml").read_text()),
        ("github-workflows", BLOCKS[0]),
        ("gitlab-ci", (HOME / "templates/gitlab.yml").read_text()),
        ("gitlab-ci", BLOCKS[1]),
        ("azure-pipelines", BLOCKS[2]),
    ],
    ids=["action", "workflow", "template", "include", "azure"],
)
def test_it_fits_the_public_schema(schema, text, tmp_path):
    (tmp_path / "document.yaml").write_text(text)
    command = [sys.executable, "-m", "check_jsonschema", "--regex-variant", "nonunicode"]
    kind = ["--builtin-schema", f"vendor.{schema}"]
    if schema in ("gitlab-ci", "azure-pipelines"):
        kind += ["--data-transform", schema]
    done = subprocess.run(
        [*command, *kind, tmp_path / "document.yaml"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_pre_commit_reads_the_hooks():
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", ".pre-commit-hooks.yaml"]
    done = subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
