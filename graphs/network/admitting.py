"""What security groups and ACLs let pass between classes, in bulk.

Each rule is taken once: for ingress, the classes it lets in; for egress, the classes that hold its
group. `pick` chooses the bound: what is certain, or what is possible.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from graphs.addresses import Prefix
from graphs.network.bitsets import ALL_PORTS, Bits, Pieces, PortSets, add
from graphs.network.boxes import Box
from graphs.network.filters import Filters, Peer, doubtful, unread
from graphs.network.packets import PacketSet
from graphs.network.ways import Border, Spans
from graphs.nodes import Acl, GroupRule, NodeIndex, PrefixList, Ref, SecurityGroup
from graphs.unknown import Bounds, Unknown

LetsOut = tuple[tuple[tuple[int, tuple[int, int, int]], ...], tuple[tuple[Ref, int], ...]]
"""What a group lets out, by ports: to which addresses, and to the holders of which groups."""

Pick = Callable[[Bounds[PacketSet]], PacketSet]


def certain(bounds: Bounds[PacketSet]) -> PacketSet:
    """The bound of what is certain."""
    return bounds.certain


def possible(bounds: Bounds[PacketSet]) -> PacketSet:
    """The bound of what is possible."""
    return bounds.possible


@dataclass(frozen=True, slots=True)
class Outlet:
    """What one side of egress rules lets out: the classes that have it, for some destinations.

    `named` is the group that a destination has to hold, "" where addresses decide.
    """

    ports: int
    goals: Bits
    holders: Bits


@dataclass(frozen=True)
class Admitting:
    """The filters of an estate over its classes."""

    filters: Filters
    spans: Spans
    holders: dict[Ref, Bits]
    """The classes that hold each group."""
    grouped: Bits
    """The classes that hold some group."""
    unfiltered: Bits
    everyone: Bits
    ports: PortSets
    pick: Pick
    _into: dict[tuple[tuple[Ref, ...], bool], Pieces] = field(default_factory=dict)
    _groups: dict[tuple[Ref, bool], Pieces] = field(default_factory=dict)
    _out: dict[object, Pieces] = field(default_factory=dict)
    _lets_out: "dict[Ref, LetsOut]" = field(default_factory=dict)
    _borders: dict[Border, Pieces] = field(default_factory=dict)

    def into(self, groups: tuple[Ref, ...], counts: bool) -> Pieces:
        """The sources that an interface with these groups lets in. Where groups do not count,
        the sources' own are not known to it."""
        key = groups, counts
        if key not in self._into:
            found: Pieces = {}
            for group in groups:
                for ports, bits in self._group(group, counts).items():
                    add(found, ports, bits)
            self._into[key] = found
        return self._into[key]

    def _group(self, ref: Ref, counts: bool) -> Pieces:
        key = ref, counts
        if key not in self._groups:
            found: Pieces = {}
            for rule, allowed in self._rules(ref, True):
                for ports, bits in self._boxes(allowed, 1):
                    add(found, ports, bits)
                if rule is not None and rule.groups and counts:
                    self._add_named(found, rule)
            self._groups[key] = found
        return self._groups[key]

    def _rules(self, ref: Ref, inward: bool) -> Iterator[tuple[GroupRule | None, PacketSet]]:
        """The rules of a group, each with what it lets pass whatever groups the peer has."""
        group = self.filters.nodes.get(ref, SecurityGroup)
        if group is None:
            yield None, self.pick(doubtful(unread(ref)))
            return
        for rule in group.ingress if inward else group.egress:
            yield rule, self.pick(self.filters.rule(rule, inward, Peer()))
        if group.unread:
            yield None, self.pick(doubtful(*group.unread))

    def _add_named(self, found: Pieces, rule: GroupRule) -> None:
        for bits, allowed in self._named(rule, True):
            for box in self._speaking(allowed):
                add(found, self._port(box), bits)

    def _named(self, rule: GroupRule, inward: bool) -> Iterator[tuple[Bits, PacketSet]]:
        """What a rule lets through to or from those who hold a group that it names."""
        alone = replace(rule, prefixes=(), lists=())
        known = tuple(ref for ref in rule.groups if not isinstance(ref, Unknown))
        bits = 0
        for ref in known:
            bits |= self.holders.get(ref, 0)
        if bits:
            yield bits, self.pick(self.filters.rule(alone, inward, Peer(frozenset(known))))
        if len(known) < len(rule.groups):
            anybody = Peer(frozenset({"somebody's group"}))
            yield self.grouped, self.pick(self.filters.rule(alone, inward, anybody))

    def _boxes(self, allowed: PacketSet, axis: int) -> Iterator[tuple[int, Bits]]:
        """Ports with the classes at the other end: axis 1 is the source's, 3 the destination's."""
        for box in allowed.boxes:
            bits = self.spans.within(Prefix(box[0], box[axis], box[axis + 1]))
            if bits:
                yield self._port(box), bits

    def _speaking(self, allowed: PacketSet) -> Iterator[Box]:
        """The boxes of the family that the classes speak: each has an ICMP of its own."""
        return (box for box in allowed.boxes if box[0] == self.spans.family)

    def _port(self, box: Box) -> int:
        return self.ports.number(PacketSet((box,)))

    # Out of the sources.

    @cached_property
    def _outlets(self) -> tuple[tuple[Outlet, ...], dict[Ref, Pieces]]:
        """By addresses; and by the group that a destination holds."""
        spanned: dict[tuple[int, tuple[int, int, int]], Bits] = {}
        named: dict[Ref, Pieces] = {}
        for ref, holders in self.holders.items():
            by_address, by_group = self._let_out(ref)
            for key in by_address:
                spanned[key] = spanned.get(key, 0) | holders
            for group, ports in by_group:
                add(named.setdefault(group, {}), ports, holders)
        made = (
            Outlet(ports, self.spans.within(Prefix(*span)), bits)
            for (ports, span), bits in spanned.items()
        )
        return tuple(outlet for outlet in made if outlet.goals), named

    def _let_out(self, ref: Ref) -> LetsOut:
        if ref not in self._lets_out:
            rules = tuple(self._rules(ref, False))
            boxes = (box for _, allowed in rules for box in allowed.boxes)
            named = (rule for rule, _ in rules if rule is not None and rule.groups)
            self._lets_out[ref] = (
                tuple((self._port(box), (box[0], box[3], box[4])) for box in boxes),
                tuple(goal for rule in named for goal in self._goals(rule)),
            )
        return self._lets_out[ref]

    def after(self, filters: Filters, group: Ref, *, out: bool) -> "Admitting":
        """The same with one group's rules changed, `out` where those for leaving are."""
        made = replace(
            self,
            filters=filters,
            _into={key: found for key, found in self._into.items() if group not in key[0]},
            _groups={key: found for key, found in self._groups.items() if key[0] != group},
            _out={} if out else self._out,
            _lets_out={ref: found for ref, found in self._lets_out.items() if ref != group},
        )
        if not out:
            kept = ("_outlets", "_profiles")
            vars(made).update({name: vars(self)[name] for name in kept if name in vars(self)})
        return made

    def _goals(self, rule: GroupRule) -> Iterator[tuple[Ref, int]]:
        """The groups of destinations that an egress rule names, "" for any, with its ports."""
        alone = replace(rule, prefixes=(), lists=())
        for ref in rule.groups:
            peer = Peer(frozenset({"somebody's group" if isinstance(ref, Unknown) else ref}))
            for box in self._speaking(self.pick(self.filters.rule(alone, False, peer))):
                yield ("" if isinstance(ref, Unknown) else ref), self._port(box)

    @cached_property
    def _profiles(self) -> tuple[list[int], list[tuple[int, ...]]]:
        """Where among the classes the outlets that lead there change, and which then do."""
        outlets = self._outlets[0]
        changes: dict[int, list[int]] = {0: []}
        for number, outlet in enumerate(outlets):
            low, high = (outlet.goals & -outlet.goals).bit_length() - 1, outlet.goals.bit_length()
            changes.setdefault(low, []).append(number)
            changes.setdefault(high, []).append(number)
        starts, active, found = sorted(changes), set[int](), []
        for start in starts:
            active ^= set(changes[start])
            found.append(tuple(sorted(active)))
        return starts, found

    def profile(self, goal: int) -> int:
        """Equal for destinations that the same egress rules allow by address."""
        return bisect_right(self._profiles[0], goal) - 1

    def out_of(self, profile: int, groups: tuple[Ref, ...], counts: bool) -> Pieces:
        """The sources whose egress lets them send to a destination with these groups."""
        named = self._outlets[1]
        held = tuple(g for g in (*groups, "") if g in named) if counts and groups else ()
        key = profile, held
        if key not in self._out:
            found: Pieces = {}
            add(found, ALL_PORTS, self.unfiltered)
            for number in self._profiles[1][profile]:
                outlet = self._outlets[0][number]
                add(found, outlet.ports, outlet.holders)
            for group in held:
                for ports, bits in named[group].items():
                    add(found, ports, bits)
            self._out[key] = found
        return self._out[key]

    # ACLs.

    def border(self, border: Border) -> Pieces:
        """The classes at the other end of an ACL: those that packets come from where it is met
        going in, those that they go to where it is met going out."""
        if border not in self._borders:
            found: Pieces = {}
            allowed = self.pick(self.filters.acl(border.acl, border.inward))
            for ports, bits in self._boxes(allowed, 1 if border.inward else 3):
                add(found, ports, bits)
            whole = [ports for ports, bits in found.items() if bits == self.everyone]
            if len(whole) == len(found):
                found = {self.ports.join(whole): self.everyone} if whole else {}
            self._borders[border] = found
        return self._borders[border]


def exact(nodes: NodeIndex) -> bool:
    """Whether every rule of every group and ACL is wholly known, so that both bounds are one."""
    acls = nodes.of(Acl)
    entries = (entry for acl in acls for entry in (*acl.ingress, *acl.egress))
    return (
        all(exact_group(group, nodes) for group in nodes.of(SecurityGroup))
        and not any(a.unread for a in acls)
        and not any(
            isinstance(value, Unknown)
            for e in entries
            for value in (e.number, e.allow, e.protocol, e.ports, e.prefix)
        )
    )


def exact_group(group: SecurityGroup, nodes: NodeIndex) -> bool:
    """Whether every rule of a group is wholly known."""
    rules = (*group.ingress, *group.egress)
    return not group.unread and all(_known(rule, nodes) for rule in rules)


def _known(rule: GroupRule, nodes: NodeIndex) -> bool:
    listed = nodes.many(rule.lists, PrefixList)
    values = (rule.protocol, rule.ports, *rule.prefixes, *rule.groups,
              *(p for each in listed for p in each.prefixes))  # fmt: skip
    read = len(listed) == len(rule.lists) and rule.exists.certain
    return read and not any(isinstance(value, Unknown) for value in values)
