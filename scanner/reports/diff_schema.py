"""The JSON Schema of comparisons: made from the types of scanner/diffing/difference.py.

scanner/schemas/difference-1.json is the published copy:

    python -m scanner.reports.diff_schema > scanner/schemas/difference-1.json
"""

import json
import sys
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

from scanner.diffing.difference import SCHEMA, Difference
from scanner.reports.schema import LIMITS, MEANINGS, described

_FILE: Final = 'Path of the file from the compared directory; "" where there is none.'
_LINE: Final = "Line in the file, from 1; 0 where there is none."
_ROOT: Final = 'Directory of the root module; "." is the compared directory.'
_SEVERITY: Final = "How bad it is."
_VERDICT: Final = "violated where it surely is so; cannot-tell where it hangs on what is not known."
_CALL: Final = 'Where the root module calls the module that it stands in, as `file:line`; else "".'
_SEEN: Final = 'Where a sweep saw it: its name, account and region; else "".'
_NODE: Final = "Address, or what else names it in its estate."
_NAME: Final = "What people call it."
_SAYS: Final = "The same in a sentence."
_CHANGES: Final = {
    "before": "As it is in the base.",
    "now": "As it is in the head.",
    "says": "What is different, one sentence each.",
}
_PLACED: Final = {"file": _FILE, "line": _LINE, "call": _CALL, "seen": _SEEN}

OWN: Final[dict[str, dict[str, str]]] = {
    "Difference": {
        "schema": "Which version of this format the file has.",
        "tool": "Which Pathwarden wrote it.",
        "base": "What is compared with.",
        "head": "What is compared.",
        "notes": "What a reader must know of how they were compared.",
        "opened": "Attack paths of the head alone.",
        "closed": "Attack paths of the base alone.",
        "changed": "Attack paths of both that are different.",
        "findings_added": "Findings of the head alone; those of paths are in `opened`.",
        "findings_fixed": "Findings of the base alone, where the head was read.",
        "findings_changed": "Findings of both whose verdict or severity is another.",
        "lost": "What the head does not show, since it was not read there.",
        "reach_added": "Packets that may be sent in the head alone.",
        "reach_removed": "Packets that may be sent in the base alone.",
        "permissions_added": "What principals may do in the head alone.",
        "permissions_removed": "What principals may do in the base alone.",
        "requirements": "Requirements whose status is another.",
        "waivers_added": "Waivers that the head adds; `status` says whether they count.",
        "unknowns_added": "Root causes of cannot-tells in the head alone.",
        "gaps_added": "What was not read or not modelled in the head alone.",
        "pictures": "A flowchart of each opened path.",
    },
    "Side": {
        "name": "What it is: a revision with its commit, the working tree, or a path.",
        "read": "What was scanned.",
        "files": "Files read, each once.",
        "resources": "Resource instances.",
        "gaps": "How many things were not read or not modelled.",
    },
    "ChangedPath": _CHANGES,
    "ChangedFinding": _CHANGES,
    "Lost": {
        "kind": "path or finding.",
        "id": "Id of the path, or fingerprint of the finding.",
        "severity": _SEVERITY,
        "says": "What it said in the base.",
        "root": _ROOT,
        "because": "What of the head was not read.",
    },
    "Connection": {
        "source": _NODE,
        "source_name": _NAME,
        "target": _NODE,
        "target_name": _NAME,
        "packets": "Protocols and ports; with their sources where it is the internet or a site.",
        "verdict": _VERDICT,
        "root": _ROOT,
        "says": _SAYS,
        **_PLACED,
    },
    "Request": {
        "principal": "Who asks.",
        "action": "The action, as AWS spells it.",
        "resource": "ARN of what it is asked on; a pattern stands for some that it matches.",
        "conditions": "Condition keys that the request has, with their values.",
    },
    "Power": {
        "principal": _NODE,
        "principal_name": _NAME,
        "relation": "A relation of docs/graph.md, or allows for actions of a statement.",
        "target": _NODE,
        "target_name": _NAME,
        "technique": 'Id of the technique of may-call; else "".',
        "verdict": _VERDICT,
        "root": _ROOT,
        "says": _SAYS,
        "witness": "A request that shows it; null where it is used without one.",
        **_PLACED,
        "actions": "With allows: how many of the actions that were asked about are new.",
    },
    "ChangedRequirement": {
        "framework": "Id of the framework edition.",
        "name": "Its name and edition.",
        "number": "The framework's number.",
        "title": "What it asks, in our words.",
        "before": "Status in the base.",
        "now": "Status in the head.",
    },
    "Picture": {
        "path": "Id of the path.",
        "root": _ROOT,
        "mermaid": 'The path as a Mermaid flowchart; "" where it would be too large.',
        "new": "Numbers of the steps that the head makes possible.",
    },
}


def generated_schema() -> dict[str, Any]:
    """The schema that the types have, with the meaning of each property."""
    limits = {**LIMITS, "schema": {"const": SCHEMA}}
    return described(Difference, SCHEMA, "Pathwarden difference", {**MEANINGS, **OWN}, limits)


def schema() -> Mapping[str, Any]:
    """The published JSON Schema of comparisons."""
    text = files("scanner.schemas").joinpath("difference-1.json").read_text("utf-8")
    loaded: Mapping[str, Any] = json.loads(text)
    return loaded


if __name__ == "__main__":
    sys.stdout.write(json.dumps(generated_schema(), indent=2) + "\n")
