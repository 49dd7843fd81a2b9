"""terraform_data, the one resource that terraform itself provides.

https://developer.hashicorp.com/terraform/language/resources/terraform-data
"""

from typing import TYPE_CHECKING, Final

from scanner.errors import EvaluationProblem
from scanner.terraform.values.promises import typed
from scanner.terraform.values.shapes import Sensitive, Value, is_null, type_of

if TYPE_CHECKING:
    from scanner.terraform.resources import Instance

TYPE: Final = "terraform_data"
ATTRIBUTES: Final = ("id", "input", "output", "triggers_replace")


def also(kind: str) -> tuple[str, ...]:
    """The attributes that a resource of this type has, whether they are set or not."""
    return ATTRIBUTES if kind == TYPE else ()


def absent(instance: "Instance", name: str) -> Value:
    """An attribute that the configuration does not set: `output` will be what `input` is.

    Raises EvaluationProblem for one that there is not.
    """
    if name not in ATTRIBUTES:
        raise EvaluationProblem(f"{TYPE} has no attribute {name!r}")
    if name == "id":
        return typed(instance.computed_at(name), "string", null=False)
    if name != "output":
        return None
    given = instance.get_value("input")
    bare = given.value if isinstance(given, Sensitive) else given
    if is_null(bare):
        return None
    made = typed(instance.computed_at(name), type_of(bare))
    return Sensitive(made) if isinstance(given, Sensitive) else made
