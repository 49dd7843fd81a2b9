"""What terraform refuses once values are known: conditions, secrets in outputs, missing arguments.

Each is a Gap; the values stay. terraform also refuses a bad value that nothing uses, so that
everything is computed here at the latest.
"""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from scanner.terraform.calls import META as CALL_META
from scanner.terraform.calls import Call
from scanner.terraform.definitions import Definition
from scanner.terraform.refusals.conditions import REFUSED, check
from scanner.terraform.resources import Instance
from scanner.terraform.scope import Scope, computed
from scanner.terraform.syntax.names import Path, free
from scanner.terraform.values import Sensitive, Value
from scanner.terraform.variables import fleeting, says, validate

if TYPE_CHECKING:
    from scanner.terraform.modules import Module

_CONDITIONS: Final = ("precondition", "postcondition")


def check_module(module: "Module") -> None:
    """Compute what nothing asked for in an instance of a module, and record what is refused."""
    for name, definition in module.configuration.variables.items():
        scope = Scope(module, definition.file)
        module.given(name)
        validate(definition, f"{module.prefix}var.{name}", scope)
    for name, local in module.configuration.locals.items():
        module.local(name, Scope(module, local.file), local.attribute.expr)
    for name, definition in module.configuration.outputs.items():
        _output(module, name, definition)
    for key, definition in module.configuration.resources.items():
        group = module.group(key)
        if group is not None:
            for instance in group.instances():
                _instance(instance, definition)
        _depends(module, definition)
    for name, definition in module.configuration.calls.items():
        call = module.called(name)
        if call is not None:
            _call(call)
        _depends(module, definition)
    _assertions(module)


def _output(module: "Module", name: str, definition: Definition) -> None:
    full = f"{module.prefix}output.{name}"
    value, place, gap = module.output(name), definition.place, module.session.gap
    for block in definition.groups.get("precondition", ()):
        scope = Scope(module, definition.file)
        check(block, f"precondition of {full}", f"a precondition of {full} fails", scope)
    ephemeral = says(definition, "ephemeral")
    if fleeting(value) and not ephemeral:
        gap("not-allowed", f"{full} is ephemeral and does not say so", REFUSED, place)
    if module.path:
        return
    if ephemeral:
        gap("not-allowed", f"{full} is ephemeral, which only a module's can be", REFUSED, place)
    if _secret(value) and not says(definition, "sensitive"):
        gap("not-allowed", f"{full} is sensitive and does not say so", REFUSED, place)


def _secret(value: Value) -> bool:
    if isinstance(value, dict):
        return any(map(_secret, value.values()))
    return isinstance(value, Sensitive) or (isinstance(value, tuple) and any(map(_secret, value)))


def _instance(instance: Instance, definition: Definition) -> None:
    for lifecycle in definition.groups.get("lifecycle", ()):
        for block in lifecycle.body.blocks:
            if block.type in _CONDITIONS:
                scope = instance.scope
                if block.type == "postcondition":
                    scope = scope.inner({"self": instance})
                name = f"{block.type} of {instance.name}"
                check(block, name, f"a {block.type} of {instance.name} fails", scope)
    if instance.group.mode != "managed" or not instance.scope.session.fleeting:
        return
    for name in instance.names():
        if not name.endswith("_wo") and fleeting(instance.get_value(name)):
            what = f"{instance.name}.{name} is ephemeral, and would be stored"
            instance.scope.session.gap("not-allowed", what, REFUSED, definition.place)


def _call(call: Call) -> None:
    found = call.configuration
    if found is None:
        return
    session, stated = call.module.session, call.definition.body.attributes
    for name, attribute in stated.items():
        if name not in CALL_META and name not in found.variables:
            place = call.definition.file.place(attribute.start, attribute.end)
            session.gap("not-allowed", f"{call.full} has no variable {name}", REFUSED, place)
    if call.instances():
        return  # each instance says by itself what it lacks
    for name, definition in found.variables.items():
        if name not in stated and "default" not in definition.body.attributes:
            what = f"{call.full}.var.{name} is required and not set"
            session.gap("not-allowed", what, REFUSED, call.definition.place)


def _depends(module: "Module", definition: Definition) -> None:
    stated = definition.body.attributes.get("depends_on")
    if stated is None:
        return
    place = definition.file.place(stated.start, stated.end)
    for path in free(stated.expr):
        if not _declared(module, path):
            what = f"{'.'.join(path)} is not declared"
            module.session.gap("undeclared-reference", what, "nothing waits for it", place)


def _declared(module: "Module", path: Path) -> bool:
    found = module.configuration
    tables: dict[str, Mapping[str, object]] = {
        "var": found.variables,
        "local": found.locals,
        "module": found.calls,
    }
    if path[0] in tables and len(path) > 1:
        return path[1] in tables[path[0]]
    if path[0] in ("data", "ephemeral"):
        return path[:3] in found.resources
    return len(path) < 2 or ("managed", *path[:2]) in found.resources


def _assertions(module: "Module") -> None:
    """`check` blocks: what they say is a warning, but what they cannot compute is refused."""
    for file in module.configuration.files:
        for block in file.body.blocks:
            own = any(each.type == "data" for each in block.body.blocks)
            if block.type != "check" or own:  # a data source of its own is asked when applied
                continue
            scope = Scope(module, file)
            for each in block.body.blocks:
                stated = each.body.attributes.get("condition")
                if stated is not None:
                    place = file.place(stated.start, stated.end)
                    name = f"{module.prefix}check.{'.'.join(block.labels)}"
                    computed(module.session, name, partial(scope.evaluate, stated.expr), place)
