"""Security groups and network ACLs as bounds on packet sets.

A group is a union of allows on an interface and remembers flows; an ACL is an ordered list at a
subnet's border and does not, so that it must let replies pass by their own addresses and ports.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from graphs.addresses import Prefix
from graphs.network.boxes import Box, Span, subtract
from graphs.network.boxes import meet as meet_boxes
from graphs.network.packets import (
    ANYWHERE,
    EVERYTHING,
    ICMP,
    ICMPV6,
    NOTHING,
    PORTS,
    PROTOCOLS,
    TCP,
    UDP,
    PacketSet,
    packets,
    union,
)
from graphs.nodes import Acl, AclEntry, GroupRule, NodeIndex, PrefixList, Ref, SecurityGroup
from graphs.unknown import NO, YES, Answer, Bounds, Cause, Referent, Unknown, exactly

ALL = exactly(EVERYTHING)
NONE = exactly(NOTHING)


@dataclass(frozen=True, slots=True)
class Peer:
    """The other end as a group rule sees it: the groups it holds, and whether they count at this
    border. They do not over the internet, nor over a transit gateway unless it is told to."""

    groups: frozenset[Ref] = frozenset()
    counts: Answer = YES
    host: bool = False
    """A host on the internet by its address, which may be one of an AWS service."""
    keeper: str = ""
    """The AWS service that it is, where it is one."""


def unread(ref: Ref) -> Unknown:
    """Why a reference leads to nothing that was read."""
    if isinstance(ref, Unknown):
        return ref
    return Unknown(Cause.DATA, ref or "an unnamed resource", (Referent(ref),) if ref else ())


def doubtful(*because: Unknown, possible: PacketSet = EVERYTHING) -> Bounds[PacketSet]:
    """What is possible but not certain, for these reasons."""
    return Bounds(NOTHING, possible, frozenset(because))


def meet(left: Bounds[PacketSet], right: Bounds[PacketSet]) -> Bounds[PacketSet]:
    """Intersection. Reasons are kept only where they make a difference to the result."""
    if right is ALL:
        return left
    possible = left.possible & right.possible
    if not possible:
        return NONE
    certain = left.certain & right.certain
    if left.certain is left.possible and right.certain is right.possible:
        return exactly(possible)
    because: frozenset[Unknown] = frozenset()
    if left.because and not possible <= left.certain:
        because |= left.because
    if right.because and not possible <= right.certain:
        because |= right.because
    return Bounds(certain, possible, because)


def join(all_bounds: Iterable[Bounds[PacketSet]]) -> Bounds[PacketSet]:
    """Union; reasons are dropped where nothing is left open."""
    every = [each for each in all_bounds if each.possible.boxes]
    if len(every) < 2:
        return every[0] if every else NONE
    possible = union(each.possible for each in every)
    if all(each.certain is each.possible for each in every):
        return exactly(possible)
    certain = union(each.certain for each in every)
    because = frozenset[Unknown]().union(*(each.because for each in every))
    if because and possible <= certain:
        return exactly(possible)
    return Bounds(certain, possible, because)


def _shapes(protocol: int, ports: Span, family: int) -> Iterator[tuple[Span, Span]]:
    """The protocol and port spans that a rule means for a family."""
    low, high = ports
    if protocol == -1:
        yield PROTOCOLS, PORTS
    elif protocol in (TCP, UDP):
        yield (protocol, protocol), (max(low, 0), high if high >= 0 else PORTS[1])
    elif protocol in (ICMP, ICMPV6):
        # ICMPv6 never matches IPv4, nor the reverse.
        if (protocol == ICMP) == (family == 4) and low <= high:
            yield (protocol, protocol), ports
    else:
        yield (protocol, protocol), PORTS


@lru_cache(maxsize=65536)
def _matched(
    protocol: "int | Unknown",
    ports: "Span | Unknown",
    prefix: "Prefix | Unknown | None",
    inward: bool,
) -> Bounds[PacketSet]:
    """What a line of a filter surely and possibly matches; `prefix` None is any address."""
    because = frozenset(x for x in (protocol, ports, prefix) if isinstance(x, Unknown))
    if isinstance(protocol, Unknown):
        protocol = -1
    if protocol not in (TCP, UDP, ICMP, ICMPV6) and isinstance(ports, Unknown):
        because -= {ports}
    spans = PORTS if isinstance(ports, Unknown) else ports
    places = (prefix,) if isinstance(prefix, Prefix) else ANYWHERE
    boxes: list[Box] = []
    for place in places:
        sources = (place,) if inward else ANYWHERE
        goals = ANYWHERE if inward else (place,)
        for protocols, own_ports in _shapes(protocol, spans, place.family):
            boxes += packets(sources, goals, protocols, own_ports).boxes
    possible = PacketSet(tuple(boxes))
    return Bounds(NOTHING, possible, because) if because else exactly(possible)


@dataclass(frozen=True)
class Filters:
    """Groups and ACLs of an estate, worked out once each.

    `within` restricts a question to some packets, and its reasons to the rules that matter there.
    """

    nodes: NodeIndex
    _groups: dict[tuple[tuple[Ref, ...], bool, Peer], Bounds[PacketSet]] = field(
        default_factory=dict, repr=False
    )
    _acls: dict[object, Bounds[PacketSet]] = field(default_factory=dict, repr=False)

    def after(self, nodes: NodeIndex, group: str) -> "Filters":
        """The same with one group's rules changed."""
        kept = {key: found for key, found in self._groups.items() if group not in key[0]}
        return Filters(nodes, kept, self._acls)

    def rule(self, rule: GroupRule, inward: bool, peer: Peer) -> Bounds[PacketSet]:
        """What one group rule lets through to or from a peer."""
        if len(rule.prefixes) == 1 and not rule.lists and not rule.groups:  # as most are
            passing = _matched(rule.protocol, rule.ports, rule.prefixes[0], inward)
        else:
            passing = join(self._parts(rule, inward, peer))
        return _weakened(passing if passing.possible else NONE, rule.exists)

    def _parts(self, rule: GroupRule, inward: bool, peer: Peer) -> Iterator[Bounds[PacketSet]]:
        def matched(prefix: "Prefix | Unknown | None") -> Bounds[PacketSet]:
            return _matched(rule.protocol, rule.ports, prefix, inward)

        for prefix in rule.prefixes:
            yield matched(prefix)
        for ref in rule.lists:
            entries = self.nodes.get(ref, PrefixList)
            for prefix in entries.prefixes if entries else (unread(ref),):
                yield matched(prefix)
            if entries and entries.keeper and not entries.prefixes:
                yield from _kept(entries, peer, matched(None))
        named = _held(rule.groups, peer)
        if named.possible:
            yield _weakened(matched(None), named)

    def groups(
        self, refs: tuple[Ref, ...], inward: bool, peer: Peer, within: PacketSet = EVERYTHING
    ) -> Bounds[PacketSet]:
        """What an interface with these groups lets in (or out): the union of all their rules."""
        if within is not EVERYTHING:
            return join(self._allows(refs, inward, peer, within))
        key = refs, inward, peer
        found = self._groups.get(key)
        if found is None:
            alike = self._alike(refs, inward, peer) if peer.groups else peer
            if alike is not peer and alike != peer:
                found = self.groups(refs, inward, alike)
            elif len(refs) == 1:
                found = join(self._allows(refs, inward, peer, within))
            else:
                found = join([self.groups((ref,), inward, peer) for ref in refs])
            self._groups[key] = found
        return found

    def _alike(self, refs: tuple[Ref, ...], inward: bool, peer: Peer) -> Peer:
        """A peer without the groups that no rule of these names."""
        named = self._named(refs, inward)
        held = frozenset(r for r in peer.groups if r in named or isinstance(r, Unknown))
        if any(isinstance(r, Unknown) for r in named):
            held = peer.groups
        return Peer(held, peer.counts if held else YES, peer.host, peer.keeper)

    def _named(self, refs: tuple[Ref, ...], inward: bool) -> frozenset[Ref]:
        """The groups that the rules of these groups name."""
        found: set[Ref] = set()
        for group in self.nodes.many(refs, SecurityGroup):
            for rule in group.ingress if inward else group.egress:
                found.update(rule.groups)
        return frozenset(found)

    def _allows(
        self, refs: tuple[Ref, ...], inward: bool, peer: Peer, within: PacketSet
    ) -> Iterator[Bounds[PacketSet]]:
        for ref in refs:
            group = self.nodes.get(ref, SecurityGroup)
            if group is None:
                yield doubtful(unread(ref))
                continue
            for rule in group.ingress if inward else group.egress:
                allowed = self.rule(rule, inward, peer)
                if within is EVERYTHING or allowed.possible & within:
                    yield allowed
            if group.unread:
                yield doubtful(*group.unread)

    def acl(self, ref: Ref, inward: bool, within: PacketSet = EVERYTHING) -> Bounds[PacketSet]:
        """What an ACL lets into the subnet (or out): the first matching entry by number decides."""
        key = ref, inward
        if within is not EVERYTHING:
            return self._acl(ref, inward, within)
        if key not in self._acls:
            self._acls[key] = self._acl(ref, inward, within)
        return self._acls[key]

    def _acl(self, ref: Ref, inward: bool, within: PacketSet) -> Bounds[PacketSet]:
        acl = self.nodes.get(ref, Acl)
        if acl is None:
            return doubtful(unread(ref))
        if acl.unread:
            return doubtful(*acl.unread)
        return ordered(acl.ingress if inward else acl.egress, inward, within)


