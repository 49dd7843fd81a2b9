"""Takes out of a summary what is not to be shown, so that no two nodes become one.

Input: a Summary, and a function from a text to the text that may be shown. Output: a Summary.
"""

from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

from graphs.network.reach import INTERNET
from graphs.views.values import Summary

T = TypeVar("T")


def distinct(ids: Iterable[str], hide: Callable[[str], str]) -> dict[str, str]:
    """What to show for each id: equal only for equal ids.

    >>> distinct(["a1", "a2", "b"], lambda text: text[0])
    {'a1': 'a', 'a2': 'a#2', 'b': 'b'}
    """
    shown: dict[str, str] = {}
    taken: set[str] = set()
    for each in ids:
        name = stem = each if each == INTERNET else hide(each)
        number = 1
        while name in taken:
            number += 1
            name = f"{stem}#{number}"
        taken.add(name)
        shown[each] = name
    return shown


def hidden(summary: Summary, hide: Callable[[str], str]) -> Summary:
    """The same picture with other words; what kind a thing is stays, since it decides the shape."""
    ids = distinct(summary.names(), hide)
    return _changed(summary, lambda text: ids[text] if text in ids else hide(text))


def _changed(value: T, change: Callable[[str], str]) -> T:
    if isinstance(value, str):
        return change(value)  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(_changed(each, change) for each in value)  # type: ignore[return-value]
    if not is_dataclass(value) or isinstance(value, type):
        return value
    names = [field.name for field in fields(value) if field.name != "kind"]
    return replace(value, **{name: _changed(getattr(value, name), change) for name in names})
