"""Questions as files hold them, each answered whatever it is.

Input: estates and one item of a list. Output: a verdict and the reason for it; what is no question
is answered "unknown", with what is wrong.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from graphs.estate import Estate
from graphs.network.holders import address_of
from graphs.network.reach import INTERNET
from scanner import reaching
from scanner.ends import find
from scanner.errors import PathwardenError, UsageProblem
from scanner.reaching import Question, Word

ANY: Final = ("", "-1", "all", "any", "*")
"""How tools write that a question is of every protocol or port."""


def verdict(found: Sequence[Estate], said: Any) -> dict[str, str]:
    """The answer to one question: that of the first estate which has most of its ends."""
    try:
        question = _question(said)
        for estate in _likeliest(found, question):
            asked = reaching.answer(estate, question)
            if asked is not None:
                return {"verdict": asked.word.value, "why": asked.why}
        why = f"nothing here is called {question.source!r} or {question.destination!r}"
    except PathwardenError as problem:
        why = str(problem)
    return {"verdict": Word.UNKNOWN.value, "why": why}


def _likeliest(found: Sequence[Estate], question: Question) -> Sequence[Estate]:
    """Estates that have the addresses of a question before those that have none of them."""
    ends = [e for e in (question.source, question.destination) if address_of(e) is not None]
    if len(found) < 2 or not ends:
        return found
    return sorted(found, key=lambda estate: -sum(_holds(estate, end) for end in ends))


def _holds(estate: Estate, text: str) -> bool:
    end = find(estate, text)
    return end is not None and any(estate.network.zones.node(place) for place in end.places)


def _question(said: Any) -> Question:
    if not isinstance(said, Mapping):
        raise UsageProblem("a question is an object with src and dst")
    source, destination = _end(said, "src", "source"), _end(said, "dst", "destination")
    proto = _word(said, "proto", "protocol")
    number = None if proto is None else reaching.protocol_of(proto)
    port = _word(said, "port")
    at = None if port is None else reaching.port_of(port, number)
    return Question(source, destination, number, at)


def _said(said: Mapping[str, Any], *names: str) -> Any:
    return next((said[name] for name in names if said.get(name) is not None), None)


def _end(said: Mapping[str, Any], *names: str) -> str:
    text = _said(said, *names)
    if not isinstance(text, str):
        raise UsageProblem("a question has src and dst, which are texts")
    text = text.strip()
    return INTERNET if text.lower() == INTERNET else text


def _word(said: Mapping[str, Any], *names: str) -> str | None:
    """A protocol or a port as text, however it is written; None for any."""
    value = _said(said, *names)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    word = str("" if value is None else value).strip()
    return None if word.lower() in ANY else word
