# ruff: noqa: INP001 (a script, not a package)
"""Derive the table of AWS's managed policies that permissions are judged by.

    python docs/schema/managed.py        # where moto is installed, which ships them

The table is graphs/identity/managed.txt: where it is from, with the day of its newest policy; then
one line for each policy, with a tab between its name, path, default version, the day of that
version, and its statements as JSON. Sids are left out: they decide nothing.
"""

import json
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parents[2] / "graphs" / "identity" / "managed.txt"


def table(policies: Mapping[str, Any], source: str) -> Iterator[str]:
    """The lines of the table, of the policies by name."""
    newest = max(each["UpdateDate"] for each in policies.values())
    yield f"{source}\t{newest[:10]}"
    for name, each in sorted(policies.items()):
        written = json.dumps(statements(each["Document"]), separators=(",", ":"))
        day = each["UpdateDate"][:10]
        yield "\t".join((name, each["Path"], each["DefaultVersionId"], day, written))


def statements(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The statements of a document; one that is no list is a list of one."""
    found = document["Statement"]
    listed = found if isinstance(found, list) else [found]
    return [{name: value for name, value in each.items() if name != "Sid"} for each in listed]


if __name__ == "__main__":
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    lines = table(json.loads(aws_managed_policies_data), f"moto {version('moto')}")
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
