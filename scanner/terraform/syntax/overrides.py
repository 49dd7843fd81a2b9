"""How a block in an override file changes the block that it overrides.

Arguments replace arguments, nested blocks of a type replace all of that type; `lifecycle` is merged
argument by argument, and conditions and depends_on cannot be overridden.
https://developer.hashicorp.com/terraform/language/files/override
"""

from collections.abc import Iterator
from typing import Final

from scanner.terraform.syntax import Block, Body

UNMERGED: Final = frozenset(("validation", "precondition", "postcondition"))
FIXED: Final = "depends_on"
PRIMARY: Final = frozenset(("moved", "import", "removed", "check"))
"""Blocks that stand in no override file."""


def made_type(block: Block) -> str:
    """The type of the blocks that a nested block makes; a `dynamic` block has it as its label."""
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type


def merged(base: Block, over: Block) -> Block:
    """The block with what an override says of it."""
    attributes = dict(base.body.attributes)
    replaced = {made_type(block) for block in over.body.blocks} - UNMERGED - {"lifecycle"}
    for name in replaced & attributes.keys():
        del attributes[name]
    attributes |= {name: each for name, each in over.body.attributes.items() if name != FIXED}
    replaced |= over.body.attributes.keys()
    kept = [block for block in base.body.blocks if made_type(block) not in replaced]
    for block in over.body.blocks:
        if block.type == "lifecycle":
            kept = _with_lifecycle(kept, block)
        elif block.type not in UNMERGED:
            kept.append(block)
    return base._replace(body=Body(attributes, tuple(kept)))


def _with_lifecycle(blocks: list[Block], over: Block) -> list[Block]:
    for at, block in enumerate(blocks):
        if block.type == "lifecycle":
            attributes = block.body.attributes | over.body.attributes
            body = Body(attributes, block.body.blocks)
            return [*blocks[:at], block._replace(body=body), *blocks[at + 1 :]]
    return [*blocks, over]


def refused(over: Block) -> Iterator[tuple[str, int, int]]:
    """What an override may not say, as (what, start, end)."""
    if fixed := over.body.attributes.get(FIXED):
        yield f"{FIXED} cannot be overridden", fixed.start, fixed.end
    for block in over.body.blocks:
        if block.type in UNMERGED:
            yield f"{block.type} blocks cannot be overridden", block.start, block.end
        elif block.type == "lifecycle":
            yield from refused(block)
