"""Where attackers start."""

from dataclasses import dataclass

from graphs.attack.facts import Fact, Holds
from graphs.estate import Estate, identity
from graphs.network.reach import INTERNET
from graphs.nodes import Outsider, Site, User


@dataclass(frozen=True, slots=True)
class Entry:
    """A starting fact. `plausibility` is that an attacker is there; `says` names it for people."""

    fact: Fact
    kind: str
    says: str
    plausibility: float
    identity: str


def entries(estate: Estate) -> tuple[Entry, ...]:
    """The internet, named third parties, sites' LANs, and people with a console password."""
    found = [Entry(Fact(Holds.AT, INTERNET), "internet", "the internet", 1.0, INTERNET)]
    found += [_site(s) for s in estate.index.of(Site)]
    found += [_outsider(o) for o in estate.index.of(Outsider)]
    found += [_person(u) for u in estate.index.of(User) if u.signs_in.possible]
    return tuple(found)


def _site(site: Site) -> Entry:
    says = f"the {site.name} LAN ({site.country})"
    return Entry(Fact(Holds.AT, site.id), "site", says, 0.3, site.id)


def _outsider(other: Outsider) -> Entry:
    fact = Fact(Holds.CONTROLS, other.id)
    return Entry(fact, "outside account", f"{other.name}", 1.0, other.id)


def _person(user: User) -> Entry:
    says = f"the stolen sign-in of {user.name}"
    return Entry(Fact(Holds.CONTROLS, user.id), "employee", says, 0.2, identity(user))
