"""Markdown as GitHub reads it, made of text that may hold anything.

Names come from the code under review. In what these functions give none of them is a link, an
image, HTML, a formula, the border of a table, a mention that sends somebody mail, or a reference
that shows in another repository. The last three GitHub finds in the text of the finished page,
where no backslash helps; an invisible blank takes them apart.
"""

import re

from scanner.reports.words import clean

LONGEST = 400
"""Characters of one text; names may be megabytes."""
_APART = "&#8203;"
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;", "$": "<span>$</span>"}
_LINK = r"(?P<link>@|#(?=\w)|:(?=//)|\bwww(?=\.)|\bgh-(?=\d))"
_ENTITY = r"(?P<entity>[&<>|$])"
_IN_HTML = re.compile(f"{_ENTITY}|{_LINK}", re.IGNORECASE)
_IN_TEXT = re.compile(rf"(?P<special>[\\`*_\[\]~])|{_ENTITY}|{_LINK}", re.IGNORECASE)
_BEGINS_BLOCK = re.compile(r"^([-+=#]|\d+(?=[.)](?:\s|$)))")


def text(words: str) -> str:
    r"""Words in a line or in a cell of a table.

    >>> text("[all *is* well](https://example.com), @everyone")
    '\\[all \\*is\\* well\\](https:&#8203;//example.com), @&#8203;everyone'
    """
    return _BEGINS_BLOCK.sub(_no_block, _IN_TEXT.sub(_harmless, _short(words)))


def html(words: str) -> str:
    """Words inside of a line of HTML, where Markdown is not read."""
    return _IN_HTML.sub(_harmless, _short(words))


def code(words: str) -> str:
    r"""A name as it stands, as code, in a line or in a cell of a table.

    >>> code("main.tf:30")
    '`main.tf:30`'
    >>> code("a|b")
    '<code>a&#124;b</code>'
    """
    name = _short(words)
    if re.search(r"[`|\\]", name):
        return f"<code>{_IN_TEXT.sub(_harmless, name)}</code>"
    return f"`{name}`" if name else ""


def _short(words: str) -> str:
    said = clean(words).strip()
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}…"


def _harmless(match: re.Match[str]) -> str:
    found = match[0]
    if match["link"]:
        return found + _APART
    return _ENTITIES[found] if match["entity"] else f"\\{found}"


def _no_block(match: re.Match[str]) -> str:
    mark = match[0]
    return f"{mark}\\" if mark.isdigit() else f"\\{mark}"
