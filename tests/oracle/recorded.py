"""Terraform's answers for the roots of this directory and for Harbor, kept for machines without it.

    python -m tests.oracle.recorded [name ...]

records them anew, from the top of the repository; it needs terraform and nothing from the network.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from scanner.terraform.evaluate import Evaluated, evaluate_root
from scanner.tree import Directory
from tests.oracle.compare import Planned, planned
from tests.oracle.plan import REGION, plan
from tests.oracle.rewrite import copied, made_root
from tests.oracle.usage import used

HERE = Path(__file__).parent
ANSWERS = HERE / "recorded"
HARBOR = HERE.parents[1] / "fixtures/terraform/harbor"
ROOTS = {"harbor": HARBOR, **{each.name: each for each in sorted((HERE / "roots").iterdir())}}


def asked(name: str) -> Planned:
    """What terraform says now. Raises NotPlanned."""
    with tempfile.TemporaryDirectory(prefix="oracle") as scratch:
        top = Path(scratch).resolve() / name
        copied(ROOTS[name], top)
        made_root(top)
        return {
            address: (of, _short(values), _unknown(unknown) or {})
            for address, (of, values, unknown) in planned(plan(top, used(top))).items()
        }


def answer(name: str) -> Planned:
    """What terraform said."""
    found: Planned = json.loads((ANSWERS / f"{name}.json").read_text())
    return found


def ours(name: str) -> Evaluated:
    """What we say, with the environment that terraform had."""
    return evaluate_root(Directory(ROOTS[name]), ".", environ={"AWS_REGION": REGION})


def _short(value: Any) -> Any:
    """Objects without what is null: the plan has an entry for all of the schema."""
    if isinstance(value, dict):
        return {key: _short(each) for key, each in value.items() if each is not None}
    return [_short(each) for each in value] if isinstance(value, list) else value


def _unknown(tree: Any) -> Any:
    """The tree of what is unknown, without what is not."""
    if isinstance(tree, dict):
        kept = {key: _unknown(each) for key, each in tree.items()}
        return {key: each for key, each in kept.items() if each is not False} or False
    if isinstance(tree, list):
        kept = [_unknown(each) for each in tree]
        return kept if any(each is not False for each in kept) else False
    return tree


def main() -> None:
    """Record the answers that are named, or all."""
    ANSWERS.mkdir(exist_ok=True)
    for name in sys.argv[1:] or ROOTS:
        rows = (
            f"{json.dumps(key)}: {json.dumps(each)}" for key, each in sorted(asked(name).items())
        )
        (ANSWERS / f"{name}.json").write_text("{\n" + ",\n".join(rows) + "\n}\n")


if __name__ == "__main__":
    main()
