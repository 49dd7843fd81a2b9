"""Reads waivers from the comments of Terraform.

    # pathwarden:ignore RULE[,RULE] until=2027-01-31 owner=net-team reason="the bastion"

Input: a Remark. Output: Waivers, one for each rule that a comment names. One that cannot be read
says why, and counts for nothing. What the words mean is in docs/waivers.md.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from graphs.unknown import Place
from scanner.terraform.remarks import Remark
from scanner.waivers.waiver import MOST_WORDS, PATH_ID, By, Waiver

_OURS: Final = re.compile(r"pathwarden:ignore\b([^\n]*)")
_RULES: Final = re.compile(r"\s+([^\s,=]+(?:\s*,\s*[^\s,=]+)*)(?!\S)")
_WORD: Final = re.compile(
    r"""\s+([^\s="']+)(?:=("(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'|[^\s"']*+(?!\S)))?"""
)
_KEYS: Final = ("until", "reason", "owner", "instance")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOST_RULES: Final = 20
_SHOWN: Final = 60


class Unreadable(Exception):
    """What is wrong with the words of a waiver."""


def waivers_in(remark: Remark, known: Collection[str]) -> Iterator[Waiver]:
    """The waivers in a comment. `known` are the ids of all rules."""
    for match, place in numbered(_OURS, remark):
        yield from _ours(remark, match[1], place, known)


def numbered(pattern: re.Pattern[str], remark: Remark) -> Iterator[tuple[re.Match[str], Place]]:
    """What a pattern finds in a comment, each with its line."""
    line, at = remark.place.line, 0
    for match in pattern.finditer(remark.text):
        line += remark.text.count("\n", at, match.start())
        at = match.start()
        yield match, Place(remark.place.file, line, line)


def _ours(remark: Remark, text: str, place: Place, known: Collection[str]) -> Iterator[Waiver]:
    blank = Waiver(By.COMMENT, "", place, block=remark.block, part=remark.part, code=remark.code)
    said = text.rstrip()
    said = said.removesuffix("*/") if remark.text.startswith("/*") else said
    try:
        rules, words = _parsed(said)
    except Unreadable as problem:
        yield replace(blank, problem=str(problem))
        return
    waiver = replace(
        blank,
        owner=words.get("owner", "")[:MOST_WORDS],
        reason=words.get("reason", "")[:MOST_WORDS],
        instance=words.get("instance", ""),
    )
    for rule in rules:
        yield _of_rule(replace(waiver, rule=rule), words.get("until", ""), known)


def _of_rule(waiver: Waiver, until: str, known: Collection[str]) -> Waiver:
    if waiver.rule not in known and not PATH_ID.fullmatch(waiver.rule):
        return replace(waiver, rule="", problem=unknown_rule(waiver.rule, known))
    try:
        return replace(waiver, until=day(until) if until else None)
    except Unreadable as problem:
        return replace(waiver, problem=str(problem))


def unknown_rule(rule: str, known: Collection[str]) -> str:
    """That there is no such rule, with the nearest that there is."""
    from difflib import get_close_matches

    near = get_close_matches(rule[:_SHOWN], sorted(known), 1)
    hint = f"did you mean {near[0]}?" if near else "see `pathwarden rules`"
    return f"there is no rule {rule[:_SHOWN]!r} ({hint})"


def day(text: str) -> date:
    """A day as 2027-01-31. Raises Unreadable for anything else."""
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Unreadable(f"{text[:_SHOWN]!r} is no day such as 2027-01-31")


def _parsed(text: str) -> tuple[list[str], Mapping[str, str]]:
    """The rules and the words behind them."""
    named = _RULES.match(text)
    if not named or "=" in named[1]:
        raise Unreadable('it names no rule: pathwarden:ignore RULE until=... reason="..."')
    rules = list(dict.fromkeys(re.split(r"\s*,\s*", named[1])))
    if len(rules) > _MOST_RULES:
        raise Unreadable(f"it names more than {_MOST_RULES} rules")
    return rules, _words(text, named.end())


def _words(text: str, at: int) -> dict[str, str]:
    found: dict[str, str] = {}
    while text[at:].strip():
        word = _WORD.match(text, at)
        if not word or word[2] is None:
            rest = text[at:].strip()[:_SHOWN]
            raise Unreadable(f'{rest!r} is not understood: write reason="..." in quotes')
        if word[1] not in _KEYS:
            raise Unreadable(f"{word[1][:_SHOWN]!r} is not one of {', '.join(_KEYS)}")
        if word[1] in found:
            raise Unreadable(f"{word[1]} stands twice")
        if not (value := _unquoted(word[2])):
            raise Unreadable(f"{word[1]} is empty")
        found[word[1]] = value
        at = word.end()
    return found


def _unquoted(text: str) -> str:
    if text[:1] in ("'", '"'):
        return re.sub(r"\\(.)", r"\1", text[1:-1]).strip()
    return text
