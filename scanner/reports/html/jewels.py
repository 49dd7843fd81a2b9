"""Crown jewels: what is worth stealing by class, and who reaches it by which path."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graphs.attack.targets import UNCLASSED
from graphs.verdict import Verdict
from graphs.views.values import Store, Summary
from scanner.reports.html.links import Links
from scanner.reports.html.markup import Child, Markup, joined, tag
from scanner.reports.html.tables import row, table
from scanner.reports.html.wording import ADMINISTRATOR, capital, gravity, loss
from scanner.reports.words import counted
from scanner.result import Path

HEADS = ("What holds it", "Who reaches it", "By which paths")


@dataclass(frozen=True, slots=True)
class Jewel:
    """A store or an account, with the paths that end there and those that pass through it."""

    store: Store
    root: str
    ends: Sequence[Path]
    passes: Sequence[Path]

    @property
    def kind(self) -> str:
        """The gravest class of what is in it."""
        return min(self.store.classes, key=gravity, default=UNCLASSED)


def jewels(links: Links) -> Markup | None:
    """One table per class, the gravest first; what nothing classifies only where it is reached."""
    groups: dict[str, list[Jewel]] = defaultdict(list)
    for jewel in _jewels(links):
        groups[jewel.kind].append(jewel)
    if not groups:
        return None
    idle = [j for j in groups.get(UNCLASSED, ()) if not (j.ends or j.passes)]
    groups[UNCLASSED] = [j for j in groups.get(UNCLASSED, ()) if j.ends or j.passes]
    kinds = sorted((kind for kind in groups if groups[kind]), key=lambda k: (gravity(k), k))
    return joined(
        tag(
            "p",
            "What is worth stealing, by the class that tags, names, types or pathwarden.yaml give "
            "it. Where no path is found, that is said of what was read, and of no more.",
            class_="lead",
        ),
        (_group(links, kind, groups[kind]) for kind in kinds),
        _idle(idle),
    )


def _idle(idle: Sequence[Jewel]) -> Markup | None:
    if not idle:
        return None
    said = f"{counted(len(idle), 'store')} that nothing classifies, and that no path reaches, "
    return tag("p", f"{said}{'is' if len(idle) == 1 else 'are'} left out here.", class_="note")


def _group(links: Links, kind: str, found: Sequence[Jewel]) -> Markup:
    lost = loss(kind)
    several = len(links.result.coverage.roots) > 1
    ordered = sorted(found, key=lambda j: not (j.ends or j.passes))
    rows = (row(HEADS, _cells(links, jewel, several=several)) for jewel in ordered)
    name = capital(lost.name)
    return tag(
        "div",
        tag("h3", name),
        tag("p", lost.means, class_="note"),
        table(f"Who reaches {lost.name}", HEADS, rows),
        class_="group",
    )


def _cells(links: Links, jewel: Jewel, *, several: bool) -> tuple[Child, ...]:
    store = jewel.store
    about = f"{store.kind} in {jewel.root}" if several else store.kind
    name = (store.name, " ", tag("span", about, class_="note"))
    paths = (*jewel.ends, *jewel.passes)
    entries = dict.fromkeys(_entry(path) for path in paths)
    if not paths:
        return name, tag("span", "No path found", class_="note"), tag("span", "none", class_="note")
    on_the_way = (" on the way: ", links.to_paths(jewel.passes)) if jewel.passes else ()
    return name, "; ".join(entries), joined(links.to_paths(jewel.ends), on_the_way)


def _entry(path: Path) -> str:
    said = capital(path.entry)
    return said if path.verdict == Verdict.VIOLATED else f"{said} (cannot tell)"


def _jewels(links: Links) -> Iterator[Jewel]:
    ends: dict[tuple[str, str], list[Path]] = defaultdict(list)
    passes: dict[tuple[str, str], list[Path]] = defaultdict(list)
    for path in links.result.paths:
        ends[path.root, path.target_address].append(path)
        for address in dict.fromkeys(p.resource for hop in path.hops for p in hop.proof):
            if address != path.target_address:
                passes[path.root, address].append(path)
    for view in links.result.views:
        for store in _stores(view.summary):
            key = (view.root, store.id)
            yield Jewel(store, view.root, ends[key], passes[key])
        known = {store.id for store in _stores(view.summary)}
        for key in [key for key in ends if key[0] == view.root and key[1] not in known]:
            name = ends[key][0].target
            yield Jewel(Store(key[1], name, "", (ADMINISTRATOR,)), view.root, ends[key], ())


def _stores(summary: Summary) -> Iterator[Store]:
    for lan in summary.lans:
        yield from lan.stores
    yield from summary.stores
