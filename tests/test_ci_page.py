"""The steps of docs/ci.md are run one by one, as they are written, in a small repository.

What installs is answered by a stand-in, which makes sure that it is given the wheel; everything
else is run.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

HOME = Path(__file__).parents[1]
ESTATE = HOME / "tests/scanner/estate"
PAGE = (HOME / "docs/ci.md").read_text()
GITHUB, GITLAB, HOOKS = (
    yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
)
STEPS = {step["name"]: step for step in GITHUB["jobs"]["scan"]["steps"] if "name" in step}
WHEEL = "tools/pathwarden-0.1.0-py3-none-any.whl"


@pytest.fixture
def repository(tmp_path):
    """A copy of the estate with the wheel where the page says, and the tools on the path."""
    shutil.copytree(ESTATE, tmp_path / "repository")
    (tmp_path / "repository/tools").mkdir()
    (tmp_path / "repository" / WHEEL).touch()
    command = f'exec "{sys.executable}" -c "from scanner.startup import main; main()" "$@"'
    given = '[ "$1" = install ] && [ -f "${!#}" ]'
    for name, script in (("pathwarden", command), ("pip", given), ("pipx", given)):
        tool = tmp_path / "bin" / name
        tool.parent.mkdir(exist_ok=True)
        tool.write_text(f"#!/usr/bin/env bash\n{script}\n")
        tool.chmod(0o755)
    return tmp_path / "repository"


@pytest.fixture
def shell(repository):
    """Run a step in the repository, as GitHub and GitLab do; gives its exit code and output."""
    environment = {
        **os.environ,
        "PATH": f"{repository.parent / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": str(HOME),
        "GITHUB_STEP_SUMMARY": str(repository.parent / "summary.md"),
    }

    def run(step):
        done = subprocess.run(
            ["bash", "-e", "-c", step],
            capture_output=True,
            text=True,
            check=False,
            cwd=repository,
            env=environment,
            timeout=60,
        )
        assert not done.stderr, done.stderr
        return done.returncode, done.stdout

    return run


def test_the_steps_of_the_github_workflow(repository, shell):
    assert shell(STEPS["Install"]["run"]) == (0, "")
    assert shell(STEPS["Report"]["run"]) == (0, "")
    assert shell(STEPS["Summary"]["run"]) == (0, "")
    code, said = shell(STEPS["Judge"]["run"])
    assert code == 1
    assert said.startswith(" CRITICAL  the internet → customer data in acme-customers  main.tf:")

    (run,) = json.loads((repository / STEPS["Upload"]["with"]["sarif_file"]).read_text())["runs"]
    files = {
        place["physicalLocation"]["artifactLocation"]["uri"]
        for result in run["results"]
        for place in result["locations"]
    }
    assert files == {"main.tf"}
    summary = (repository.parent / "summary.md").read_text()
    assert summary.startswith("## Pathwarden\n\n**1 attack path (1 critical).")


def test_the_script_of_the_gitlab_job(repository, shell):
    install, scan = GITLAB["pathwarden"]["script"]
    assert shell(install) == (0, "")
    assert shell(scan) == (1, "")
    report = repository / GITLAB["pathwarden"]["artifacts"]["reports"]["junit"]
    assert ET.parse(report).getroot().get("failures") == "1"


def test_the_hook_runs_on_what_is_read(shell):
    ((hook,),) = (repository["hooks"] for repository in HOOKS["repos"])
    assert shell(hook["entry"])[0] == 1
    read = ("main.tf", "a/b.tf.json", "prod.auto.tfvars", "pathwarden.yaml")
    assert all(re.search(hook["files"], name) for name in read)
    assert not re.search(hook["files"], "README.md")


def test_the_page_names_the_wheel_of_this_version():
    from scanner import __version__

    assert f"tools/pathwarden-{__version__}-py3-none-any.whl" == WHEEL
    assert WHEEL in PAGE
    assert STEPS["Install"]["run"] in PAGE.split("## Before each commit")[1]