def _kept(
    entries: PrefixList, peer: Peer, matched: Bounds[PacketSet]
) -> Iterator[Bounds[PacketSet]]:
    """What a rule for an AWS service's addresses matches where those are not known: the service,
    perhaps a given host, and no stranger."""
    if peer.keeper == entries.keeper:
        yield matched
    elif peer.host:
        why = Unknown(Cause.DATA, f"the addresses of {entries.keeper}")
        yield doubtful(why, possible=matched.possible)


def _held(named: tuple[Ref, ...], peer: Peer) -> Answer:
    """Whether a peer holds one of the groups that a rule names, in a way that counts here.

    Two Unknowns of one origin need not be one group (an element of a list), so that they prove
    nothing.
    """
    if not named or not peer.groups or not peer.counts.possible:
        return NO
    if any(isinstance(ref, str) and ref in peer.groups for ref in named):
        return peer.counts
    because = {r for r in (*named, *peer.groups) if isinstance(r, Unknown)}
    if not because:
        return NO
    return Answer(certain=False, possible=True, because=peer.counts.because | because)


def _weakened(allowed: Bounds[PacketSet], condition: Answer) -> Bounds[PacketSet]:
    if condition.certain:
        return allowed
    return Bounds(NOTHING, allowed.possible, allowed.because | condition.because)


