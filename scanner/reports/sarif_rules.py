"""Rules as SARIF describes them: title, why, how to mend, severity, what they serve."""

from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest
from typing import Any, TypeAlias

from rules.catalogue import rule_named
from rules.page import Page, page
from scanner.reports.words import clean
from scanner.result import Finding, Result

Json: TypeAlias = dict[str, Any]

LEVELS = {
    "critical": "error",
    "high": "error",
    "medium": "warning",
    "low": "note",
    "info": "note",
}
SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0", "info": "0.0"}
"""What GitHub takes for these severities: over 9, from 7, from 4, over 0, none."""
MOST_TAGS = 10
"""GitHub shows 10 tags of a rule and refuses a file with more than 20 on one."""
MOST_TEXT = 1_000
"""GitHub takes 1,024 characters of a description."""
_OPEN = "/cannot-tell"


def open_id(rule: str) -> str:
    """The id under which a rule's open answers stand."""
    return rule + _OPEN


def descriptor(rule_id: str, result: Result) -> Json:
    """A rule, or under its `open_id` what it could not tell."""
    openly = rule_id.endswith(_OPEN)
    own = rule_id.removesuffix(_OPEN)
    found = [f for f in result.findings if f.rule == own]
    title, why, text, markdown = _words(own, found)
    severity = _severity(own, found)
    name = "".join(word.capitalize() for word in clean(rule_id).replace("/", "-").split("-"))
    requirements = _requirements(own, result)
    return {
        "id": clean(rule_id),
        "name": name,
        "shortDescription": {"text": f"Cannot tell: {title}" if openly else title},
        "fullDescription": {"text": why},
        "help": {"text": text, "markdown": markdown},
        "defaultConfiguration": {"level": "note" if openly else LEVELS[severity]},
        "properties": {
            "tags": _tags(own, requirements, openly=openly),
            "requirements": [each for framework in requirements for each in framework],
            **({} if openly else {"security-severity": SCORES[severity]}),
        },
    }


def _words(rule_id: str, found: Sequence[Finding]) -> tuple[str, str, str, str]:
    """Title, a paragraph, and the whole as text and as Markdown."""
    if rule_named(rule_id) is None:  # of another version, whose result is read
        title = clean(found[0].title) if found else clean(rule_id)
        fix = clean(found[0].fix) if found else title
        return title, title, fix or title, fix or title
    read = page(rule_id)
    paragraph = " ".join(read.why.split("\n\n")[0].split())
    text = f"{read.why}\n\nFix\n\n{read.fix}"
    markdown = f"{read.why}\n\n## Fix\n\n{read.fix}{_example(read)}"
    return read.title, paragraph[:MOST_TEXT], text, markdown


def _example(read: Page) -> str:
    shown = next((e for e in read.examples if e.marks), read.examples[0])
    return f"\n\n## Example: {shown.heading.removeprefix('Example: ')}\n\n```hcl\n{shown.hcl}```"


def _severity(rule_id: str, found: Sequence[Finding]) -> str:
    """The worst that stands; GitHub has one severity for all findings of a rule."""
    stands = {f.severity for f in found if f.stands}
    rule = rule_named(rule_id)
    own = str(rule.severity) if rule else next(iter({f.severity for f in found}), "info")
    return next((each for each in SCORES if each in stands), own)


def _requirements(rule_id: str, result: Result) -> list[list[str]]:
    """The requirements that the rule stands behind, for each framework."""
    return [
        [
            f"{clean(framework.id)}/{clean(each.number)}"
            for each in framework.requirements
            if rule_id in each.rules
        ]
        for framework in result.frameworks
    ]


def _tags(rule_id: str, requirements: list[list[str]], *, openly: bool) -> list[str]:
    """Objectives, then requirements, of each framework in turn, as many as are shown."""
    rule = rule_named(rule_id)
    first = ["cannot-tell"] if openly else ["security"]
    tags = (*first, *(rule.objectives if rule else ()), *_in_turn(requirements))
    return list(dict.fromkeys(tags))[:MOST_TAGS]


def _in_turn(lists: list[list[str]]) -> Iterator[str]:
    return (each for each in chain.from_iterable(zip_longest(*lists)) if each)
