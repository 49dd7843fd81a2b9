"""A rule's page: the one Markdown text that documents the rule and tests it.

    # title
    why it matters, in paragraphs
    ## Example: what it shows
    text and ```hcl blocks, with what pathwarden.yaml says in a ```yaml block where it matters
    ## Fix
    what to do

In a block, `# finding: <rule-id>` directly above a resource says that this resource is the subject
of one finding of that rule, `# cannot-tell: <rule-id>` that the rule cannot tell. A block without
marks is clean.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from graphs.verdict import Verdict

_MARK = re.compile(r"#\s*(finding|cannot-tell):\s*([a-z0-9-]+)\s*$")
_RESOURCE = re.compile(r'resource\s+"([^"]+)"\s+"([^"]+)"')
_VERDICTS = {"finding": Verdict.VIOLATED, "cannot-tell": Verdict.CANNOT_TELL}


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """The assertion that a rule says `verdict` of `subject` (`aws_instance.web`)."""

    rule: str
    verdict: Verdict
    subject: str


@dataclass(frozen=True, slots=True)
class Example:
    """One hcl block under its heading, with its marks; `number` counts blocks from 1.

    `config` is the text of pathwarden.yaml that the heading gives, "" where it gives none.
    """

    heading: str
    number: int
    hcl: str
    marks: tuple[Mark, ...]
    config: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What a rule's page says. `why` and `fix` are Markdown."""

    title: str
    why: str
    fix: str
    examples: tuple[Example, ...]


class PageError(ValueError):
    """A page does not have the form that it must have."""


def page(rule_id: str) -> Page:
    """The page of a rule. Raises PageError where the page is missing or malformed."""
    try:
        text = files("rules").joinpath("pages", f"{rule_id}.md").read_text(encoding="utf-8")
    except FileNotFoundError as missing:
        raise PageError(f"rules/pages/{rule_id}.md is missing") from missing
    return parse(text, rule_id)


def parse(text: str, name: str = "page") -> Page:
    """Read a page from its text."""
    title, why, sections = _split(text, name)
    fix = "\n\n".join(body for heading, body in sections if heading == "Fix").strip()
    examples = tuple(_examples(sections))
    for what, there in (("a reason", why), ("a fix", fix), ("an example", examples)):
        if not there:
            raise PageError(f"{name}: the page has not {what}")
    return Page(title, why, fix, examples)


def _split(text: str, name: str) -> tuple[str, str, list[tuple[str, str]]]:
    """Title, reason, and the sections by heading; `#` inside a block is no heading."""
    parts: list[tuple[str, list[str]]] = []
    inside = False
    for line in text.splitlines():
        inside ^= line.startswith("```")
        if not inside and line.startswith(("# ", "## ")):
            parts.append((line.lstrip("# ").strip(), []))
        elif parts:
            parts[-1][1].append(line)
    if inside or not parts or not text.startswith("# "):
        raise PageError(f"{name}: a page starts with its title and closes its blocks")
    (title, why), *rest = ((heading, "\n".join(lines).strip()) for heading, lines in parts)
    return title, why, rest


def _examples(sections: list[tuple[str, str]]) -> Iterator[Example]:
    number = 0
    for heading, body in sections:
        config = "".join(_blocks(body, "yaml"))
        for hcl in _blocks(body, "hcl"):
            number += 1
            yield Example(heading, number, hcl, tuple(_marks(hcl)), config)


def _blocks(body: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", body, re.MULTILINE | re.DOTALL)


def _marks(hcl: str) -> Iterator[Mark]:
    """Marks with the resource whose block opens on the next line that is no comment."""
    waiting: list[tuple[str, Verdict]] = []
    for line in hcl.splitlines():
        if mark := _MARK.match(line.strip()):
            waiting.append((mark[2], _VERDICTS[mark[1]]))
        elif resource := _RESOURCE.match(line.strip()):
            yield from (Mark(rule, is_, f"{resource[1]}.{resource[2]}") for rule, is_ in waiting)
            waiting = []
        elif waiting and not line.strip().startswith("#"):
            raise PageError(f"no resource stands under the mark for {waiting[0][0]}")
