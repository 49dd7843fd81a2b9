"""Record what terraform says of the configurations of written_configurations.yaml:

    python tests/tables/record_configurations.py [name ...]

Needs terraform on the PATH and nothing from the network: terraform_data is built in. Where
names are given, only their answers are renewed.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
CASES = HERE / "written_configurations.yaml"
ANSWERS = HERE / "written_configurations.json"


def full(written: Any) -> dict[str, Any]:
    """A case in full: its files by name, arguments, environment and workspace."""
    whole = {"files": written} if isinstance(written, str) else written
    files = whole["files"]
    return {
        "files": {"main.tf": files} if isinstance(files, str) else files,
        "args": whole.get("args", []),
        "env": whole.get("env", {}),
        "workspace": whole.get("workspace"),
    }


def answer(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What `terraform plan` makes of a case: what it refuses, or its outputs and resources."""
    with tempfile.TemporaryDirectory() as directory:
        for name, text in wanted["files"].items():
            path = Path(directory, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        env = {**os.environ, **wanted["env"], "CHECKPOINT_DISABLE": "1"}
        if wanted["workspace"]:
            env["TF_WORKSPACE"] = wanted["workspace"]
        problems = _problems(_run(directory, env, "init", "-backend=false", "-json"))
        if not problems:
            plan = _run(directory, env, "plan", "-json", "-out=plan", *wanted["args"])
            problems = _problems(plan)
        if problems:
            return {"refused": problems}
        return _planned(json.loads(_run(directory, env, "show", "-json", "plan")))


def _run(directory: str, env: Mapping[str, str], *arguments: str) -> str:
    command = ["terraform", *arguments]
    return subprocess.run(
        command, cwd=directory, env=env, capture_output=True, text=True, check=False
    ).stdout


def _problems(lines: str) -> list[str]:
    found = [json.loads(line) for line in lines.splitlines() if line.startswith("{")]
    diagnostics = [each["diagnostic"] for each in found if "diagnostic" in each]
    errors = [each["summary"] for each in diagnostics if each["severity"] == "error"]
    return list(dict.fromkeys(each for each in errors if "encountered problems" not in each))


def _planned(shown: Mapping[str, Any]) -> dict[str, Any]:
    changes = shown.get("output_changes", {})
    values = shown["planned_values"].get("outputs", {})
    outputs = {
        name: {
            "value": values[name].get("value"),
            "unknown": change["after_unknown"],
            "type": values[name].get("type"),
        }
        for name, change in changes.items()
    }
    resources = {
        each["address"]: {
            "values": each["change"]["after"],
            "unknown": each["change"]["after_unknown"],
            "sensitive": each["change"]["after_sensitive"],
        }
        for each in shown.get("resource_changes", ())
        if each["mode"] == "managed"
    }
    return {"outputs": outputs, "resources": resources}


def main(names: list[str]) -> None:
    """Renew the answers of these cases; of all where none is named."""
    cases = yaml.safe_load(CASES.read_text(encoding="utf-8"))
    known = json.loads(ANSWERS.read_text(encoding="utf-8")) if ANSWERS.exists() else {}
    wanted = {name: full(written) for name, written in cases.items()}
    with ThreadPoolExecutor(2) as pool:
        asked = [name for name in wanted if not names or name in names]
        known |= dict(zip(asked, pool.map(lambda name: answer(wanted[name]), asked), strict=True))
    rows = [f"{json.dumps(n)}: {json.dumps(known[n], sort_keys=True)}" for n in wanted]
    ANSWERS.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
