"""Gives every resource, data source, module call, local value and file of an estate another name.

Names only: what AWS is told (bucket names, tags, for_each keys) stays. The new names sort the other
way round, so that nothing may lean on their order either.
"""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from scanner.terraform.syntax import Block, Body, File, Node, parse

Names = dict[str, str]
Edit = tuple[int, str, str]  # offset, the name there, the new name


def rename(home: Path) -> Names:
    """Rename an estate in place. Answers the new address of each renamed thing of the root."""
    for directory in sorted({path.parent for path in home.rglob("*.tf")}, reverse=True):
        files = [parse(path.read_text(), path.name) for path in sorted(directory.glob("*.tf"))]
        names = backwards(sorted({name for file in files for name, _ in declared(file)}))
        for number, file in enumerate(files):
            (directory / file.name).unlink()
            (directory / f"file{len(files) - number:02}.tf").write_text(renamed(file, names))
    return names


def backwards(addresses: list[str]) -> Names:
    """New addresses, of the same types, in the opposite order."""
    last = len(addresses)
    return {
        old: f"{old.rpartition('.')[0]}.n{last - number:03}" for number, old in enumerate(addresses)
    }


def renamed(file: File, names: Names) -> str:
    """A file's text with other names."""
    text = file.text
    for address, at in sorted(chain(declared(file), used(file.body)), key=lambda each: -each[1]):
        if address in names:
            name, new = (each.rpartition(".")[2] for each in (address, names[address]))
            assert text.startswith(name, at), f"{file.name}: {address}"
            text = text[:at] + new + text[at + len(name) :]
    return text


def declared(file: File) -> Iterator[tuple[str, int]]:
    """What a file declares, by the address that others use, and where its name stands."""
    for block in file.body.blocks:
        if block.type == "locals":
            yield from ((f"local.{a.name}", a.start) for a in block.body.attributes.values())
        elif block.type in ("resource", "data", "module"):
            kind = () if block.type == "resource" else (block.type,)
            yield ".".join((*kind, *block.labels)), last_label(file, block)


def last_label(file: File, block: Block) -> int:
    """Where the last label of a block stands, which is its name."""
    labels = r"\s+".join(f'"{re.escape(label)}"' for label in block.labels)
    found = re.compile(rf"{block.type}\s+{labels}").match(file.text, block.start)
    assert found, f"{file.name}: {block.labels}"
    return found.end() - 1 - len(block.labels[-1])


def used(body: Body) -> Iterator[tuple[str, int]]:
    """The addresses that a body's expressions use, and where their last name stands."""
    for attribute in body.attributes.values():
        yield from references(attribute.expr)
    for block in body.blocks:
        yield from used(block.body)


def references(node: Node) -> Iterator[tuple[str, int]]:
    """`local.x`, `module.x`, `aws_vpc.x` and `data.aws_region.x` in an expression."""
    if node and node[0] == "attr":
        address = dotted(node)
        if address:
            yield address, node[2] - len(node[4])
    for part in node:
        if isinstance(part, tuple):
            yield from references(part)


def dotted(node: Node) -> str:
    """The text of a chain of plain names, or ""."""
    if node[0] == "var":
        return str(node[3])
    before = dotted(node[3]) if node[0] == "attr" else ""
    return before and f"{before}.{node[4]}"
