"""The comments of Checkov, Trivy and tfsec, where one asks that they are honoured.

    #checkov:skip=CKV_AWS_20:a public web site
    #trivy:ignore:AVD-AWS-0107:exp:2027-01-31
    #tfsec:ignore:aws-s3-enable-versioning

Input: a Remark. Output: a Waiver for each of our rules that asks for the same as the check that is
skipped. A check that asks for something else, or for more, waives nothing here, and neither does
one with a wildcard or for one workspace alone.
"""

import re
from collections.abc import Collection, Iterator
from functools import cache
from importlib.resources import files
from typing import Final

from graphs.unknown import Place
from scanner.terraform.remarks import Remark
from scanner.waivers.reading import Unreadable, day, numbered
from scanner.waivers.waiver import MOST_WORDS, By, Waiver

_CHECKOV: Final = re.compile(r"checkov:skip= *([A-Za-z0-9_,]{1,1000})(?::([^\n]*))?")
_OTHERS: Final = re.compile(
    r"(trivy|tfsec):ignore:([A-Za-z0-9-]{1,100})((?::[^\s:]{1,100})*)(?!\S)"
)
_UNTIL: Final = re.compile(r":exp:([^:\s]+)\Z")


def waivers_of_others(remark: Remark, honoured: Collection[str]) -> Iterator[Waiver]:
    """The waivers in one comment for which our rules have a counterpart."""
    if By.CHECKOV in honoured:
        for found, place in numbered(_CHECKOV, remark):
            reason = (found[2] or "").removesuffix("*/").strip()
            for check in found[1].split(","):
                yield from _waivers(By.CHECKOV, check, remark, place, reason=reason)
    for found, place in numbered(_OTHERS, remark):
        if found[1] in honoured:
            yield from _other(By(found[1]), found[2], found[3], remark, place)


def _other(by: By, check: str, words: str, remark: Remark, place: Place) -> Iterator[Waiver]:
    """A comment of Trivy or tfsec; of what may stand behind the check only an expiry is read."""
    until = _UNTIL.fullmatch(words)
    if words and not until:
        return
    yield from _waivers(by, check, remark, place, until=until[1] if until else "")


def _waivers(
    by: By, check: str, remark: Remark, place: Place, *, reason: str = "", until: str = ""
) -> Iterator[Waiver]:
    try:
        last, problem = day(until) if until else None, ""
    except Unreadable as wrong:
        last, problem = None, str(wrong)
    for rule in counterparts().get(_name(check), ()):
        yield Waiver(
            by,
            rule,
            place,
            block=remark.block,
            part=None if by is By.CHECKOV else remark.part,
            code=remark.code,
            reason=f"{check}: {reason}"[:MOST_WORDS] if reason else check,
            until=last,
            problem=problem,
        )


def _name(check: str) -> str:
    """A check by the name that the table has: Trivy says AVD-AWS-0107 and AWS-0107."""
    return check.lower().removeprefix("avd-")


@cache
def counterparts() -> dict[str, tuple[str, ...]]:
    """Our rules by the checks of others that ask for the same."""
    text = files("scanner.waivers").joinpath("foreign.txt").read_text("utf-8")
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        said = line.partition("#")[0]
        rule, colon, checks = said.partition(":")
        for check in checks.split() if colon else ():
            found.setdefault(_name(check), []).append(rule.strip())
    return {check: tuple(rules) for check, rules in found.items()}
