"""Which row and column of the picture a node stands in.

Input: a Summary. Output: a Placing. Each attack path gets rows of its own in the group of the LAN
that it enters, so that its arrows run from left to right and seldom cross.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from graphs.network.reach import INTERNET
from graphs.views.values import PathLine, Summary

ACCESS = ("VPN", "Direct Connect")


class Column(IntEnum):
    """The columns from left to right; INNER holds the data stores inside a LAN."""

    ENTRY = 0
    ACCESS = 1
    TRANSIT = 2
    SERVICE = 3
    INNER = 4
    PRINCIPAL = 5
    GOAL = 6


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """A place in the picture; rows count from 0 within their group."""

    group: int
    row: int
    column: Column


@dataclass(frozen=True, slots=True)
class Placing:
    """`groups` are LANs by id, between two groups that are none: "" stands for both.

    `rows` counts the rows of each group; `cells` has all nodes that get a box of their own, but
    LANs, the internet, and the WANs that stand between LANs, which span rows.
    """

    groups: tuple[str, ...]
    rows: tuple[int, ...]
    cells: dict[str, Cell]


def place(summary: Summary) -> Placing:
    """Paths from the internet first, then those from sites, then the sites without a path."""
    sheet = _Sheet(summary, ("", *_in_order(summary), ""))
    for path in sorted(summary.paths, key=lambda p: (_entry_rank(summary, p), p.number)):
        sheet.path(path)
    for site in summary.sites:
        sheet.near(site.id, Column.ENTRY)
    for wan in summary.wans:
        if wan.kind in ACCESS:
            sheet.near(wan.id, Column.ACCESS)
    rows = tuple(sheet.rows[number] for number in range(len(sheet.groups)))
    return Placing(sheet.groups, rows, sheet.cells)


def _entry_rank(summary: Summary, path: PathLine) -> int:
    sites = {site.id for site in summary.sites}
    return 0 if path.stops[0] == INTERNET else 1 if path.stops[0] in sites else 2


def _in_order(summary: Summary) -> tuple[str, ...]:
    """LANs, the one with most stops first, each followed by those that a WAN joins to it."""
    touched = summary.touched()
    stops = {lan.id: sum(each.id in touched for each in lan.contents) for lan in summary.lans}
    joined = _joined(summary)
    order: dict[str, None] = {}
    for lan in sorted(stops, key=lambda each: -stops[each]):
        waiting = [lan]
        while waiting:
            this = waiting.pop(0)
            if this not in order:
                order[this] = None
                beyond = {far: None for wan in joined[this] for far in joined[wan] if far in stops}
                waiting += sorted(beyond, key=lambda each: -stops[each])
    return tuple(order)


def _joined(summary: Summary) -> dict[str, list[str]]:
    """What is linked to what, both ways, the internet aside."""
    joined: dict[str, list[str]] = defaultdict(list)
    for link in summary.links:
        if INTERNET not in (link.source, link.target):
            joined[link.source].append(link.target)
            joined[link.target].append(link.source)
    return joined


@dataclass
class _Sheet:
    """The cells that are taken so far."""

    summary: Summary
    groups: tuple[str, ...]
    cells: dict[str, Cell] = field(default_factory=dict)
    taken: set[Cell] = field(default_factory=set)
    rows: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    homes: dict[str, int] = field(default_factory=dict)
    columns: dict[str, Column] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Learn which group and column each node belongs to."""
        for lan in self.summary.lans:
            group = self.groups.index(lan.id)
            self.homes |= {each.id: group for each in lan.contents}
            self.columns |= {service.id: Column.SERVICE for service in lan.services}
            self.columns |= {store.id: Column.INNER for store in lan.stores}
        self.columns |= {service.id: Column.SERVICE for service in self.summary.services}
        self.columns |= {each.id: Column.PRINCIPAL for each in self.summary.principals}

    def put(self, node: str, cell: Cell) -> None:
        """Take a cell, and say how many rows its group has."""
        self.cells[node] = cell
        self.taken.add(cell)
        self.rows[cell.group] = max(self.rows[cell.group], cell.row + 1)

    def path(self, path: PathLine) -> None:
        """Give the stops of a path that have no cell yet rows of their own."""
        home = self._home(path)
        first = row = self.rows[home]
        new = [stop for stop in path.stops if stop not in self.cells and stop != INTERNET]
        for number, stop in enumerate(new):
            column = Column.ENTRY if stop == path.stops[0] else self._column(stop)
            group = self.homes.get(stop, home)
            if group != home:
                self.put(stop, Cell(group, self.rows[group], column))
                continue
            cell = self._cell(home, first, row, column)
            row = max(row, cell.row)
            self.put(stop, cell)
            if number == 0 and path.stops[0] == INTERNET:
                self.taken |= {Cell(home, row, Column(each)) for each in range(Column.SERVICE)}
            elif column is Column.ENTRY and stop in self.columns:
                self.taken.add(Cell(home, row, Column.ACCESS))  # its box is as wide as both

    def near(self, node: str, column: Column) -> None:
        """Put a site or what leads to it beside its neighbours, in a row that is free there."""
        if node in self.cells:
            return
        for neighbour in _nearby(self.summary, node):
            if neighbour in self.cells:
                near = self.cells[neighbour]
                if self._free(Cell(near.group, near.row, column)):
                    self.put(node, Cell(near.group, near.row, column))
                    return
            elif neighbour in self.groups:
                group = self.groups.index(neighbour)
                for row in range(self.rows[group]):
                    if self._free(Cell(group, row, column)):
                        self.put(node, Cell(group, row, column))
                        return
        last = len(self.groups) - 1
        self.put(node, Cell(last, self.rows[last], column))

    def _free(self, cell: Cell) -> bool:
        return cell not in self.taken

    def _home(self, path: PathLine) -> int:
        for stop in path.stops:
            if stop in self.homes:
                return self.homes[stop]
        return 0 if path.stops[0] == INTERNET else len(self.groups) - 1

    def _column(self, node: str) -> Column:
        return self.columns.get(node, Column.GOAL)

    def _cell(self, group: int, first: int, row: int, column: Column) -> Cell:
        """The row of the stop before where nothing stands in the way, else one near it."""
        if column is Column.INNER:
            above = Cell(group, row - 1, column)
            if row > first and self._free(above):
                return above
        while any(not self._free(Cell(group, row, each)) for each in Column if each >= column):
            row += 1
        return Cell(group, row, column)


def _nearby(summary: Summary, start: str) -> Iterator[str]:
    """Everything joined to a node, the nearest first."""
    joined = _joined(summary)
    seen = {start: None}
    waiting = [start]
    while waiting:
        for neighbour in joined[waiting.pop(0)]:
            if neighbour not in seen:
                seen[neighbour] = None
                waiting.append(neighbour)
                yield neighbour
