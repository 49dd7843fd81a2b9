"""What a data source asks, and the Unknown that stands where nobody here can answer."""

from typing import TYPE_CHECKING

from graphs.unknown import Cause, Referent, Unknown
from scanner.terraform.values import Value, unmark_deep
from scanner.terraform.values.shapes import is_null

if TYPE_CHECKING:
    from scanner.terraform.resources import Instance


def argument(instance: "Instance", name: str) -> Value:
    """An argument without its marks; None where it is not set."""
    stated = instance.group.definition
    if name not in stated.body.attributes and name not in stated.groups:
        return None
    value = unmark_deep(instance.get_value(name))[0]
    return None if is_null(value) else value


def looked_up(instance: "Instance", name: str) -> Unknown:
    """The Unknown for what only the provider can say."""
    what = f"{instance.name}.{name}"
    refers = (Referent(instance.name, name),)
    return Unknown(Cause.DATA, what, refers, instance.group.definition.place)
