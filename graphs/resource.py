"""The interchange form: a Terraform resource, whichever front end read it.

HCL, a plan, a state file and a live account all arrive here, with Terraform's type and attribute
names. A block that Terraform lets one write several times is a tuple of mappings, even when it
stands once: `values["ingress"][0]["cidr_blocks"]`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeAlias, Union

from graphs.unknown import YES, Answer, Place, Referent, Template, Text, Unknown

Scalar: TypeAlias = "None | bool | int | float | str | Unknown | Template"
Value: TypeAlias = Union[Scalar, "tuple[Value, ...]", "Mapping[str, Value]"]


@dataclass(frozen=True, slots=True)
class Address:
    """Where Terraform keeps a resource: `module.a["x"].aws_instance.web[0]`.

    `module` is the dotted path of module calls with their keys ("" in the root); `key` is the
    count index or for_each key, None without either. Data sources have mode "data".
    """

    module: str
    type: str
    name: str
    key: "int | str | None" = None
    mode: str = "managed"
    root: str = ""

    def __str__(self) -> str:
        home = f"{self.root}//" if self.root else ""
        module = f"{self.module}." if self.module else ""
        stem = f"{'data.' if self.mode == 'data' else ''}{self.type}.{self.name}"
        index = "" if self.key is None else f"[{quoted_key(self.key)}]"
        return f"{home}{module}{stem}{index}"


def quoted_key(key: "int | str") -> str:
    r"""An instance key as Terraform writes it in addresses.

    >>> print(quoted_key('a "b" ${c}'))
    "a \"b\" $${c}"
    """
    if isinstance(key, int):
        return str(key)
    for plain, escaped in _ESCAPES:
        key = key.replace(plain, escaped)
    return f'"{key}"'


_ESCAPES = (
    ("\\", "\\\\"),
    ('"', '\\"'),
    ("\n", "\\n"),
    ("\r", "\\r"),
    ("\t", "\\t"),
    ("${", "$${"),
    ("%{", "%%{"),
)


_KEYS = re.compile(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]')
_NUMBERS = re.compile(r"(\d+)")


def without_keys(address: Address) -> str:
    """An address as it stands in code, where a block has no instances yet.

    >>> without_keys(Address('module.a["x"].module.b[1]', "aws_s3_bucket", "c", 2))
    'module.a.module.b.aws_s3_bucket.c'
    """
    return str(replace(address, module=_KEYS.sub("", address.module), key=None))


def natural(text: str) -> list[tuple[int, str]]:
    """Sorts addresses as people count: `a[9]` before `a[10]`.

    >>> sorted(["a[10]", "a[9]"], key=natural)
    ['a[9]', 'a[10]']
    """
    parts = _NUMBERS.split(text)
    return [(int(part), "") if at % 2 else (0, part) for at, part in enumerate(parts)]


LIVE = "(live)"
"""The root of what a snapshot saw, where code lies over it."""

EVERYWHERE = "global"
"""The region of what belongs to an account as a whole."""


class Source(StrEnum):
    """The front end that read a resource."""

    TERRAFORM = "terraform"
    PLAN = "plan"
    STATE = "state"
    AWS = "aws"
    IMPLIED = "implied"
    CONFIG = "pathwarden.yaml"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a resource was read: its block in a file, or a call on an account.

    `lines` gives the place of single attributes and blocks by path (`ingress[0].cidr_blocks`,
    `statement[2]`); `calls` are the module calls that lead to it, outermost first.
    """

    source: Source
    place: Place | None = None
    lines: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)
    calls: tuple[Place, ...] = ()
    account: str = ""
    region: str = ""
    call: str = ""
    seen_at: str = ""

    def line_of(self, path: str) -> Place | None:
        """The place of an attribute path, or of the nearest thing around it that has one."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.place


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose resource it is. Account and region are Unknown where no provider block says them."""

    provider: str
    account: "str | Unknown"
    region: "str | Unknown"


@dataclass(frozen=True, slots=True)
class Reference:
    """That an attribute of this resource was computed from another resource."""

    attribute: str
    target: Referent


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource instance. `marks` are the attribute paths that Terraform holds sensitive.

    `exists` is undecided where `count` or `for_each` is: one symbolic instance then stands for
    all. `references` name what each top-level attribute or block was computed from, also where
    its value became known.
    """

    address: Address
    type: str
    values: "Mapping[str, Value]"
    scope: Scope
    origin: Origin
    exists: Answer = YES
    marks: frozenset[str] = frozenset()
    references: tuple[Reference, ...] = ()
    id: str = field(init=False, compare=False, repr=False)
    """The address as text: the key of the resource in its estate."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", str(self.address))  # asked for dozens of times

    @property
    def tags(self) -> "Mapping[str, Text]":
        """Tags, the provider's default_tags among them; empty when they are not known."""
        every = self.values.get("tags_all")
        value = self.values.get("tags") if every is None or every == {} else every
        return value if isinstance(value, Mapping) else {}  # type: ignore[return-value]

    @property
    def seen(self) -> str:
        """Where a sweep saw it, as `i-0a1b in 111122223333 eu-north-1`; "" for what code says."""
        origin = self.origin
        if origin.source is not Source.AWS:
            return ""
        region = "" if origin.region == EVERYWHERE else f" {origin.region}"
        return f"{self.address.name} in {origin.account}{region}"

    def refers(self, attribute: str) -> tuple[Referent, ...]:
        """What a top-level attribute or block was computed from, in order of writing."""
        return tuple(r.target for r in self.references if r.attribute == attribute)
