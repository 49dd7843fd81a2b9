"""The JSON Schema of result files: made from the types of scanner/result.py and the words here.

scanner/schemas/result-1.json is the published copy:

    python -m scanner.reports.schema > scanner/schemas/result-1.json

What the types of a result are also stands in scanner/schemas/difference-1.json (diff_schema.py).
It is one long file, so that the words for a property stand beside those for its neighbours.
"""

import json
import sys
from collections.abc import Mapping
from inspect import cleandoc
from typing import Any

import msgspec

from rules.api import Severity
from scanner.frameworks import Status
from scanner.result import SCHEMA, Result
from scanner.waivers.waiver import By, Standing

SEVERITIES = tuple(map(str, reversed(Severity)))
VERDICTS = ("violated", "cannot-tell")

_FILE = 'Path of the file from the scanned directory; "" where there is none.'
_LINE = "Line in the file, from 1; 0 where there is none."
_ROOT = 'Directory of the root module; "." is the scanned directory.'
_SEVERITY = "How bad it is, worst first: " + ", ".join(SEVERITIES) + "."
_VERDICT = "violated, or cannot-tell where it depends on what is not known."
_UNKNOWNS = "Root causes that decide a cannot-tell, as `what (cause)` of `unknowns`."
_CALL = 'Where the root module calls the module that it stands in, as `file:line`; else "".'
_SEEN = 'Where a sweep saw it: its name, account and region; else "".'
_NODE = "Address, or what else names it in its estate."
_NAME = "What people call it."
_KIND = "What it is, in a word."
_FIX = 'What to do about it; "" where nothing is known.'

_WAIVED = "By whose word it does not count; null where it counts."
_BY = "Where it is written: comment, settings, baseline, or the tool whose comment it is."
_REASON = 'Why one lives with it; "" where nothing says.'
_OWNER = 'Who answers for it; "" where nothing says.'
_UNTIL = 'The last day on which it counts, as 2027-01-31; "" for ever.'

