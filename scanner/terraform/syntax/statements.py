"""What may stand in the blocks that terraform itself reads: their labels, arguments and blocks.

https://developer.hashicorp.com/terraform/language/syntax/configuration
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Shape:
    """What a block takes; `arguments` None stands for any, as a provider's schema has it."""

    labels: int = 0
    required: tuple[str, ...] = ()
    arguments: frozenset[str] | None = None
    blocks: "dict[str, Shape] | None" = None


def _shape(
    labels: int, required: str = "", optional: str = "", blocks: "dict[str, Shape] | None" = None
) -> Shape:
    names = tuple(required.split())
    return Shape(labels, names, frozenset((*names, *optional.split())), blocks or {})


_CONDITION: Final = _shape(0, "condition error_message")
_LIFECYCLE: Final = _shape(
    0,
    optional="create_before_destroy prevent_destroy ignore_changes replace_triggered_by",
    blocks={"precondition": _CONDITION, "postcondition": _CONDITION},
)
TOP: Final = {
    "terraform": Shape(),
    "locals": Shape(),
    "provider": Shape(1),
    "variable": _shape(
        1,
        optional="type default description sensitive nullable ephemeral deprecated const",
        blocks={"validation": _CONDITION},
    ),
    "output": _shape(
        1,
        "value",
        "description sensitive ephemeral depends_on deprecated",
        {"precondition": _CONDITION},
    ),
    "module": Shape(1, ("source",)),
    "resource": Shape(2),
    "data": Shape(2),
    "ephemeral": Shape(2),
    "moved": _shape(0, "from to"),
    "import": _shape(0, "to", "id identity for_each provider"),
    "removed": Shape(0, ("from",)),
    "check": Shape(1),
}
"""The blocks at the top of a file."""

INNER: Final = {"lifecycle": _LIFECYCLE}
"""The blocks that terraform itself reads within a resource or a data source."""

RESOURCES: Final = {
    "terraform_data": _shape(
        2,
        optional="input triggers_replace count for_each provider depends_on",
        blocks={"lifecycle": _LIFECYCLE, "provisioner": Shape(1), "connection": Shape()},
    )
}
"""The resources of terraform itself."""

RESERVED: Final = frozenset(
    ("source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals")
)
"""Names that no variable may have."""
