"""terraform_remote_state: the outputs of another root module, where it is in this repository.

https://developer.hashicorp.com/terraform/language/state/remote-state-data
"""

from typing import TYPE_CHECKING, Final

from graphs.unknown import Unknown
from scanner.terraform.data_sources.asked import argument, looked_up
from scanner.terraform.repository import Repository
from scanner.terraform.repository.homes import environments
from scanner.terraform.repository.states import holds
from scanner.terraform.scope import Lazy
from scanner.terraform.values import Value
from scanner.terraform.values.symbols import symbol

if TYPE_CHECKING:
    from scanner.terraform.resources import Instance

KIND: Final = "terraform_remote_state"


class Outputs(Lazy):
    """The outputs of the root module whose state is read, over the `defaults` of the reader."""

    __slots__ = ("_asker", "_keeper", "_repository")

    def __init__(self, repository: Repository, asker: "Instance", keeper: str) -> None:
        super().__init__()
        self._repository = repository
        self._asker = asker
        self._keeper = keeper

    def read(self, name: str) -> Value:
        """One output."""
        repository, session = self._repository, self._asker.scope.session
        module = repository.root(self._keeper)
        if name in module.configuration.outputs:
            repository.link(session.name, self._keeper)
            return repository.ask(session, self._keeper, lambda: module.output(name))
        defaults = argument(self._asker, "defaults")
        if isinstance(defaults, dict) and name in defaults:
            return defaults[name]
        return looked_up(self._asker, f"outputs.{name}")

    def fill(self) -> None:
        """All outputs."""
        for name in self._repository.root(self._keeper).configuration.outputs:
            if name not in self:
                self[name] = self.read(name)


def value_of(repository: Repository, instance: "Instance", name: str) -> Value | None:
    """The outputs, or one of them as Terraform 0.11 wrote it; None where nobody here has them."""
    key = (instance.scope.session.name, instance.name)
    if key not in repository.lookups:
        repository.lookups[key] = _keeper(repository, instance)
    keeper = repository.lookups[key]
    if not isinstance(keeper, str):
        return None
    outputs = Outputs(repository, instance, keeper)
    return outputs if name == "outputs" else outputs.read(name)


def _keeper(repository: Repository, instance: "Instance") -> str | None:
    """The root module that keeps the state."""
    session = instance.scope.session
    backend, config = argument(instance, "backend"), _config(instance)
    asked = config if isinstance(config, dict) else {}
    if not isinstance(backend, str):
        return None
    certain: list[str] = []
    possible: list[str] = []
    for root in repository.seen_by(session.name):
        held = holds(asked, repository.state(root), backend, session.directory)
        if held is not False and root != session.name:
            (certain if held else possible).append(root)
    chosen = _nearest(session.name, certain)
    if len(chosen) == 1:
        return _of_workspace(repository, instance, chosen[0])
    if chosen or (possible and _decides(asked)):
        _say(instance, chosen or possible, asked)
    return None


def _nearest(reader: str, found: list[str]) -> list[str]:
    """Those of the reader's environment, where directories name environments."""
    own = environments(reader)
    near = [each for each in found if own and own & environments(each)]
    return near if len(found) > 1 and near else found


def _of_workspace(repository: Repository, instance: "Instance", keeper: str) -> str | None:
    """The root module, unless the state is that of another workspace than is evaluated."""
    workspace = argument(instance, "workspace")
    if workspace in (None, repository.root(keeper).session.workspace):
        return keeper
    what = f"{instance.name} reads the workspace {symbol(workspace)} of {keeper}"
    place = instance.group.definition.place
    instance.scope.session.gap("other-workspace", what, _EFFECT, place)
    return None


def _decides(asked: dict[str, Value]) -> bool:
    """Whether something is said of where the state is."""
    return any(not isinstance(each, Unknown) for each in asked.values())


def _say(instance: "Instance", found: list[str], asked: dict[str, Value]) -> None:
    unknown = sorted(name for name, each in asked.items() if not isinstance(each, str))
    why = f": {', '.join(unknown)} is not known" if unknown else ""
    named = " or ".join(sorted(found)[:4]) + (" or others" if len(found) > 4 else "")
    what = f"{instance.name} may read the state of {named}{why}"
    place = instance.group.definition.place
    instance.scope.session.gap("ambiguous-state", what, _EFFECT, place)


_EFFECT: Final = "its outputs are unknown"


def _config(instance: "Instance") -> Value:
    """Where the state is; a block, as Terraform 0.11 had it, like an argument."""
    value = argument(instance, "config")
    return value[0] if isinstance(value, tuple) and len(value) == 1 else value
