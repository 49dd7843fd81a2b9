"""What kind of data a store holds: declared, tagged, or told by its name, in that order."""

import re

from graphs.build.declared import DataRule
from graphs.nodes.core import NAMELESS
from graphs.resource import Resource
from graphs.unknown import Template

CLASSES = (
    "customer",
    "employee",
    "payment",
    "health",
    "secrets",
    "state",
    "backup",
    "audit",
    "administrator",
)

TAGS = ("dataclass", "dataclassification", "classification", "datatype", "data")

# Whole words of a name only: "stateless" holds no state file and "cardiff" no card.
WORDS = {
    "customer": "customers?|clients?|pii|crm",
    "employee": "employees?|payroll|personnel|salar(?:y|ies)|staff|hr",
    "payment": "payments?|cards?|cardholder|pci|billing",
    "health": "health|patients?|medical|clinical|phi|ehr|hipaa",
    "state": "tfstate|terraform state|state bucket",
    "backup": "backups?",
    "audit": "audit|cloudtrail|trail",
}
PATTERNS = {name: re.compile(rf"\b(?:{words})\b") for name, words in WORDS.items()}


def classify(
    resource: Resource, names: "tuple[object, ...]", rules: tuple[DataRule, ...]
) -> tuple[frozenset[str], str]:
    """The data classes of a store and why; empty where nothing says."""
    told = declared_or_tagged(resource, rules)
    if told is not None:
        return told
    said = (_in_code(resource), *names)
    found = _named(" ".join(_words(_known(name)) for name in said))
    return frozenset(found), "told by its name" if found else ""


def declared_or_tagged(
    resource: Resource, rules: tuple[DataRule, ...]
) -> tuple[frozenset[str], str] | None:
    """The data classes that pathwarden.yaml or a tag says, and which; None where neither does."""
    declared = {r.data_class for r in rules if _matches(r.match, resource.id)}
    if declared:
        return frozenset(declared), "declared in pathwarden.yaml"
    for key, value in resource.tags.items():
        if re.sub(r"[^a-z]", "", key.lower()) in TAGS and isinstance(value, str):
            found = _named(value) | ({value.lower()} & set(CLASSES))
            if found:
                return frozenset(found), f"tag {key} = {value}"
    return None


def _in_code(resource: Resource) -> str:
    """Terraform's name, or its module's where the name says nothing outside of it."""
    address = resource.address
    return address.module if address.name in NAMELESS else address.name


def _matches(pattern: str, address: str) -> bool:
    """Only `*` is special: brackets are how Terraform writes keys."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), address) is not None


def _known(name: object) -> str:
    """The part of a name that is known: a prefix tells as much as a whole name."""
    if isinstance(name, Template):
        return " ".join(part for part in name.parts if isinstance(part, str))
    return name if isinstance(name, str) else ""


def _words(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower())


def _named(said: str) -> set[str]:
    return {name for name, pattern in PATTERNS.items() if pattern.search(_words(said))}
