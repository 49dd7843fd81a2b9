"""python-hcl2 as a second witness: it must see the blocks and arguments that our parser sees.

It is no oracle: what it is known to misread is in docs/decisions/0001-the-parser-is-ours.md, and
none of that stands in the fixtures.
"""

from pathlib import Path

import hcl2
import pytest

from scanner.terraform.syntax import Body, parse

FIXTURES = Path(__file__).parents[3] / "fixtures"
# The modules alone: python-hcl2 takes most of a second for a file.
FILES = sorted((FIXTURES / "terraform" / "harbor" / "modules").rglob("*.tf"))
# Keys that python-hcl2 adds to what stands in the file.
ADDED = {"__start_line__", "__end_line__", "__is_block__", "__comments__", "__inline_comments__"}


def ours(body: Body) -> dict[str, object]:
    """Argument names, and for each block type its blocks as (labels, contents)."""
    shape: dict[str, object] = dict.fromkeys(body.attributes, "argument")
    for block in body.blocks:
        listed = shape.setdefault(block.type, [])
        assert isinstance(listed, list)
        listed.append((block.labels, ours(block.body)))
    return shape


def theirs(body: dict[str, object]) -> dict[str, object]:
    shape: dict[str, object] = {}
    for name, value in body.items():
        if name in ADDED:
            continue
        blocks = value if isinstance(value, list) and _are_blocks(value) else None
        shape[name] = "argument" if blocks is None else [_block(b) for b in blocks]
    return shape


def _are_blocks(value: list[object]) -> bool:
    return bool(value) and all(isinstance(v, dict) and _inner(v)[1] for v in value)


def _inner(value: dict[str, object]) -> tuple[tuple[str, ...], dict[str, object] | None]:
    """A block's labels and its body, which python-hcl2 nests by label; None for an object."""
    labels: tuple[str, ...] = ()
    while "__is_block__" not in value:
        keys = [k for k in value if k not in ADDED]
        if len(keys) != 1 or not isinstance(value[keys[0]], dict):
            return labels, None
        labels = (*labels, keys[0].strip('"'))
        value = value[keys[0]]  # type: ignore[assignment]
    return labels, value


def _block(value: dict[str, object]) -> tuple[tuple[str, ...], dict[str, object]]:
    labels, body = _inner(value)
    assert body is not None
    return labels, theirs(body)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(FIXTURES)))
def test_python_hcl2_sees_the_same_blocks_and_arguments(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert theirs(hcl2.loads(text)) == ours(parse(text, path.name).body)
