"""The JSON Schema of what `pathwarden breach` writes: made of the types of scanner/breached.py.

scanner/schemas/breach-1.json is the published copy:

    python -m scanner.reports.breach_schema > scanner/schemas/breach-1.json
"""

import json
import sys
from typing import Any

from scanner.breached import SCHEMA, Report
from scanner.reports.schema import LIMITS as OF_RESULTS
from scanner.reports.schema import MEANINGS as OF_RESULT
from scanner.reports.schema import described

_NODE = "Address, or what else names it in its estate."
_UNKNOWNS = "What decides where it cannot be told, as `what (cause)`."
_PROOF = "Claims in order, each with what proves it."
_WHERE = 'Account and region, or country of a site; "" where not known.'

OWN: dict[str, dict[str, str]] = {
    "Report": {
        "schema": "Which version of this format it is.",
        "breaches": "The breach in each estate that has the thing.",
    },
    "Breached": {
        "root": 'Directory of the root module; "." is the one that was named.',
        "taken": "The thing that is an attacker's.",
        "gains": "What is reached, certain things first, the likelier before the others.",
        "losses": "Stores whose data are reached, those with a class first.",
        "accounts": "Accounts that the attacker administers: some of `gains`.",
        "isolate": "Steps that take the thing itself away from the attacker, in order.",
        "renew": "Steps for what may have been taken along, in order of attack.",
        "cuts": "The cheapest changes after which no more follows than lay with the thing.",
        "logs": "Logs that tell of it, or would.",
        "duties": "Duties to notify that may begin.",
        "gaps": "How many things were not read or not modelled.",
        "assumed": "Whether that nothing exists beside what was read is an assumption.",
    },
    "Taken": {
        "asked": "How it was named on the command line.",
        "node": _NODE,
        "name": "What people call it.",
        "kind": "What it is, in a word.",
        "where": _WHERE,
        "file": 'Path of the file that it stands in; "" where there is none.',
        "line": "Line in the file, from 1; 0 where there is none.",
        "seen": 'Where a sweep saw it; else "".',
        "means": "What it gives at once, in words.",
    },
    "Gain": {
        "holds": "at, controls, opens, reads or rules.",
        "node": _NODE,
        "name": "What people call it.",
        "says": "What the attacker has by it, as the rest of a sentence.",
        "by": "How, in a sentence.",
        "technique": "Id of the technique.",
        "attack": "Ids in MITRE ATT&CK.",
        "why": "Why the technique is as plausible as it is.",
        "likelihood": "0 to 1: plausibility of each distinct technique on the way.",
        "verdict": "reachable, or unknown where it depends on what is not known.",
        "at_once": "Whether it lies with the thing itself.",
        "after": "What the step needs, as `holds node` of other gains or of the thing.",
        "unknowns": _UNKNOWNS,
        "proof": _PROOF,
    },
    "Loss": {
        "node": _NODE,
        "name": "What people call it.",
        "kind": "What it is, in a word.",
        "classes": "Classes of the data in it; empty where nothing says.",
        "reason": 'What tells the class; "" where nothing does.',
        "owners": "Whom tags and CODEOWNERS name as owner.",
        "where": _WHERE,
        "likelihood": "0 to 1, as of the gain.",
        "verdict": "reachable, or unknown where it depends on what is not known.",
        "unknowns": _UNKNOWNS,
    },
    "Action": {
        "title": "What to do.",
        "why": "Why, and why now.",
        "where": 'The account in which to do it; "" where not known.',
        "commands": "Commands of the AWS CLI for a shell. None was run.",
        "lacks": "What the variables in the commands stand for, which is not known here.",
    },
    "Log": {
        "kind": "Which kind of log it is.",
        "about": "The node, the network or the account that it is about.",
        "name": "What people call that.",
        "verdict": "on, off, or unknown.",
        "kept": 'Where it is kept, in words; "" where nothing says.',
        "store": 'Address of the bucket or log group; "" where it was not read.',
        "days": "How many days it is kept, 0 until somebody deletes it; null where not known.",
        "exposed": "Whether the attacker can erase it or switch it off: yes, no or unknown.",
        "how": 'By what; "" where not.',
        "unknowns": _UNKNOWNS,
        "proof": _PROOF,
    },
    "Duty": {
        "id": "Id of the duty.",
        "law": "The law or the rules that it stands in.",
        "cites": "Where in them.",
        "whom": "Whom to notify.",
        "stages": "What to say within which time.",
        "status": "indicated where data, and a country or the company, speak for it; else open.",
        "because": "What speaks for it.",
        "assumes": "What has to be so besides, and is not claimed.",
        "source": "Where it can be read.",
        "applies": 'To whom it applies, where pathwarden.yaml does not say; else "".',
    },
    "Stage": {
        "within": "Within which time.",
        "clock": "From when it counts.",
        "what": "What to say.",
    },
}
MEANINGS = {
    **{name: OF_RESULT[name] for name in ("Proof", "Cut", "Change", "Stuck", "Choke")},
    **OWN,
}
LIMITS: dict[str, dict[str, Any]] = {
    **{
        name: OF_RESULTS[name]
        for name in ("verdict", "line", "likelihood", "share", "cost", "bound")
    },
    "schema": {"const": SCHEMA},
    "status": {"enum": ["indicated", "open"]},
    "Gain.holds": {"enum": ["at", "changed", "controls", "opens", "reads", "rules"]},
    "Gain.verdict": {"enum": ["reachable", "unknown"]},
    "Loss.verdict": {"enum": ["reachable", "unknown"]},
    "Log.verdict": {"enum": ["on", "off", "unknown"]},
    "exposed": {"enum": ["yes", "no", "unknown"]},
}
"""What values may be, where their type says less."""


def generated_schema() -> dict[str, Any]:
    """The schema that the types have, with the meaning of each property."""
    return described(Report, SCHEMA, "Pathwarden breach", MEANINGS, LIMITS)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(generated_schema(), indent=2) + "\n")
