"""A breach of one thing as plain values.

Input: an estate, the name of a thing that is an attacker's. Output: a Breached: what follows, how
to isolate it, what contains it, which logs tell, which duties to notify may begin.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from graphs.attack.breach import Breach, Reached
from graphs.attack.facts import Fact, Holds
from graphs.attack.taking import first_fact
from graphs.attack.witness import Witness, witnesses
from graphs.attack.words import has, noun_of
from graphs.estate import Estate
from graphs.nodes import (
    AccessKey,
    ClientVpn,
    Database,
    DataStore,
    Delegate,
    Federation,
    Key,
    Node,
    Outsider,
    Role,
    Secret,
    Service,
    Site,
    User,
)
from graphs.unknown import Answer, Unknown
from rules import notifications
from scanner.breached import Action, Breached, Duty, Gain, Log, Loss, Stage, Taken
from scanner.config import Config
from scanner.cutting import containing
from scanner.edits import Edits
from scanner.ends import called, nobody, several
from scanner.errors import UsageProblem
from scanner.isolating import isolate, isolate_account, renew
from scanner.owners import NOBODY, Ownership
from scanner.views import Scanned, proof_of, seen_of, spot, texts

THINGS = (
    Service,
    Site,
    ClientVpn,
    Role,
    User,
    Outsider,
    Federation,
    AccessKey,
    Key,
    Delegate,
)
MOST_RENEWED = 25
_WORDS: dict[type[Node], str] = {
    AccessKey: "access key",
    Delegate: "workload",
    Key: "KMS key",
    Outsider: "outside account",
    Site: "site",
}
TAKEN_OVER = "take-over-account"


def find(estates: Sequence[Estate], text: str) -> list[tuple[int, str]]:
    """What a text names: the place of its estate, and its id there. An account may be in many.

    Raises UsageProblem where it names nothing, or several things.
    """
    account = text if text.startswith("account:") else f"account:{text}"
    homes = [
        (at, account)
        for at, estate in enumerate(estates)
        if estate.graph.nodes.get(account, {}).get("kind") == "account"
    ]
    if homes:
        return homes
    found = [(at, node) for at, each in enumerate(estates) for node in _named(each, text, account)]
    if not found:
        raise nobody(estates, text, THINGS)
    if len({node.id for _, node in found}) > 1:
        raise several(text, [node for _, node in found])
    if len(found) > 1:
        names = ", ".join(estates[at].name for at, _ in found)
        raise UsageProblem(f"{text!r} is in several root modules: {names}", fix="name one by --on")
    return [(at, node.id) for at, node in found]


def _named(estate: Estate, text: str, account: str) -> list[Node]:
    """Things by address, ARN or name; else by the id that AWS gave them."""
    things = called(estate, text, (THINGS,)) or called(estate, account, (THINGS,))
    kinds = (n for n in estate.index.nodes if isinstance(n, THINGS))
    return things or [node for node in kinds if node.attribute("id") == text]


def breached(
    root: Scanned,
    config: Config,
    asked: str,
    thing: str,
    edits: Edits | None = None,
    owned: Ownership = NOBODY,
) -> Breached:
    """All that is said of a thing that is taken; `thing` is its id, or that of an account."""
    estate = root.estate
    node = estate.index.by_id.get(thing)
    start = first_fact(node) if node else Fact(Holds.RULES, thing)
    breach = Breach(estate, start)
    gains = tuple(_gain(root, each) for each in breach.reached)
    losses = tuple(_losses(breach, owned))
    return Breached(
        root=root.directory,
        taken=_taken(root, asked, thing, start),
        gains=gains,
        losses=losses,
        accounts=tuple(each for each in gains if each.holds == Holds.RULES),
        isolate=isolate(estate, node) if node else isolate_account(thing),
        renew=_renewed(breach, node),
        cuts=tuple(containing(root, config, breach, edits)),
        logs=tuple(_log(root, each) for each in witnesses(breach)),
        duties=tuple(_duties(estate, losses, config.company)),
        gaps=len(estate.gaps),
        assumed=estate.coverage.assumed,
    )


def _taken(root: Scanned, asked: str, thing: str, start: Fact) -> Taken:
    node = root.estate.index.by_id.get(thing)
    if node is None:
        name = thing.removeprefix("account:")
        return Taken(asked, thing, name, "account", "", "", 0, "", has(root.estate, start))
    file, line = spot(node.source.origin.place)
    return Taken(
        asked=asked,
        node=thing,
        name=node.name,
        kind=_kind(node),
        where=_where(node),
        file=file,
        line=line,
        seen=seen_of(root, thing),
        means=_means(root.estate, node, start),
    )


def _kind(node: Node) -> str:
    word = next((word for kind, word in _WORDS.items() if isinstance(node, kind)), "")
    return noun_of(node) or word or node.source.type


def _where(node: Node) -> str:
    """Account and region, as far as they are known."""
    if isinstance(node, Site):
        return node.country
    parts = (node.scope.account, node.scope.region)
    return ", ".join(each for each in parts if isinstance(each, str) and each != "global")


def _means(estate: Estate, node: Node, start: Fact) -> str:
    if isinstance(node, Key):
        kept = [store.name for store in estate.index.of(DataStore) if store.key == node.id]
        what = f"what it encrypts: {', '.join(kept)}" if kept else "nothing that was read here"
        return f"decrypts {what}; whoever holds it needs a way to the data besides"
    if isinstance(node, AccessKey) and isinstance(node.user, Unknown):
        return f"acts as a user that is not known: {node.user}"
    return has(estate, start)


def _verdict(answer: Answer) -> str:
    return "reachable" if answer.certain else "unknown"


def _gain(root: Scanned, each: Reached) -> Gain:
    estate, step = root.estate, each.steps[-1]
    node = estate.index.by_id.get(each.fact.node)
    label = estate.graph.nodes[each.fact.node]["label"] if each.fact.node in estate.graph else ""
    return Gain(
        holds=str(each.fact.holds),
        node=each.fact.node,
        name=node.name if node else str(label) or each.fact.node,
        says=has(estate, each.fact),
        by=step.says,
        technique=step.technique.id,
        attack=step.technique.attack,
        why=step.technique.why,
        likelihood=round(each.likelihood, 4),
        verdict=_verdict(each.answer),
        at_once=each.at_once,
        after=tuple(str(fact) for fact in step.premises),
        unknowns=texts(each.answer.because),
        proof=tuple(proof_of(root, claim) for claim in step.evidence()),
    )


def _losses(breach: Breach, owned: Ownership) -> Iterator[Loss]:
    """The stores that are read, those with a class first."""
    found = []
    begin = breach.estate.index.get(breach.start.node, DataStore)
    if begin is not None and breach.start.holds is Holds.READS:
        found.append(_loss(begin, 1.0, "reachable", (), _owners(breach, begin, owned)))
    for each in breach.reached:
        store = breach.estate.index.get(each.fact.node, DataStore)
        if store is not None and each.fact.holds is Holds.READS:
            because = texts(each.answer.because)
            owners = _owners(breach, store, owned)
            found.append(_loss(store, each.likelihood, _verdict(each.answer), because, owners))
    yield from sorted(found, key=lambda loss: (not loss.classes, loss.verdict != "reachable"))


def _owners(breach: Breach, store: Node, owned: Ownership) -> tuple[str, ...]:
    return tuple(each.name for each in owned.of(breach.estate, (store.id,)))


def _loss(
    store: DataStore,
    likelihood: float,
    verdict: str,
    unknowns: tuple[str, ...],
    owners: tuple[str, ...],
) -> Loss:
    return Loss(
        node=store.id,
        name=store.name,
        kind=_kind(store),
        classes=tuple(sorted(store.classes)),
        reason=store.class_reason,
        owners=owners,
        where=_where(store),
        likelihood=round(likelihood, 4),
        verdict=verdict,
        unknowns=unknowns,
    )


def _renewed(breach: Breach, node: Node | None) -> tuple[Action, ...]:
    """What has to be ended or renewed besides the thing itself, in the order of attack."""
    if node is None:
        return ()
    index = breach.estate.index
    own = node.role if isinstance(node, Service | Delegate) else node.id
    found: list[Node] = []
    accounts = []
    for each in breach.reached:
        thing = index.by_id.get(each.fact.node)
        if each.fact.holds is Holds.RULES:
            accounts.append(each.fact.node)
        elif (
            isinstance(thing, Role | User | Database | Secret)
            and each.steps[-1].technique.id != TAKEN_OVER
            and thing.id != own
            and (each.fact.holds is not Holds.READS or isinstance(thing, Secret))
        ):
            found.append(thing)
    return (
        *(_whole(account) for account in accounts),
        *renew(breach.estate, list(dict.fromkeys(found))[:MOST_RENEWED]),
    )


def _whole(account: str) -> Action:
    number = account.removeprefix("account:")
    return Action(
        title=f"Treat all of account {number} as taken",
        why="Whoever administers it may have made users, keys and roles of their own: to renew "
        f"single things is not enough. `pathwarden breach {number}` says how to shut it.",
        where=f"account {number}",
        commands=(),
        lacks=(),
    )


# ------------------------------------------------------------------------------------------ logs


def _log(root: Scanned, each: Witness) -> Log:
    estate = root.estate
    node = estate.index.by_id.get(each.about)
    label = estate.graph.nodes[each.about]["label"] if each.about in estate.graph else each.about
    because = each.on.because | each.exposed.because
    days = each.days if isinstance(each.days, int) else None
    if isinstance(each.days, Unknown):
        because |= {each.days}
    return Log(
        kind=each.kind,
        about=each.about,
        name=node.name if node else str(label),
        verdict=_three(each.on, ("on", "unknown", "off")),
        kept=each.place,
        store=each.store,
        days=days,
        exposed=_three(each.exposed, ("yes", "unknown", "no")),
        how=each.how,
        unknowns=texts(because),
        proof=tuple(proof_of(root, step) for step in each.evidence),
    )


def _three(answer: Answer, words: tuple[str, str, str]) -> str:
    return words[0] if answer.certain else words[1] if answer.possible else words[2]


# ---------------------------------------------------------------------------------------- duties


def _duties(estate: Estate, losses: Iterable[Loss], company: Mapping[str, bool]) -> Iterator[Duty]:
    every = list(losses)
    sure = {c for each in every if each.verdict == "reachable" for c in each.classes}
    perhaps = {c for each in every for c in each.classes}
    unclassed = [each.name for each in every if not each.classes]
    places = _countries(estate, every)
    for each in notifications.begun(sure, perhaps, bool(unclassed), set(places), company):
        spoken = [f"{name} data are reached" for name in sorted(each.classes & sure)]
        spoken += [f"{name} data may be reached" for name in sorted(each.classes - sure)]
        if each.duty.classes and not each.classes:
            spoken.append(f"nothing says what is in {_some(unclassed)}")
        spoken += [places[country] for country in sorted(each.countries)]
        said = [kind for kind in each.duty.company if kind not in each.unsaid]
        spoken += [f"you say that you {notifications.companies()[kind]}" for kind in said]
        assumes = list(each.duty.assumes)
        settled = each.duty.company and not each.unsaid
        if each.duty.countries and not each.countries and not settled:
            assumes.insert(0, "the country: no site and no region points to one where it holds")
        yield Duty(
            id=each.duty.id,
            law=each.duty.law,
            cites=each.duty.cites,
            whom=each.duty.whom,
            stages=tuple(Stage(s.within, s.clock, s.what) for s in each.duty.stages),
            status="indicated" if each.indicated else "open",
            because=tuple(spoken),
            assumes=tuple(assumes),
            source=each.duty.source,
            applies=_applies(each.unsaid),
        )


def _applies(unsaid: Sequence[str]) -> str:
    """To whom a duty applies, where the company does not say whether it is that."""
    if not unsaid:
        return ""
    return "applies if you " + ", and ".join(notifications.companies()[kind] for kind in unsaid)


def _some(names: Sequence[str], most: int = 3) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def _countries(estate: Estate, losses: Iterable[Loss]) -> dict[str, str]:
    """Countries that something points to, each with what does. It claims nobody's country."""
    found: dict[str, str] = {}
    for site in estate.sites:
        found.setdefault(site.country, f"the site {site.name} is in {site.country}")
    for loss in losses:
        node = estate.index.by_id.get(loss.node)
        region = node.scope.region if node else ""
        country = notifications.country_of(region) if isinstance(region, str) else ""
        if country:
            found.setdefault(country, f"{loss.name} is kept in {region}, which is in {country}")
    return found
