"""Tables that become lists on a narrow screen: each cell knows the heading of its column."""

from collections.abc import Iterable, Sequence

from scanner.reports.html.markup import Child, Markup, tag


def table(caption: str, heads: Sequence[str], rows: Iterable[Markup]) -> Markup:
    """A table with a caption for those who do not see it."""
    head = tag(
        "tr", (tag("th", word, scope="col", role="columnheader") for word in heads), role="row"
    )
    return tag(
        "table",
        tag("caption", caption),
        tag("thead", head, role="rowgroup"),
        tag("tbody", rows, role="rowgroup"),
        role="table",
    )


def row(heads: Sequence[str], cells: Sequence[Child], *, anchor: str | None = None) -> Markup:
    """A row whose first cell names it."""
    first, *rest = zip(heads, cells, strict=True)
    named = tag("th", first[1], scope="row", role="rowheader")
    others = (tag("td", cell, data_head=head, role="cell") for head, cell in rest)
    return tag("tr", named, others, id=anchor, role="row")


def items(children: Iterable[Child], **attributes: str) -> Markup:
    """A list."""
    return tag("ul", (tag("li", child) for child in children), **attributes)
