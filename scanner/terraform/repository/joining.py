"""Root modules that read each other's values, as one: their resources under unambiguous names.

Input: a repository. Output: its root modules evaluated, those that belong together as one.
"""

from collections.abc import Callable, Iterator, Sequence

from graphs.resource import LIVE
from scanner.terraform.evaluate import Evaluated, evaluated
from scanner.terraform.repository import Repository
from scanner.terraform.repository.homes import environments
from scanner.terraform.repository.overlay import in_account, laid_over

MOST_NAMED = 3


def read_together(
    repository: Repository,
    chosen: Sequence[str],
    progress: Callable[[str, int, int], None] = lambda _name, _number, _total: None,
) -> Iterator[Evaluated]:
    """The chosen root modules, each with those whose values it reads or that read its own."""
    done: dict[str, Evaluated] = {}
    waiting = list(chosen)
    groups: list[list[str]] = []
    while waiting:
        total = len(done) + len(waiting)
        for name in waiting:
            progress(name, len(done), total)
            done[name] = evaluated(repository.root(name), repository.members[name].environment)
        groups = [group for group in repository.joined() if not done.keys().isdisjoint(group)]
        waiting = [name for group in groups for name in group if name not in done]
    if repository.live is not None:
        groups = [list(done)] if done else []  # all of it is laid over one account
    for group in groups:
        parts = [done[name] for name in group]
        alone = len(parts) == 1 and repository.live is None
        yield parts[0] if alone else together(parts, repository)


def together(parts: Sequence[Evaluated], repository: Repository) -> Evaluated:
    """Several root modules as one, over what is live where that was seen.

    Each resource keeps its home in its address.
    """
    several = len({environments(each.name) for each in parts} - {frozenset()}) > 1
    resources = []
    kept = []
    unknowns = []
    for each in parts:
        own = sorted(environments(each.name)) if several else []
        home = repository.settled(each.name, " of ".join(["", *own]))
        resources += [home.resource(made) for made in each.resources]
        kept += [home.resource(made) for made in each.states]
        unknowns += [home.unknown(unset) for unset in each.unknowns]
    if repository.live is not None:
        seen = list(map(repository.home(LIVE).resource, repository.live.resources))
        resources = list(laid_over(in_account(resources, seen), seen))
        parts = [*parts, repository.live]
    return Evaluated(
        directory=named([each.name for each in parts]),
        resources=tuple(resources),
        outputs={},
        gaps=tuple(dict.fromkeys(gap for each in parts for gap in each.gaps)),
        unknowns=tuple(unknowns),
        comments=tuple(dict.fromkeys(told for each in parts for told in each.comments)),
        sources={file: lines for each in parts for file, lines in each.sources.items()},
        secrets=frozenset[str]().union(*(each.secrets for each in parts)),
        idle={home: place for each in parts for home, place in each.idle.items()},
        parts=tuple(parts),
        states=tuple(kept),
    )


def named(names: Sequence[str]) -> str:
    """What several root modules are called together.

    >>> named(["app", "network"])
    'app + network'
    """
    more = len(names) - MOST_NAMED
    if more <= 1:
        return " + ".join(names)
    return " + ".join([*names[:MOST_NAMED], f"{more} more"])