MEANINGS: dict[str, dict[str, str]] = {
    "Result": {
        "schema": "Which version of this format the file has.",
        "tool": "Which Pathwarden wrote it.",
        "coverage": "What was read, and which rules ran.",
        "findings": "What is or may be violated: violations first, each by severity.",
        "paths": "Attack paths, riskiest first; those that cannot be told last.",
        "unknowns": "Root causes of cannot-tells, the one that decides most first.",
        "gaps": "What was not read or not modelled.",
        "frameworks": "Requirements of each framework edition with their status.",
        "first": "What to change first: the changes of `cuts` that end what surely is.",
        "cuts": "The cheapest changes that end all paths, one entry an estate.",
        "waivers": "Waivers with what came of each, by file and line.",
        "peers": "What other scanners that were asked say; `frameworks` does not count it.",
        "views": "Each root module as networks, services, data and paths: what pictures show.",
    },
    "Tool": {"name": "Always pathwarden.", "version": "Its version."},
    "Coverage": {
        "scanned": "The directory as it was named on the command line.",
        "assumed": "Whether it is an assumption that nothing exists beside what was read.",
        "files": "Files read, each once.",
        "lines": "Lines of these files.",
        "roots": "The root modules, in order of directory.",
        "rules": "Ids of the rules that ran.",
    },
    "Root": {
        "directory": _ROOT,
        "files": "Files read for it, those of its modules among them.",
        "lines": "Lines of these files.",
        "resources": "Resource instances, data sources among them.",
        "nodes": "Nodes of its estate.",
        "edges": "Edges of its estate.",
    },
    "Finding": {
        "rule": "Id of the rule, which `pathwarden explain` explains.",
        "severity": _SEVERITY,
        "verdict": _VERDICT,
        "subject": 'Address of the resource; "" for the estate as a whole.',
        "fingerprint": "Names the finding for as long as rule, subject and evidence stay.",
        "title": "The rule's title.",
        "because": "What is wrong here, in a sentence.",
        "fix": _FIX,
        "root": _ROOT,
        "file": _FILE,
        "line": _LINE,
        "call": _CALL,
        "seen": _SEEN,
        "proof": "Claims in order, each with what proves it; empty for an attack path.",
        "unknowns": _UNKNOWNS,
        "path": 'Id of the attack path that it tells of, or "".',
        "waived": _WAIVED,
        "owners": "Whom its tags name as owner, then whom CODEOWNERS names for its file.",
    },
    "Waived": {
        "by": _BY,
        "reason": _REASON,
        "owner": _OWNER,
        "until": _UNTIL,
        "file": "Path of the file in which it is written.",
        "line": _LINE,
    },
    "Waiver": {
        "by": _BY,
        "rule": 'Id of the rule, or of the attack path; "" where the waiver names none.',
        "match": "Address, ARN or pattern that it is about; for a comment the block it stands at.",
        "reason": _REASON,
        "owner": _OWNER,
        "until": _UNTIL,
        "file": "Path of the file in which it is written.",
        "line": _LINE,
        "status": "What came of it; counts where it covers findings that do not count for it.",
        "why": 'Why it does not count, or not for all that it covers; else "".',
        "findings": "Fingerprints of what it covers.",
    },
    "Path": {
        "id": "Hash of entry, target and techniques; equal in root modules that are alike.",
        "root": _ROOT,
        "severity": _SEVERITY,
        "verdict": _VERDICT,
        "entry": "Where the attacker stands, in words.",
        "entry_kind": "Which kind of entry that is.",
        "target": "What is lost, in words.",
        "target_address": "Address of what is lost.",
        "loses": 'Class of the data that is lost, or "administrator".',
        "likelihood": "0 to 1: plausibility of the entry and of each distinct technique.",
        "impact": "0 to 10, by what is lost.",
        "hops": "The steps, in order.",
        "rule": "Id of the rule whose finding this path is.",
        "unknowns": _UNKNOWNS,
        "presence": "0 to 1: how plausible it is that an attacker stands at the entry.",
        "presence_why": "Why that is so.",
        "waived": _WAIVED,
        "owners": "Whom tags and CODEOWNERS name: of what is lost, then of what is passed.",
        "count": "How many paths of its pattern there are: instances of one block at their ends.",
        "instances": "Those paths where they are several, the one that is told first.",
        "silences": "Logs that may be switched off or erased on the way; no likelihood counts it.",
    },
    "Silence": {
        "kind": "What it is: CloudTrail, GuardDuty, AWS Config, a flow log, or where one is kept.",
        "name": "What it is called.",
        "address": "Its address.",
        "principal": "As whom the attacker ends it.",
        "action": "The call that does.",
        "technique": "Id of the technique.",
        "attack": "Ids in MITRE ATT&CK.",
    },
    "Instance": {
        "id": "Its own id, which it has when it is alone.",
        "entry": "Where the attacker stands, in words.",
        "target": "What is lost, in words.",
        "target_address": "Address of what is lost.",
    },
    "Owner": {
        "name": "Value of the tag, or an owner in CODEOWNERS.",
        "tag": 'The tag that names it: Owner or Team, in whatever case; "" for CODEOWNERS.',
        "resource": "Address of the resource that it owns.",
        "file": 'The CODEOWNERS file from the top of the repository; "" for a tag.',
        "line": "Line in that file, from 1; 0 for a tag.",
    },
    "Hop": {
        "technique": "Id of the technique.",
        "title": "The technique in words.",
        "attack": "Ids in MITRE ATT&CK.",
        "plausibility": "0 to 1: how often it succeeds.",
        "why": "Why that is so.",
        "says": "What happens here, in a sentence.",
        "mend": "What would make it impossible.",
        "likewise": "Other steps of the same kind that would do instead.",
        "proof": "Claims in order, each with what proves it.",
    },
    "Proof": {
        "claim": "What is so, in a sentence.",
        "resource": 'Address of the resource that proves it; "" where none does.',
        "attribute": 'Attribute that proves it; "" for the resource as a whole.',
        "file": 'Path of the file from the scanned directory; "" for what AWS implies.',
        "line": _LINE,
        "call": _CALL,
        "seen": _SEEN,
        "assumes": "Unknowns that the claim rests on, as `what (cause)`.",
    },
    "Unknown": {
        "what": "What is not known: a variable, an attribute, a module.",
        "cause": "Why it is not known.",
        "file": _FILE,
        "line": _LINE,
        "decides": "How many findings it keeps open.",
        "fix": _FIX,
    },
    "Gap": {
        "kind": "What went wrong: syntax-error, unreadable, module-missing, not-modelled ...",
        "what": "What was not read or not modelled.",
        "effect": "What is not known for it.",
        "file": _FILE,
        "line": _LINE,
        "fix": _FIX,
        "root": 'Directory of the root module; "" for the scan as a whole.',
    },
    "Framework": {
        "id": "Id of the framework edition.",
        "name": "Name of the framework.",
        "edition": "Its edition.",
        "requirements": "Its requirements, in its order.",
    },
    "Requirement": {
        "number": "The framework's number.",
        "title": "What it asks, in our words.",
        "status": "What can be said of it.",
        "assumes": "What the status takes for granted.",
        "rules": "Ids of the rules behind it.",
        "findings": "Fingerprints of the findings that break it or keep it open.",
        "missing": "What was missing to tell.",
        "kind": 'What the framework calls it, such as required or enhancement; "" for nothing.',
        "cites": "Where others say the same, by number.",
    },
    "Change": {
        "says": "What to change.",
        "file": _FILE,
        "line": _LINE,
        "call": _CALL,
        "seen": _SEEN,
        "paths": "Ids of the paths that end with it, those before it made.",
        "root": _ROOT,
        "kind": "What is changed; costs are by these words.",
        "cost": "What it counts for.",
        "share": "Share of the risk of its estate that is gone then, those before it made.",
        "resource": _NODE,
        "edit": 'The change as a diff of Terraform text; "" where there is none.',
    },
    "Stuck": {
        "entry": "Where an attacker stands.",
        "target": "What is lost.",
        "steps": "The steps of a way that no change breaks.",
    },
    "Choke": {
        "node": _NODE,
        "name": _NAME,
        "paths": "Ids of the paths to whose targets every way passes it.",
        "share": "Their share of the risk of the estate.",
    },
    "Cut": {
        "root": _ROOT,
        "verdict": "violated for what surely is; cannot-tell for what to change besides.",
        "cost": "What the changes cost together.",
        "bound": "The least that changes cost which do as much.",
        "proven": "Whether nothing cheaper does as much.",
        "changes": "The changes, those first that take most risk away for their cost.",
        "stuck": "Ways that no change ends.",
        "chokes": "Nodes that every way to the targets of several paths passes.",
        "waived": "How many attack paths are left alone since they are waived.",
    },
    "Peer": {
        "name": "What it is called.",
        "version": "Its version.",
        "ran": "Whether it ran to its end; the gaps say why where it did not.",
        "findings": "What it finds, the riskiest first; what cannot be told and is skipped last.",
    },
    "PeerFinding": {
        "check": "Its id of the check.",
        "title": "Its words for the check.",
        "verdict": "violated, or cannot-tell where what it looked at is not known.",
        "subject": "Address of the resource.",
        "root": _ROOT,
        "file": _FILE,
        "line": _LINE,
        "call": _CALL,
        "seen": _SEEN,
        "risk": "Likelihood times impact of the riskiest path that touches the resource; 0 to 10.",
        "paths": "Ids of the attack paths that touch the resource, the riskiest first.",
        "skipped": 'Reason of a comment that takes the check out there; else "".',
    },
    "View": {
        "root": _ROOT,
        "paths": "How many attack paths it has that count, in the summary or not.",
        "summary": "What the picture of it shows.",
    },
    "Summary": {
        "name": "What people call the estate; its directory.",
        "lans": "VPCs with what is in them.",
        "wans": "The internet, and what joins LANs and sites.",
        "sites": "Locations on premises.",
        "links": "Which of LANs, WANs and sites are joined.",
        "services": "Services outside every LAN.",
        "stores": "Data stores outside every LAN.",
        "accounts": "Accounts whose administration a path wins.",
        "principals": "Roles, users and outside accounts that a path passes.",
        "paths": "The first attack paths as lines, in the order of `paths` of the result.",
    },
    "Lan": {
        "id": _NODE,
        "name": _NAME,
        "cidrs": "Its address ranges.",
        "region": 'Its region; "" where nothing says.',
        "subnets": "How many subnets it has.",
        "services": "Services in it.",
        "stores": "Data stores in it.",
        "crossings": "What crosses its border; null but in a map.",
    },
    "Crossing": {
        "far": "The internet, a site or another LAN.",
        "inward": "Whether it comes into the LAN.",
        "packets": "The packets that pass.",
        "traffic": "The same in words.",
        "inside": "Services of the LAN, by name.",
        "over": "WANs that it passes.",
        "certain": "Whether it surely does.",
    },
    "PacketSet": {
        "boxes": "Family, then the lowest and highest source, destination, protocol and port.",
    },
    "Wan": {"id": _NODE, "name": _NAME, "kind": _KIND},
    "Site": {
        "id": _NODE,
        "name": _NAME,
        "country": "Code of its country.",
        "cidrs": "Its address ranges.",
    },
    "Service": {"id": _NODE, "name": _NAME, "kind": _KIND},
    "Store": {
        "id": _NODE,
        "name": _NAME,
        "kind": _KIND,
        "classes": "Classes of the data in it; empty where nothing says.",
        "opens": "Whether it is the password of something else.",
    },
    "Principal": {"id": _NODE, "name": _NAME, "kind": _KIND},
    "Link": {
        "source": _NODE,
        "target": _NODE,
        "crosses": "Prefixes that are routed that way.",
    },
    "PathLine": {
        "number": "Its place in the list, from 1.",
        "id": "The id of the path.",
        "stops": "Ids of the nodes that it passes, in the order in which they are told.",
        "arrows": "Its hops as arrows between nodes.",
        "loses": 'Class of the data that is lost, or "administrator".',
        "certain": "Whether it does not depend on what is not known.",
        "likelihood": "0 to 1, as in `paths`.",
        "impact": "0 to 10, as in `paths`.",
    },
    "Arrow": {
        "source": _NODE,
        "target": _NODE,
        "says": "What happens there, in a sentence.",
        "over": "Ids of the WANs that it passes.",
    },
}
LIMITS: dict[str, dict[str, Any]] = {
    "severity": {"enum": list(SEVERITIES)},
    "verdict": {"enum": list(VERDICTS)},
    "status": {"enum": [str(status) for status in Status]},
    "Waiver.status": {"enum": [str(standing) for standing in Standing]},
    "by": {"enum": [str(by) for by in By]},
    "schema": {"const": SCHEMA},
    "line": {"minimum": 0},
    "decides": {"minimum": 1},
    "likelihood": {"minimum": 0, "maximum": 1},
    "plausibility": {"minimum": 0, "maximum": 1},
    "presence": {"minimum": 0, "maximum": 1},
    "impact": {"minimum": 0, "maximum": 10},
    "risk": {"minimum": 0, "maximum": 10},
    "share": {"minimum": 0, "maximum": 1},
    "cost": {"minimum": 0},
    "bound": {"minimum": 0},
}
"""What values may be, by the name of the property (or type and name), where its type says less."""


def generated_schema() -> dict[str, Any]:
    """The schema that the types have, with the meaning of each property."""
    return described(Result, SCHEMA, "Pathwarden result", MEANINGS, LIMITS)


def described(
    made_of: type,
    version: str,
    title: str,
    meanings: Mapping[str, Mapping[str, str]],
    limits: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """The schema of a type: meanings by the name of a type and a property, limits by that of a
    property, or by both as `Type.property`."""
    made = msgspec.json.schema(made_of)
    for name, kind in made["$defs"].items():
        kind["description"] = cleandoc(kind["description"])
        for key, value in kind["properties"].items():
            kind["properties"][key] = {
                "description": meanings[name][key],
                **value,
                **limits.get(f"{name}.{key}", limits.get(key, {})),
            }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": version,
        "title": title,
        **made,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(generated_schema(), indent=2) + "\n")
