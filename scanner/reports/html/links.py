"""What on the page leads to what: paths, their duties, the changes that end them.

Input: a Result. Output: Links, made once and asked by every section.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graphs.verdict import Verdict
from scanner.reports.html.markup import Markup, between, tag
from scanner.result import Change, Finding, Framework, Path, Requirement, Result

Key = tuple[str, str]
"""Root module and path id, which names a path."""
Duty = tuple[Framework, Requirement]


@dataclass(frozen=True, slots=True)
class Links:
    """`numbers` and `anchors` are by path, `duties` the broken ones, `behind` by fingerprint."""

    result: Result
    numbers: Mapping[Key, int]
    anchors: Mapping[Key, str]
    duties: Mapping[Key, Sequence[Duty]]
    behind: Mapping[str, Sequence[Finding]]

    def number(self, path: Path) -> int:
        """Its place in the report, from 1."""
        return self.numbers[path.root, path.id]

    def anchor(self, path: Path) -> str:
        """Where it is told."""
        return self.anchors[path.root, path.id]

    def change(self, path: Path) -> Change | None:
        """The first of the changes to begin with that ends it."""
        found = (c for c in self.result.first if path.id in c.paths and c.root == path.root)
        return next(found, None)

    def to_path(self, path: Path) -> Markup:
        """A small link to a path; it says more where it is hovered over or read aloud."""
        maybe = "" if path.verdict == Verdict.VIOLATED else " maybe"
        return tag(
            "a",
            f"path {self.number(path)}",
            href=f"#{self.anchor(path)}",
            class_=f"chip{maybe}",
            title=path.title,
        )

    def to_paths(self, paths: Iterable[Path]) -> Markup:
        """Small links to paths."""
        return between(" ", map(self.to_path, paths))


def links(result: Result) -> Links:
    """Look everything up once."""
    keys = [(path.root, path.id) for path in result.paths]
    times = Counter(id_ for _, id_ in keys)
    anchors = {
        (root, id_): slug(id_ if times[id_] == 1 else f"{id_}-{number}")
        for number, (root, id_) in enumerate(keys, 1)
    }
    behind: dict[str, list[Finding]] = defaultdict(list)
    for finding in result.findings:
        behind[finding.fingerprint].append(finding)
    duties: dict[Key, list[Duty]] = defaultdict(list)
    for framework, requirement in _broken(result):
        told = (f for print_ in requirement.findings for f in behind[print_])
        for key in dict.fromkeys((f.root, f.path) for f in told if f.path):
            duties[key].append((framework, requirement))
    return Links(result, {key: n for n, key in enumerate(keys, 1)}, anchors, duties, behind)


def _broken(result: Result) -> Iterable[Duty]:
    for framework in result.frameworks:
        for requirement in framework.requirements:
            if requirement.status == "broken":
                yield framework, requirement


def slug(text: str) -> str:
    """A text as an anchor.

    >>> slug("duty-164.312(a)(1)")
    'duty-164.312-a--1-'
    """
    return re.sub(r"[^\w.-]", "-", text, flags=re.ASCII)


def duty_anchor(framework: Framework, requirement: Requirement) -> str:
    """Where a broken requirement stands."""
    return slug(f"duty-{framework.id}-{requirement.number}")


def rule_anchor(rule: str) -> str:
    """Where the findings of a rule stand."""
    return slug(f"rule-{rule}")
