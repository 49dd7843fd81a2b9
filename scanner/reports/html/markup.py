"""HTML as values: every text is escaped unless it is markup already.

Input: names, texts and markup. Output: markup. It knows nothing of results.
"""

from collections.abc import Iterable
from html import escape
from typing import TypeAlias

from scanner.reports.words import clean

VOID = frozenset(("br", "hr", "img", "link", "meta"))


class Markup(str):
    """Text that is HTML; only `tag` and `joined` make it of what came from elsewhere."""

    __slots__ = ()


Child: TypeAlias = str | int | None | Iterable["Child"]


def tag(name: str, /, *children: Child, **attributes: "str | int | None") -> Markup:
    r"""An element. An attribute's name is given with `_` for `-`; one that is None is left out.

    >>> tag("a", "<b> & \u202ec", href="#top", class_="x")
    '<a href="#top" class="x">&lt;b&gt; &amp; \ufffdc</a>'
    """
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(clean(str(value)))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in VOID:
        return Markup(f"<{name}{said}>")
    return Markup(f"<{name}{said}>{joined(*children)}</{name}>")


def joined(*children: Child) -> Markup:
    """Children in a row: texts are escaped, and what would hide words in them is marked.

    >>> joined("a", 1, None, ["<", tag("br")])
    'a1&lt;<br>'
    """
    return Markup("".join(map(_markup, children)))


def between(separator: str, children: Iterable[Child]) -> Markup:
    """Children with a text between them."""
    return Markup(joined(separator).join(joined(child) for child in children))


def _markup(child: Child) -> str:
    if child is None or isinstance(child, Markup):
        return child or ""
    if isinstance(child, str | int):
        return escape(clean(str(child)))
    return joined(*child)
