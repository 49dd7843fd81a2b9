"""`pathwarden scan`: options, exit codes, where the report goes."""

import json
import stat
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ((), 1),
        (("--fail-on", "critical"), 1),
        (("--fail-on", "never"), 0),
        (("--skip", "path-to-customer-data"), 0),
        (("--skip", "path-to-customer-data", "--fail-on", "high"), 0),
        (("--skip", "path-to-customer-data", "--fail-on", "medium"), 1),
        (("--only", "bucket-not-versioned", "--fail-on", "info"), 1),
        (("--only", "bucket-not-versioned", "--fail-on", "low"), 1),
        (("--only", "bucket-not-versioned", "--fail-on", "high"), 0),
        (("--only", "ssh-open-to-internet"), 0),
        (("--only", "ssh-open-to-internet", "--fail-on-unknown", "high"), 1),
        (("--only", "ssh-open-to-internet", "--fail-on-unknown", "critical"), 0),
        (("--only", "ssh-open-to-internet", "--var", "office=0.0.0.0/0"), 1),
        (("--only", "ssh-open-to-internet", "--var", "office=10.0.0.0/8"), 0),
        (("--strict", "--fail-on", "never"), 0),
    ],
)
def test_exit_code(run, estate, options, code):
    done = run("scan", estate, *options)
    assert (done.code, done.err) == (code, "")


def test_strict_fails_with_3_before_1(run, estate, tmp_path):
    (tmp_path / "main.tf").write_text((estate / "main.tf").read_text())
    (tmp_path / "bad.tf").write_text("resource {")
    assert run("scan", tmp_path).code == 1
    assert run("scan", tmp_path, "--strict").code == 3
    assert run("scan", tmp_path, "--strict", "--fail-on", "never").code == 3
    assert run("scan", tmp_path, "--strict", "--only", "nonsense").code == 2


def test_fail_on_in_the_settings_gives_way_to_the_command_line(run, estate, tmp_path):
    (tmp_path / "settings.yaml").write_text("version: 1\nfail_on: never\n")
    config = ("--config", tmp_path / "settings.yaml")
    assert run("scan", estate, *config).code == 0
    assert run("scan", estate, *config, "--fail-on", "high").code == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--only", "nonsense"), "there is no rule 'nonsense'"),
        (("--skip", "nonsense"), "there is no rule 'nonsense'"),
        (("--var", "office"), "--var 'office' is not NAME=VALUE"),
        (("--var", "=1"), "--var '=1' is not NAME=VALUE"),
        (("--var", "nobody=1"), "no root module here declares the variable 'nobody'"),
        (("--var-file", "none.tfvars"), "there is no variable file none.tfvars"),
        (("--config", "none.yaml"), "--config none.yaml"),
        (("-o", "/nowhere/report.txt"), "/nowhere/report.txt cannot be written"),
        (("-o", "/"), "/ cannot be written"),
    ],
)
def test_impossible_wishes_are_refused_in_a_line(run, estate, options, said):
    done = run("scan", estate, *options)
    assert (done.code, done.out) == (2, "")
    assert len(done.lines) == 1
    assert said in done.err
    assert done.err.startswith("pathwarden: ")


@pytest.mark.parametrize("options", [("--fail-on", "awful"), ("--format", "xml"), ("--nonsense",)])
def test_options_that_do_not_exist_end_with_2(run, estate, options):
    done = run("scan", estate, *options)
    assert (done.code, done.out) == (2, "")
    assert "Error: " in done.err


@pytest.mark.parametrize("missing", ["nowhere", "main.tf"])
def test_only_directories_are_scanned(run, estate, missing):
    done = run("scan", estate / missing)
    assert (done.code, len(done.lines)) == (2, 1)
    assert f"{estate / missing} is not a directory" in done.err


def test_a_variable_file_is_read(run, estate, tmp_path):
    (tmp_path / "main.tf").write_text((estate / "main.tf").read_text())
    (tmp_path / "open.tfvars").write_text('office = "0.0.0.0/0"\n')
    done = run(
        "scan", tmp_path, "--only", "ssh-open-to-internet", "--var-file", "open.tfvars", "-q"
    )
    assert done.code == 1
    assert "ssh-open-to-internet" in done.out


def test_a_value_that_is_not_of_the_language_is_refused(run, tmp_path):
    (tmp_path / "main.tf").write_text('variable "ports" {\n  type = list(number)\n}\n')
    done = run("scan", tmp_path, "--var", "ports=[1,")
    assert (done.code, len(done.lines)) == (2, 1)
    assert "--var ports is not a valid value" in done.err


def test_only_runs_one_rule(run, estate):
    done = run("scan", estate, "--only", "bucket-not-versioned", "--format", "json")
    told = json.loads(done.out)
    assert {finding["rule"] for finding in told["findings"]} == {"bucket-not-versioned"}
    assert told["coverage"]["rules"] == ["bucket-not-versioned"]


def test_only_and_skip_together(run, estate):
    done = run(
        "scan", estate, "--only", "bucket-not-versioned", "--only", "network-without-flow-log",
        "--skip", "bucket-not-versioned", "--format", "json",
    )  # fmt: skip
    assert json.loads(done.out)["coverage"]["rules"] == ["network-without-flow-log"]


def test_the_report_goes_to_a_file(run, estate, tmp_path):
    target = tmp_path / "report.txt"
    target.write_text("old " * 10_000)
    done = run("scan", estate, "-o", target)
    assert (done.code, done.out, done.err) == (1, "", "")
    assert target.read_text() == run("scan", estate).out
    assert [each.name for each in tmp_path.iterdir()] == ["report.txt"]


def test_a_link_is_written_through(run, estate, tmp_path):
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    run("scan", estate, "-o", tmp_path / "link.txt")
    assert (tmp_path / "link.txt").is_symlink()
    assert "Pathwarden" in (tmp_path / "real.txt").read_text()


def test_a_device_is_never_replaced(run, estate):
    assert run("scan", estate, "-o", "/dev/null").code == 1
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_nothing_is_left_behind_where_a_file_cannot_be_put(run, estate, tmp_path):
    (tmp_path / "taken").mkdir()
    done = run("scan", estate, "-o", tmp_path / "taken")
    assert (done.code, len(done.lines)) == (2, 1)
    assert [each.name for each in tmp_path.iterdir()] == ["taken"]


def test_quiet_says_a_line_for_each_that_stands(run, estate):
    done = run("scan", estate, "--quiet")
    assert (done.code, len(done.out.splitlines()), done.err) == (1, 1, "")
    assert "→ customer data in acme-customers" in done.out
    assert "path-" in done.out
    assert "main.tf:" in done.out


def test_quiet_says_nothing_when_nothing_stands(run, estate):
    done = run("scan", estate, "--quiet", "--skip", "path-to-customer-data")
    assert (done.code, done.out, done.err) == (0, "", "")


def test_quiet_marks_what_cannot_be_told(run, estate):
    done = run("scan", estate, "-q", "--only", "ssh-open-to-internet", "--fail-on-unknown", "high")
    assert "cannot tell" in done.out


def test_the_same_input_gives_the_same_bytes(run, estate):
    assert run("scan", estate, "--format", "json") == run("scan", estate, "--format", "json")
