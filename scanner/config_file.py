"""The shape of pathwarden.yaml: these types are the schema, and what reads the file.

Input: plain values. Output: a ConfigFile, or a ConfigProblem that says where and what to write.
`scanner/schemas/config.json` is made from here, for editors and other programs:

    python -m scanner.config_file > scanner/schemas/config.json
"""

import re
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from scanner.config_company import CompanyEntry
from scanner.countries import COUNTRIES
from scanner.errors import ConfigProblem
from scanner.yaml_text import Document, Plain

Name = Annotated[str, Meta(min_length=1, max_length=200)]
RuleId = Annotated[str, Meta(pattern="^[a-z0-9]+(-[a-z0-9]+)*$")]
Address = Annotated[str, Meta(pattern=r"^[A-Za-z_][^*]*\.[^*]+$")]
Environment = Annotated[str, Meta(pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Variable = Annotated[str, Meta(pattern="^[A-Za-z_][A-Za-z0-9_-]*$")]
Prefixes = Annotated[
    tuple[Annotated[str, Meta(pattern="^[0-9A-Fa-f:.]+/[0-9]{1,3}$")], ...],
    Meta(min_length=1, description="Its prefixes in CIDR notation, IPv4 or IPv6, no host bits."),
]
DataClass = Literal[
    "customer", "employee", "payment", "health", "secrets", "state", "backup", "audit"
]
FailOn = Literal["critical", "high", "medium", "low", "info", "never"]


class SiteEntry(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An on-premises location: an office, a clinic, a data centre."""

    name: Annotated[Name, Meta(description="What people call it; unique.")]
    country: Annotated[
        str,
        Meta(
            pattern="^[A-Z]{2}$",
            description="ISO 3166-1 alpha-2; reports and pictures show it beside the name.",
            extra_json_schema={"enum": sorted(COUNTRIES)},
        ),
    ]
    prefixes: Prefixes
    behind: Annotated[
        tuple[Address, ...],
        Meta(description="Addresses of the customer and Direct Connect gateways that lead there."),
    ] = ()
    people: Annotated[
        str, Meta(max_length=200, description="Who sits there: office, clinic, guest wireless.")
    ] = ""


class OutsiderEntry(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A third party that has an AWS account."""

    account: Annotated[
        str, Meta(pattern="^[0-9]{12}$", description="Its 12 digits, in quotes; unique.")
    ]
    name: Annotated[Name, Meta(description="What people call it.")]


class DataEntry(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What some stores hold, where tags, names and types do not say it."""

    match: Annotated[
        str,
        Meta(
            min_length=1,
            description="A resource address; * stands for any run of characters.",
        ),
    ]
    data_class: Annotated[DataClass, Meta(description="What stands to be stolen there.")] = (
        msgspec.field(name="class")
    )


class EnvironmentEntry(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one environment of a root module sets, beside what the root module itself sets."""

    vars: Annotated[
        dict[Variable, Any],
        Meta(description="Values of variables; they win over var_files, as -var does."),
    ] = {}
    var_files: Annotated[
        tuple[Name, ...],
        Meta(description="Variable files, later ones win; paths as for the root itself."),
    ] = ()
    workspace: Annotated[str, Meta(max_length=90, description="What terraform.workspace is.")] = ""


class RootEntry(EnvironmentEntry, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The variables of one root module, or of each of its environments."""

    environments: Annotated[
        dict[Environment, EnvironmentEntry],
        Meta(description="Environments by name; the root module is judged once under each."),
    ] = {}


class KeepEntry(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A flow that the business needs: no change that could break it is proposed."""

    source: Annotated[
        Name, Meta(description="Who begins: internet, a site, or a thing by address, ARN or name.")
    ] = msgspec.field(name="from")
    target: Annotated[
        Name, Meta(description="What has to be reached or read, by address, ARN or name.")
    ] = msgspec.field(name="to")
    why: Annotated[str, Meta(max_length=500, description="What it is for.")] = ""


class PlaceEntry(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where attackers start, beside the places that count anyway."""

    kind: Annotated[
        Literal[
            "internet",
            "site",
            "client-vpn",
            "outside-account",
            "any-account",
            "employee",
            "directory",
            "pipeline",
            "stolen-key",
            "contractor",
            "workload",
        ],
        Meta(description="What kind of place it is; without a node, all places of the kind."),
    ]
    node: Annotated[
        str, Meta(max_length=2000, description="One thing, by address, ARN or name.")
    ] = ""
    off: Annotated[bool, Meta(description="Whether it does not count.")] = False
    plausibility: Annotated[
        Annotated[float, Meta(gt=0, le=1)] | None,
        Meta(description="That an attacker is there; above 0, up to 1."),
    ] = None
    why: Annotated[str, Meta(max_length=500, description="Why that is so.")] = ""


Cost = Annotated[float, Meta(gt=0, le=1_000_000)]


class CostsEntry(
    Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    rename="kebab",
    omit_defaults=True,
):
    """How dear a kind of change is, where it is not as usual."""

    close_port: Annotated[Cost | None, Meta(description="A group's rule that lets in: 1.")] = None
    sign_calls: Annotated[Cost | None, Meta(description="Signed calls of a function: 1.")] = None
    close_data: Annotated[Cost | None, Meta(description="Block a bucket's public access: 1.")] = (
        None
    )
    lock_image_tags: Annotated[Cost | None, Meta(description="Tags of images: 1.")] = None
    stop_sharing: Annotated[Cost | None, Meta(description="Copies that are shared: 1.")] = None
    narrow_trust: Annotated[Cost | None, Meta(description="Whom a role trusts: 2.")] = None
    close_outward: Annotated[Cost | None, Meta(description="A group's rule that lets out: 2.")] = (
        None
    )
    narrow_store_policy: Annotated[Cost | None, Meta(description="A bucket's policy: 2.")] = None
    remove_start_secret: Annotated[Cost | None, Meta(description="Secrets in user data: 2.")] = None
    contain_container: Annotated[Cost | None, Meta(description="What a container has: 2.")] = None
    narrow_policy: Annotated[Cost | None, Meta(description="A principal's policy: 3.")] = None
    make_private: Annotated[Cost | None, Meta(description="Take a public address away: 3.")] = None
    replace_role: Annotated[Cost | None, Meta(description="Run as another role: 5.")] = None
    remove_route: Annotated[Cost | None, Meta(description="Remove a route: 5.")] = None

    def given(self) -> dict[str, float]:
        """The costs that are set, by kind."""
        said: dict[str, float | None] = msgspec.to_builtins(self)
        return {kind: cost for kind, cost in said.items() if cost is not None}


Day = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
Said = Annotated[str, Meta(max_length=500)]


class WaiverEntry(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something that people decided to live with."""

    rule: Annotated[RuleId, Meta(description="The id of a rule, or of one attack path.")]
    match: Annotated[
        Name,
        Meta(description="An address, that of an instance, or an ARN; * stands for any run."),
    ]
    owner: Annotated[Said, Meta(description="Who answers for it.")] = ""
    reason: Annotated[Said, Meta(description="Why one lives with it.")] = ""
    until: Annotated[Day | None, Meta(description="The last day on which it counts.")] = None


class WaivingEntry(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is allowed of waivers; everything, where nothing is said."""

    forbid: Annotated[
        tuple[Name, ...], Meta(description="Severities and rules that nobody may waive.")
    ] = ()
    require: Annotated[
        tuple[Literal["reason", "owner", "until"], ...],
        Meta(description="What every waiver has to say."),
    ] = ()
    longest: Annotated[
        Annotated[int, Meta(ge=1, le=36500)] | None,
        Meta(description="How many days from now the expiry may be."),
    ] = None
    foreign: Annotated[
        tuple[Literal["checkov", "trivy", "tfsec"], ...],
        Meta(description="Other tools whose comments are honoured."),
    ] = ()
    added: Annotated[
        bool, Meta(description="Whether waivers that a change adds count in its own check.")
    ] = False


class ConfigFile(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What Pathwarden is told beside the code: pathwarden.yaml."""

    version: Annotated[Literal[1], Meta(description="The version of this format: 1.")]
    sites: Annotated[
        tuple[SiteEntry, ...], Meta(description="The locations that the estate is joined to.")
    ] = ()
    outsiders: Annotated[
        tuple[OutsiderEntry, ...], Meta(description="Third parties, by their AWS accounts.")
    ] = ()
    data: Annotated[
        tuple[DataEntry, ...], Meta(description="Data classes of stores, by address.")
    ] = ()
    company: Annotated[
        CompanyEntry, Meta(description="What the company is: which duties to notify are its own.")
    ] = CompanyEntry()
    keep: Annotated[
        tuple[KeepEntry, ...], Meta(description="Flows that no proposed change may break.")
    ] = ()
    entries: Annotated[
        tuple[PlaceEntry, ...], Meta(description="Where attackers start, beside the usual.")
    ] = ()
    runs_terraform: Annotated[
        Said, Meta(description="The role that runs terraform, by address or ARN.")
    ] = ""
    costs: Annotated[
        CostsEntry, Meta(description="What changes cost, by kind, where not as usual.")
    ] = CostsEntry()
    roots: Annotated[
        dict[Name, RootEntry],
        Meta(description="Variables per root module, by its directory; . is the top."),
    ] = {}
    modules: Annotated[
        tuple[Name, ...],
        Meta(description="Directories in which to find modules that are not installed."),
    ] = ()
    fail_on: Annotated[
        FailOn | None, Meta(description="The least severity that fails the run.")
    ] = None
    waivers: Annotated[
        Annotated[tuple[WaiverEntry, ...], Meta(max_length=2000)],
        Meta(description="Findings that are known and do not count."),
    ] = ()
    waiving: Annotated[WaivingEntry, Meta(description="What is allowed of waivers.")] = (
        WaivingEntry()
    )
    only: Annotated[tuple[RuleId, ...], Meta(description="Run these rules and no others.")] = ()
    skip: Annotated[tuple[RuleId, ...], Meta(description="Do not run these rules.")] = ()


def read_entries(document: Document) -> ConfigFile:
    """The file's values as types. Raises ConfigProblem at the first that is wrong."""
    value = {} if document.value is None else document.value
    try:
        return msgspec.convert(value, ConfigFile)
    except msgspec.ValidationError as problem:
        message, path = _where(str(problem), value)
        raise ConfigProblem(message, document.place(path), _hint(path)) from None


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of pathwarden.yaml."""
    made = msgspec.json.schema(ConfigFile)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "pathwarden.yaml",
        **made,
    }


def _where(text: str, value: Plain) -> tuple[str, str]:
    """Our words for msgspec's message, and the path of what is wrong."""
    message, _, at = text.partition(" - at ")
    path = "$" + at.rpartition("`$")[2].rstrip("`")  # a bad key is "at `key` in `$.path`"
    if "[...]" in path:
        path = _first_bad_root(path, value)
    if unknown := re.fullmatch(r"Object contains unknown field `(.*)`", message, re.DOTALL):
        return f"unknown key {unknown[1]!r}{_nearest(unknown[1], path)}", f"{path}.{unknown[1]}"
    if missing := re.fullmatch(r"Object missing required field `(.*)`", message):
        return f"key {missing[1]!r} is missing", path
    quoted = message.replace("`str`", "text").replace("`int`", "a number").replace("`", "")
    return f"{path.removeprefix('$').lstrip('.') or 'the file'}: {_decapitalised(quoted)}", path


def _decapitalised(text: str) -> str:
    return text[:1].lower() + text[1:]


def _first_bad_root(path: str, value: Plain) -> str:
    """Name the root, and the environment, that msgspec leaves out of its path."""
    roots = value.get("roots") if isinstance(value, dict) else None
    root = _first_bad(roots, RootEntry)
    entry = roots[root] if isinstance(roots, dict) and root in roots else None
    environments = entry.get("environments") if isinstance(entry, dict) else None
    path = path.replace("$.roots[...]", f"$.roots.{root}")
    if ".environments[...]" in path:
        name = _first_bad(environments, EnvironmentEntry)
        path = path.replace(".environments[...]", f".environments.{name}")
    return path.partition("[...]")[0]


def _first_bad(entries: Plain, kind: type[Struct]) -> str:
    for name, entry in entries.items() if isinstance(entries, dict) else ():
        try:
            msgspec.convert({name: entry}, dict[Name, kind])  # type: ignore[valid-type]
        except msgspec.ValidationError:
            return str(name)
    return ""


def _nearest(word: str, path: str) -> str:
    from difflib import get_close_matches

    known = sorted(_about(path).get("properties", {}))
    close = get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(known)}"


def _hint(path: str) -> str:
    """What belongs at a path, in the schema's words."""
    about = _about(path)
    choices = about.get("enum", ())
    if 0 < len(choices) <= len(DataClass.__args__):  # type: ignore[attr-defined]
        return "one of " + ", ".join(str(c) for c in choices)
    return str(about.get("description", ""))


def _about(path: str) -> dict[str, Any]:
    """The part of the schema that speaks of a path; empty where none does."""
    made = schema()
    about: dict[str, Any] = made
    for key, index in re.findall(r"\.([^.\[]+)|\[(\d+)\]", path):
        about = _resolved(about, made)
        inner = about.get("items") if index else about.get("properties", {}).get(key)
        about = inner or about.get("additionalProperties") or {}
    return _resolved(about, made)


def _resolved(about: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in about:
        about = {**made["$defs"][about["$ref"].rpartition("/")[2]], **_but(about, "$ref")}
    return about


def _but(mapping: dict[str, Any], key: str) -> dict[str, Any]:
    return {k: v for k, v in mapping.items() if k != key}


if __name__ == "__main__":
    import json
    import sys

    sys.stdout.write(json.dumps(schema(), indent=2) + "\n")
