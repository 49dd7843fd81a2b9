"""Resource instances in the form that plans and states are shown in by `terraform show -json`.

https://developer.hashicorp.com/terraform/internals/json-format#values-representation
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from graphs.resource import Address
from scanner.terraform.recorded.documents import At, marked
from scanner.terraform.recorded.instances import is_module

MODES: Final = ("managed", "data")


@dataclass(frozen=True, slots=True)
class Told:
    """One instance of a values representation, which plans and states share."""

    module: str
    at: At
    mode: str
    address: str

    def instance(self) -> Address:
        """Its address. A deposed object, which waits to be destroyed, has a name of its own."""
        deposed = self.at.get("deposed_key").text("")
        name = self.at.get("name").text() + (f" (deposed object {deposed})" if deposed else "")
        kind, key = self.at.get("type").text(), self.at.get("index").key()
        return Address(self.module, kind, name, key, self.mode)

    def marks(self) -> frozenset[str]:
        """The attribute paths that hold secrets."""
        return frozenset(marked(self.at.get("sensitive_values").value))

    @property
    def kind_of_provider(self) -> str:
        """`aws` of `registry.terraform.io/hashicorp/aws`."""
        return self.at.get("provider_name").text("").rpartition("/")[2]


def _values(module: At) -> Iterator[Told]:
    """The instances of a module and of those inside it."""
    path = module.get("address").text("")
    if not is_module(path):
        raise module.get("address").problem("is not the address of a module")
    for each in module.get("resources").items():
        mode = each.get("mode").text()
        if mode in MODES:
            each.get("values").mapping()
            yield Told(path, each, mode, each.get("address").text())
    for child in module.get("child_modules").items():
        yield from _values(child)


def values(module: At) -> list[Told]:
    """The instances of a values representation, each once."""
    found = list(_values(module))
    seen: set[str] = set()
    for each in found:
        name = str(each.instance())
        if name in seen:
            raise each.at.problem(f"is {name}, which stands there twice")
        seen.add(name)
    return found
