"""A plan, as `terraform show -json PLANFILE` writes it: what will be once it is applied.

Input: the document. Output: its resource instances. What is going to be destroyed is not among
them, what was only looked up is.
https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from graphs.resource import Address, Origin, Source
from graphs.verdict import Gap
from scanner.terraform.recorded.documents import At, texts
from scanner.terraform.recorded.holes import Planned
from scanner.terraform.recorded.instances import Held, Provider
from scanner.terraform.recorded.lines import Lines
from scanner.terraform.recorded.plan_providers import providers
from scanner.terraform.recorded.shown import Told, values
from scanner.terraform.recorded.wiring import MAX_FOLLOWED, Key, Turn, Wiring

_KEY: Final = r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]'
_LAST_KEY: Final = re.compile(f"{_KEY}$")
_CALL: Final = re.compile(rf"module\.[^.\[]+(?:{_KEY})?(?=\.|$)")
_AGAIN: Final = "plan again: terraform plan -out=FILE && terraform show -json FILE"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a plan says: its instances, its providers, the values of its variables."""

    found: tuple[Held, ...]
    providers: Mapping[str, Provider]
    variables: Mapping[str, Any]
    secrets: frozenset[str]
    gaps: tuple[Gap, ...]
    blocks: frozenset[str]
    """The resources and calls of the root module, to know its source by."""


def is_plan(document: At) -> bool:
    """Whether a document is a plan; one that cannot be used counts."""
    return "planned_values" in document or "resource_changes" in document


def read_plan(document: At, text: str) -> Plan:
    """The instances that a plan leads to. Raises DocumentProblem for one that says too little."""
    check(document)
    planned = values(document.get("planned_values").get("root_module"))
    seen = {each.address for each in planned}
    prior = document.get("prior_state").get("values").get("root_module")
    looked_up = [e for e in values(prior) if e.mode == "data" and e.address not in seen]
    wiring = _wiring(document, [*planned, *looked_up])
    reader = _Reader(document, Lines(document.file, text), wiring, _unknown(document))
    return Plan(
        found=tuple([reader.held(each) for each in (*planned, *looked_up)]),
        providers=dict(providers(document)),
        variables=_variables(document),
        secrets=frozenset(_secrets(document)),
        gaps=tuple(_gaps(document, wiring)),
        blocks=frozenset(_blocks_of(reader.wiring.config)),
    )


def _variables(document: At) -> dict[str, Any]:
    return {name: each.get("value").value for name, each in document.get("variables").members()}


def _secrets(document: At) -> Iterator[str]:
    """The texts in variables that are declared sensitive."""
    declared = document.get("configuration").get("root_module").get("variables")
    for name, value in _variables(document).items():
        if declared.get(name).get("sensitive").value is True:
            yield from texts(value)


def _blocks_of(config: At) -> Iterator[str]:
    yield from (each.get("address").text() for each in config.get("resources").items())
    yield from (f"module.{name}" for name, _ in config.get("module_calls").members())


def check(document: At) -> None:
    """Refuse what is no whole plan of a version that is known."""
    version = document.get("format_version").text("")
    if not re.fullmatch(r"1\.[0-9]+", version):
        said = f"is in format {version or 'unknown'}, not in 1.x, which Terraform writes since 1.1"
        raise document.problem(said, _AGAIN)
    if document.get("errored").value is True:
        raise document.problem("is a plan that ended in an error", _AGAIN)
    if document.get("planned_values").value is None:
        raise document.problem("is a plan without planned_values", _AGAIN)
    prior = document.get("prior_state").get("values").get("root_module")
    managed = any(each.mode == "managed" for each in values(prior))
    if document.get("resource_changes").value is None and managed:
        raise document.problem("is a plan of -refresh-only, which plans nothing", _AGAIN)


def _gaps(document: At, wiring: Wiring) -> Iterator[Gap]:
    if wiring.cut:
        what = f"{document.file} mentions more than {MAX_FOLLOWED:,} names"
        yield Gap(
            "plan-too-large", what, "what unknown values are made of is not told of the others"
        )
    if document.get("complete").value is False:
        what = f"{document.file} is not complete: it was made with -target, or puts changes off"
        yield Gap("plan-incomplete", what, "what it leaves out is not judged")


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the instances of one plan."""

    document: At
    lines: Lines
    wiring: Wiring
    unknown: Mapping[str, Any]

    def held(self, told: Told) -> Held:
        """One instance with its holes and what it was computed from."""
        address = told.instance()
        block, inside = self.wiring.block(address), self.wiring.inside(address.module)
        over = block.get("for_each_expression") if block else None
        turn = Turn(address.key, over, len(self.wiring.instances[_stem(address)]))
        planned = Planned(str(address), address.type, block, self.wiring, inside, turn)
        key = block.get("provider_config_key").text("") if block else ""
        return Held(
            address=address,
            values=planned.values(told.at.get("values").mapping(), self._unknown(told)),
            provider=key or told.kind_of_provider,
            origin=Origin(Source.PLAN, self.lines.of(told.address)),
            marks=told.marks(),
            references=tuple(planned.references()),
        )

    def _unknown(self, told: Told) -> Any:
        return self.unknown.get(told.address) or {}


def _wiring(document: At, told: list[Told]) -> Wiring:
    """The configuration, with the instances that came of it."""
    instances: dict[str, dict[Key, Address]] = {}
    modules: dict[str, dict[str, None]] = {}
    for each in told:
        made = each.instance()
        instances.setdefault(_stem(made), {})[made.key] = made
        for path in _ancestors(made.module):
            modules.setdefault(_LAST_KEY.sub("", path), {})[path] = None
    return Wiring(document.get("configuration").get("root_module"), instances, modules)


def _stem(made: Address) -> str:
    return str(replace(made, key=None))


def _ancestors(path: str) -> list[str]:
    """The modules that lead to one, itself among them.

    >>> _ancestors('module.a["x"].module.b')
    ['module.a["x"]', 'module.a["x"].module.b']
    """
    steps = _CALL.finditer(path)
    return [path[: step.end()] for step in steps]


def _unknown(document: At) -> dict[str, Any]:
    """What is known only after apply, by address; what is deposed will be gone."""
    found = {}
    for each in document.get("resource_changes").items():
        if each.get("deposed").value is None:
            change = each.get("change")
            unknown = change.get("after_unknown")
            found[each.get("address").text()] = unknown.value
    return found
