"""What kind of data a store holds: declared, tagged, or told by its name, in that order."""

import re
from fnmatch import fnmatchcase

from graphs.build.declared import DataRule
from graphs.resource import Resource

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
    "customer": "customers?|clients?|users?|pii|crm|bookings?",
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
    declared = {r.data_class for r in rules if fnmatchcase(resource.id, r.match)}
    if declared:
        return frozenset(declared), "declared in pathwarden.yaml"
    for key, value in resource.tags.items():
        if re.sub(r"[^a-z]", "", key.lower()) in TAGS and isinstance(value, str):
            found = _named(value) | ({value.lower()} & set(CLASSES))
            if found:
                return frozenset(found), f"tag {key} = {value}"
    words = " ".join(_words(n) for n in (resource.address.name, *names) if isinstance(n, str))
    found = _named(words)
    return frozenset(found), "told by its name" if found else ""


def _words(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower())


def _named(said: str) -> set[str]:
    return {name for name, pattern in PATTERNS.items() if pattern.search(_words(said))}
