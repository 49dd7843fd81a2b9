"""What the real terraform says of expressions: each is an output of one plan, asked in batches.

Every expression stands in a file of its own. `terraform plan -json` names the files that it
refuses; without them it plans, and `terraform show -json` has values, types and unknowns in full.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

TERRAFORM = shutil.which("terraform")
VERSION = "1.11.4"
ROUNDS = 12
INFINITE = re.compile(r'serializing output value "(o[0-9]+)"')
SECRET = "Output refers to sensitive values"

Answer = dict[str, object]


def version() -> str:
    """The version of the binary, or what is wrong with it."""
    if TERRAFORM is None:
        return "not installed"
    said = subprocess.run([TERRAFORM, "version", "-json"], capture_output=True, check=False)
    return str(json.loads(said.stdout)["terraform_version"]) if said.returncode == 0 else "broken"


class Oracle:
    """A root module of which terraform is asked."""

    def __init__(self, directory: Path, context: Mapping[str, str]) -> None:
        self.directory = directory
        for name, text in context.items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def answers(self, sources: Sequence[str]) -> list[Answer]:
        """Terraform's answer to each expression, in their order."""
        told: dict[int, Answer] = {}
        secret: set[int] = set()
        names = {f"o{at}.tf": at for at in range(len(sources))}
        for name, at in names.items():
            self._write(name, at, sources[at])
        for _ in range(ROUNDS):
            faults = self._faults(names)
            for at, fault in faults.items():
                if fault.startswith(SECRET) and at not in secret:
                    secret.add(at)
                    self._write(f"o{at}.tf", at, sources[at], "  sensitive = true\n")
                else:
                    told[at] = {"ok": False, "error": fault}
                    (self.directory / f"o{at}.tf").unlink()
            if not faults:
                break
        plan = self._shown()
        for name, at in names.items():
            if at not in told:
                told[at] = answer(plan, at, sensitive=at in secret)
            (self.directory / name).unlink(missing_ok=True)
        return [told[at] for at in range(len(sources))]

    def _write(self, name: str, at: int, source: str, more: str = "") -> None:
        text = f'output "o{at}" {{\n  value = {source}\n{more}}}\n'
        (self.directory / name).write_text(text, encoding="utf-8", newline="")

    def _faults(self, names: Mapping[str, int]) -> dict[int, str]:
        """The first error in each file; none where terraform plans."""
        done = self._run("plan", "-json", "-input=false", "-lock=false", "-refresh=false", "-out=p")
        faults: dict[int, str] = {}
        others: list[str] = []
        for line in done.stdout.splitlines():
            event = json.loads(line)
            found = event.get("diagnostic", {})
            if found.get("severity") == "error":
                said = f"{found['summary']}: {found.get('detail', '')}"
                infinite = INFINITE.search(said)
                name = f"{infinite[1]}.tf" if infinite else found.get("range", {}).get("filename")
                at = names.get(str(name))
                if at is None:
                    others.append(said)
                else:
                    faults.setdefault(at, said)
        if done.returncode != 0 and not faults:
            raise RuntimeError(f"terraform refuses the context: {others or done.stderr[:2000]}")
        return faults

    def _shown(self) -> dict[str, object]:
        shown: dict[str, object] = json.loads(
            self._run("show", "-json", "p").stdout, parse_float=Exact, parse_int=Exact
        )
        return shown

    def _run(self, *args: str) -> "subprocess.CompletedProcess[str]":
        quiet = {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_INPUT": "0"}
        return subprocess.run(
            [str(TERRAFORM), *args],
            cwd=self.directory,
            env={**os.environ, **quiet},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )


class Exact(str):
    """A number as it is written."""

    __slots__ = ()


def answer(plan: dict[str, object], at: int, *, sensitive: bool) -> Answer:
    """One output of a plan, in the form of tests/tables/expressions.json."""
    name = f"o{at}"
    change = plan.get("output_changes", {}).get(name, {})  # type: ignore[attr-defined]
    planned = plan["planned_values"].get("outputs", {}).get(name, {})  # type: ignore[index]
    unknown = change.get("after_unknown", False)
    result: Answer = {
        "ok": True,
        "type": planned.get("type"),
        "sensitive": sensitive,
        "json": written(change.get("after")),
    }
    if within(unknown):
        result["unknown"] = unknown
    return result


def within(tree: object) -> bool:
    """Whether a tree of unknowns has one."""
    if isinstance(tree, dict):
        return any(map(within, tree.values()))
    return any(map(within, tree)) if isinstance(tree, list) else tree is True


def written(value: object) -> str:
    """JSON with its numbers as they were."""
    if isinstance(value, Exact):
        return str(value)
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key)}:{written(each)}" for key, each in value.items())
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(written, value)) + "]"
    return json.dumps(value)
