"""Rules of Network Firewall's stateful groups: Suricata's header words, as blocks and as text.

Addresses, ports, protocols and the direction are read; an option that looks further into packets
leaves it open whether the rule matches.
https://docs.suricata.io/en/latest/rules/intro.html
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from graphs.addresses import ANY4, ANY6, Prefix, prefix
from graphs.network.routes import minus
from graphs.unknown import Cause, Unknown

ANYWHERE = (ANY4, ANY6)
ALL_PORTS = ((0, 65535),)

# Options that describe a rule and narrow nothing.
_SILENT = frozenset({"msg", "sid", "rev", "gid", "classtype", "reference", "metadata", "priority"})
ANY = (-1,)
WITH_PORTS = (6, 17)
"""The protocols that a rule on ports concerns, where it is of any."""
_PROTOCOLS = {"ip": ANY, "tcp": (6,), "udp": (17,), "icmp": (1, 58)}
_OVER_UDP = frozenset({"dns", "ntp", "tftp", "dhcp", "ikev2", "krb5", "quic", "snmp"})
_PART = r"(!?\[[^\]]*\]|\S+)"
_LINE = re.compile(
    rf"\s*(\w+)\s+(\S+)\s+{_PART}\s+{_PART}\s+(->|<>)\s+{_PART}\s+{_PART}\s*\((.*)\)"
)

Known = tuple["Prefix | Unknown", ...]
Ports = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A rule as it is written: words, and the options as `keyword` or `keyword:settings`."""

    action: str
    protocol: str
    source: str
    source_port: str
    both: bool
    destination: str
    port: str
    options: tuple[str, ...]


def lines(text: str) -> Iterator["Line | str"]:
    """The rules of a text; a line that is none comes back as it stands."""
    joined = re.sub(r"\\\n", " ", text)
    for raw in joined.splitlines():
        if raw.strip() and not raw.lstrip().startswith("#"):
            found = _LINE.fullmatch(raw.strip())
            yield _line(found) if found else raw.strip()


def _line(found: "re.Match[str]") -> Line:
    action, protocol, source, source_port, way, goal, port, options = found.groups()
    kept = tuple(o.strip() for o in re.split(r"(?<!\\);", options) if o.strip())
    return Line(action, protocol, source, source_port, way == "<>", goal, port, kept)


def action_of(word: str) -> str:
    """pass, drop or alert; a reject drops too."""
    lowered = word.lower()
    return "drop" if lowered.startswith(("drop", "reject")) else lowered


def protocols_of(word: str) -> tuple[tuple[int, ...], bool]:
    """The protocols of a rule, and whether it looks at what they carry."""
    lowered = word.lower()
    if lowered in _PROTOCOLS:
        return _PROTOCOLS[lowered], False
    return ((6, 17) if lowered in _OVER_UDP else (6,)), True


def narrowing(options: Iterable[str]) -> bool:
    """Whether some option asks for more than addresses and ports."""
    return any(option.partition(":")[0].strip() not in _SILENT for option in options)


def addresses(text: str, sets: Mapping[str, Known]) -> Known:
    """The addresses that a word means: `any`, prefixes, `$NAME`, `[lists]`, `!` for all but."""
    word = text.strip()
    if word.startswith("!"):
        return _all_but(addresses(word[1:], sets), word)
    if word.startswith("[") and word.endswith("]"):
        return _listed([p.strip() for p in word[1:-1].split(",") if p.strip()], sets, word)
    if word.lower() == "any":
        return ANYWHERE
    if word.startswith(("$", "@")):
        return sets.get(word[1:], (_unsaid(word),))
    try:
        return (prefix(word if "/" in word else f"{word}/{128 if ':' in word else 32}"),)
    except ValueError:
        return (_unsaid(word),)


def _listed(parts: list[str], sets: Mapping[str, Known], word: str) -> Known:
    kept = [p for part in parts if not part.startswith("!") for p in addresses(part, sets)]
    if not any(not part.startswith("!") for part in parts):
        kept = list(ANYWHERE)
    holes = [p for part in parts if part.startswith("!") for p in addresses(part[1:], sets)]
    if any(isinstance(p, Unknown) for p in (*kept, *holes)):
        return (*kept, *(_unsaid(word) for _ in holes[:1]))
    return _without(tuple(kept), holes)


def _all_but(found: Known, word: str) -> Known:
    return (
        (_unsaid(word),)
        if any(isinstance(p, Unknown) for p in found)
        else _without(ANYWHERE, found)
    )


def _without(spans: Known, holes: Iterable["Prefix | Unknown"]) -> Known:
    rest = tuple(p for p in spans if isinstance(p, Prefix))
    for hole in holes:
        rest = minus(rest, hole) if isinstance(hole, Prefix) else rest
    return rest


def ports(text: str, sets: Mapping[str, Ports]) -> "Ports | None":
    """The ports that a word means, as ranges; None where that is not known."""
    word = text.strip()
    if word.lower() == "any":
        return ALL_PORTS
    if word.startswith("$"):
        return sets.get(word[1:])
    if word.startswith("[") and word.endswith("]"):
        found = [ports(part, sets) for part in word[1:-1].split(",") if part.strip()]
        if any(each is None for each in found) or "!" in word:
            return None
        return tuple(span for each in found for span in each or ())
    if match := re.fullmatch(r"(\d*)[:-](\d*)|(\d+)", word):
        low, high, alone = match.groups()
        return ((int(alone), int(alone)),) if alone else ((int(low or 0), int(high or 65535)),)
    return None


def _unsaid(word: str) -> Unknown:
    return Unknown(Cause.EXPRESSION, f"the firewall's addresses {word}")