def numbered(entry: AclEntry) -> tuple[bool, int]:
    """The place of an entry in its ACL: by number, those without a known one first."""
    known = isinstance(entry.number, int)
    return known, entry.number if isinstance(entry.number, int) else 0


def entry_matches(entry: AclEntry, inward: bool) -> Bounds[PacketSet]:
    """What an ACL entry surely and possibly matches, whether it allows or denies."""
    return _matched(entry.protocol, entry.ports, entry.prefix, inward)


def ordered(
    entries: tuple[AclEntry, ...], inward: bool, within: PacketSet = EVERYTHING
) -> Bounds[PacketSet]:
    """The packets that a list of numbered entries allows; what none matches is denied.

    An entry whose number is not known may stand before all others.
    """
    ranked = sorted(entries, key=numbered)
    because: set[Unknown] = set()
    for entry in ranked:
        if within is EVERYTHING or entry_matches(entry, inward).possible & within:
            because |= _unknowns(entry)
    certain = _first_match(ranked, inward, certain=True)
    if certain is EVERYTHING:
        return ALL
    if not because:
        return exactly(certain) if within is EVERYTHING else Bounds(certain, certain)
    return Bounds(certain, _first_match(ranked, inward, certain=False), frozenset(because))


def _unknowns(entry: AclEntry) -> set[Unknown]:
    fields = (entry.number, entry.allow, entry.protocol, entry.ports, entry.prefix)
    return {value for value in fields if isinstance(value, Unknown)}


def _first_match(entries: Iterable[AclEntry], inward: bool, certain: bool) -> PacketSet:
    """One bound of the allowed packets.

    In the certain one a doubtful deny takes all it may match and a doubtful allow gives nothing;
    in the possible one the reverse. Only what is surely matched is out of reach of later entries.
    """
    allowed: list[Box] = []
    rest: Sequence[Box] = EVERYTHING.boxes  # as boxes that stand apart, so that none holds another
    denied = False
    for entry in entries:
        match = entry_matches(entry, inward)
        movable = isinstance(entry.number, Unknown)
        sure = NOTHING if movable else match.certain
        allows = (not certain) if isinstance(entry.allow, Unknown) else entry.allow
        if allows:
            allowed += meet_boxes(rest, (sure if certain else match.possible).boxes)
        left = subtract(rest, (match.possible if certain and not allows else sure).boxes)
        denied |= not allows and left != rest
        rest = left
        if not rest:
            break
    return union((PacketSet(tuple(allowed)),)) if rest or denied else EVERYTHING
