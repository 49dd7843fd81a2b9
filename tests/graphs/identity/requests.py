"""The table of requests, tests/tables/requests.txt, one case a line.

    == the page of the documentation that decides the cases below
    VERDICT [KEYS] | WHO ACTION RESOURCE | PART: STATEMENT ; PART: STATEMENT ; SETTING=VALUE

A statement reads `allow ACTIONS on RESOURCES to PRINCIPALS if OPERATOR KEY VALUES and ...`, lists
with commas; `not ACTIONS`, `except RESOURCES` and `but PRINCIPALS` are NotAction, NotResource and
NotPrincipal. What is no ARN is short for one: `booking/*` for objects of a bucket, `app` for a
role, `ann` for a user, `root` for the account. A hole is `<var.x>`.
"""

import re
from pathlib import Path

TABLE = Path(__file__).parents[2] / "tables" / "requests.txt"
OWN = "111111111111"
PEOPLE = {
    "app": f"arn:aws:iam::{OWN}:role/app",
    "ann": f"arn:aws:iam::{OWN}:user/ann",
    "root": f"arn:aws:iam::{OWN}:root",
    "session": f"arn:aws:sts::{OWN}:assumed-role/app/job",
}
CLAUSE = re.compile(
    r"(?P<effect>allow|deny) (?P<no_action>not )?(?P<actions>\S+)"
    r"(?: (?P<on>on|except) (?P<resources>\S+))?"
    r"(?: (?P<to>to|but) (?P<principals>\S+))?"
    r"(?: if (?P<conditions>.+))?"
)


def read():
    """Every case of the table, with the page and the line it is from."""
    page = ""
    for number, line in enumerate(TABLE.read_text("utf-8").splitlines(), 1):
        if line.startswith("== "):
            page = line[3:]
        elif line and not line.startswith("#"):
            yield {"page": page, "line": number, "text": line, **_case(line)}


def _case(line):
    expected, asked, *given = [part.strip() for part in line.split(" | ")]
    verdict, *keys = expected.split()
    who, action, resource = asked.split()
    if "/" in resource and not resource.startswith("arn:"):
        resource = f"arn:aws:s3:::{resource}"
    case = {"expect": verdict, "keys": sorted(keys), "who": who, "asks": f"{action} on {resource}"}
    for part in " ; ".join(given).split(" ; "):
        _part(case, part)
    return case


def _part(case, part):
    if not part:
        return
    name, colon, said = part.partition(": ")
    if colon and said.startswith(("allow ", "deny ")):
        case.setdefault(name, []).append(statement(said))
    elif colon and name in ("identity", "boundary", "resource", "group"):
        case[name] = [*case.get(name, []), said]
    else:
        key, _, value = part.partition("=")
        _setting(case, key, value)


def _setting(case, key, value):
    group, dot, name = key.partition(".")
    if group == "context" and dot:
        case.setdefault("context", {})[name] = _value(value)
    elif group in ("principal_tags", "resource_tags") and dot:
        case.setdefault(group, {})[name] = value
    elif group == "block":
        case["block"] = value.split(",")
    else:
        case[key] = value or True


def _value(value):
    if value == "absent":
        return None
    return value.split(",") if "," in value else value


def statement(said):
    """A statement as JSON would have it."""
    found = CLAUSE.fullmatch(said)
    if found is None:
        raise ValueError(said)
    result = {"Effect": found["effect"].title()}
    result["NotAction" if found["no_action"] else "Action"] = [
        _holes(each) for each in found["actions"].split(",")
    ]
    if found["on"]:
        name = "Resource" if found["on"] == "on" else "NotResource"
        result[name] = [_resource(each) for each in re.split(r",(?![^{]*\})", found["resources"])]
    if found["to"]:
        name = "Principal" if found["to"] == "to" else "NotPrincipal"
        result[name] = _principals(found["principals"].split(","))
    if found["conditions"]:
        result["Condition"] = _conditions(found["conditions"])
    return result


def _resource(short):
    if short == "*" or short.startswith(("arn:", "<")):
        return _holes(short)
    return _holes(f"arn:aws:s3:::{short}")


def _holes(text):
    return re.sub(r"<([^<>]+)>", r"<<\1>>", text)


def _principals(listed):
    if listed == ["*"]:
        return "*"
    found = {}
    for each in listed:
        kind, colon, name = each.partition("=")
        if colon:
            found.setdefault(kind, []).append(name)
        else:
            found.setdefault("AWS", []).append(_holes(PEOPLE.get(each, each)))
    return found


def _conditions(said):
    found = {}
    for each in said.split(" and "):
        operator, key, *values = each.split(" ")
        written = " ".join(values).split(",") if values else []
        found.setdefault(operator, {})[key] = [_holes(value) for value in written]
    return found
