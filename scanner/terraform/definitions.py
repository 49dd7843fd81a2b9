"""What the files of one directory define, before anything is evaluated.

Files that do not parse are Gaps and the others still count. Override files are merged last.
https://developer.hashicorp.com/terraform/language/files/override
"""

import posixpath
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final
from weakref import WeakKeyDictionary

from graphs.unknown import Place
from graphs.verdict import Gap
from scanner.errors import TreeProblem
from scanner.terraform.gaps import Gaps
from scanner.terraform.remarks import Remark, marks, remarks
from scanner.terraform.syntax import (
    Attribute,
    Block,
    Body,
    File,
    SyntaxProblem,
    json_syntax,
    parse,
    signs,
)
from scanner.terraform.syntax.overrides import PRIMARY, made_type, merged, refused
from scanner.tree import Tree

SUFFIXES: Final = (".tf", ".tf.json", ".tofu", ".tofu.json")


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """A block with its file; `overridden` names the file of what an override file replaced."""

    file: File
    block: Block
    overridden: dict[str, File] = field(default_factory=dict)
    groups: dict[str, list[Block]] = field(default_factory=dict)
    """Nested blocks by type, a `dynamic` block under the type that it makes."""
    memo: dict[str, object] = field(default_factory=dict)
    """What was worked out of the block alone, such as a type constraint."""

    def __post_init__(self) -> None:
        for block in self.block.body.blocks:
            self.groups.setdefault(made_type(block), []).append(block)

    @property
    def body(self) -> Body:
        """What stands between the braces."""
        return self.block.body

    @property
    def place(self) -> Place:
        """The lines of the block."""
        return self.file.place(self.block.start, self.block.end)


@dataclass(frozen=True, slots=True, eq=False)
class Local:
    """One local value with its file."""

    file: File
    attribute: Attribute


@dataclass(slots=True, eq=False)
class Configuration:
    """All that the files of one directory define. Resources are keyed (mode, type, name)."""

    directory: str
    files: list[File] = field(default_factory=list)
    variables: dict[str, Definition] = field(default_factory=dict)
    locals: dict[str, Local] = field(default_factory=dict)
    outputs: dict[str, Definition] = field(default_factory=dict)
    resources: dict[tuple[str, str, str], Definition] = field(default_factory=dict)
    calls: dict[str, Definition] = field(default_factory=dict)
    providers: dict[str, Definition] = field(default_factory=dict)
    settings: list[Definition] = field(default_factory=list)
    gaps: Gaps = field(default_factory=Gaps)
    comments: list[Remark] = field(default_factory=list)
    letters: int = 0
    """Characters of source."""
    refused: Gaps | None = None
    """What terraform refuses in it, once somebody asked (refusals.py)."""


OURS: Final = "pathwarden"
PARSERS: Final = (OURS, "python-hcl2")
MAX_TEXT: Final = 32 * 1024 * 1024
"""Characters in all the files of a tree: their syntax trees take some sixty times as much."""
_DENSE: Final = 12
"""Characters that a line, a bracket or a comma counts as where they stand closer than usual."""
_REMARKED: Final = 1_000
"""Characters that a waiver counts as, whose reading takes as long."""
_PARSERS: WeakKeyDictionary[Tree, str] = WeakKeyDictionary()
_WEIGHTS: WeakKeyDictionary[Tree, int] = WeakKeyDictionary()
_KNOWN: WeakKeyDictionary[Tree, dict[str, Configuration]] = WeakKeyDictionary()
_FILES: WeakKeyDictionary[Tree, dict[str, File]] = WeakKeyDictionary()


def read_with(tree: Tree, parser: str, parsed: dict[str, File] | None = None) -> None:
    """Choose who reads the native syntax of a tree, one of PARSERS, before anything is read.

    `parsed` are the files of another tree, which need not be parsed again where they hold the same
    text; what is parsed here is added.
    """
    _PARSERS[tree] = parser
    _FILES[tree] = {} if parsed is None else parsed


def configuration(tree: Tree, directory: str) -> Configuration:
    """What a directory defines; read once, since many root modules call the same module."""
    known = _KNOWN.setdefault(tree, {})
    if directory not in known:
        known[directory] = _read(tree, directory)
    return known[directory]


def sources(paths: Iterable[str]) -> list[str]:
    """The configuration files among the files of a directory; x.tofu hides x.tf."""
    found = [path for path in paths if path.endswith(SUFFIXES) and not _ignored(path)]
    hidden = {
        path.removesuffix(suffix) + suffix.replace("tofu", "tf")
        for suffix in (".tofu", ".tofu.json")
        for path in found
        if path.endswith(suffix)
    }
    return [path for path in found if path not in hidden]


def _ignored(path: str) -> bool:
    name = posixpath.basename(path)
    return name.startswith(".") or name.endswith("~") or (name[0] == name[-1] == "#")


def _overrides(path: str) -> bool:
    stem = posixpath.basename(path)
    for suffix in sorted(SUFFIXES, key=len, reverse=True):
        stem = stem.removesuffix(suffix)
    return stem == "override" or stem.endswith("_override")


def _read(tree: Tree, directory: str) -> Configuration:
    result = Configuration(directory)
    try:
        paths = sources(tree.files(directory))
    except TreeProblem as problem:
        result.gaps.add(Gap("unreadable", problem.message, "nothing in it is known"))
        return result
    for path in sorted(paths, key=lambda path: (_overrides(path), path)):
        file = _parsed(tree, path, result)
        if file is not None:
            _add(result, file, _overrides(path))
    return result


def _parsed(tree: Tree, path: str, result: Configuration) -> File | None:
    place = Place(path, 1, 1)
    try:
        text = tree.read_text(path)
        known = _FILES.get(tree, {})
        if path in known and known[path].text == text:
            return known[path]
        _weigh(tree, text)
        known[path] = _syntax(tree, text, path)
        return known[path]
    except TreeProblem as problem:
        result.gaps.add(Gap("unreadable", problem.message, _LOST, place, problem.fix))
    except SyntaxProblem as problem:
        place = Place(path, problem.line, problem.line)
        result.gaps.add(Gap("syntax-error", problem.message, _LOST, place))
    return None


def _syntax(tree: Tree, text: str, path: str) -> File:
    return json_syntax.parse(text, path) if path.endswith(".json") else _parser(tree)(text, path)


def _weigh(tree: Tree, text: str) -> None:
    """Count what was read of a tree. Raises TreeProblem beyond what memory is meant to hold."""
    weight = max(len(text), _DENSE * signs(text), _REMARKED * marks(text))
    _WEIGHTS[tree] = _WEIGHTS.get(tree, 0) + weight
    if _WEIGHTS[tree] > MAX_TEXT:
        raise TreeProblem(f"more than {MAX_TEXT // 2**20} MiB of configuration in all")


def _parser(tree: Tree) -> Callable[[str, str], File]:
    if _PARSERS.get(tree, OURS) == OURS:
        return parse
    from scanner.terraform.syntax import hcl2_syntax  # python-hcl2 takes long to import

    return hcl2_syntax.parse


_LOST: Final = "what the file defines is not known"
_PART_LOST: Final = "what stands there is not known"
_IGNORED: Final = "terraform would refuse it; it is left out"


def _add(result: Configuration, file: File, overrides: bool) -> None:
    result.letters += len(file.text)
    result.files.append(file)
    result.comments += remarks(file)
    for problem in file.problems:
        place = Place(file.name, problem.line, problem.line)
        result.gaps.add(Gap("syntax-error", problem.message, _PART_LOST, place))
    for block in file.body.blocks:
        if block.type == "locals":
            _add_locals(result, file, block, overrides)
        else:
            _add_block(result, file, block, overrides)


def _add_locals(result: Configuration, file: File, block: Block, overrides: bool) -> None:
    for name, attribute in block.body.attributes.items():
        if name in result.locals and not overrides:
            place = file.place(attribute.start, attribute.end)
            result.gaps.add(_twice(f"local.{name}", place))
        else:
            if overrides and name not in result.locals:
                place = file.place(attribute.start, attribute.end)
                result.gaps.add(_baseless(f"local.{name}", place))
            result.locals[name] = Local(file, attribute)


def _twice(name: str, place: Place) -> Gap:
    return Gap("duplicate", f"{name} is declared twice", "the first declaration is used", place)


def _baseless(name: str, place: Place) -> Gap:
    return Gap("not-allowed", f"{name} overrides nothing", "terraform would refuse it", place)


def _add_block(result: Configuration, file: File, block: Block, overrides: bool) -> None:
    definition = Definition(file, block)
    if block.type == "terraform":
        result.settings.append(definition)
        return
    if overrides:
        result.gaps.update(_refusals(definition))
    for table, key, name in _slots(result, block):
        if key not in table:
            table[key] = definition
            if overrides and block.type in _NEEDS_BASE:
                result.gaps.add(_baseless(name, definition.place))
        elif overrides:
            table[key] = _overridden(table[key], definition)
        else:
            result.gaps.add(_twice(name, definition.place))


def _refusals(over: Definition) -> Iterator[Gap]:
    """What cannot stand in an override file."""
    if over.block.type in PRIMARY:
        what = f"a {over.block.type} block in an override file"
        yield Gap("not-allowed", what, _IGNORED, over.place)
    for what, start, end in refused(over.block):
        yield Gap("not-allowed", what, _IGNORED, over.file.place(start, end))


def _slots(
    result: Configuration, block: Block
) -> Iterator[tuple[dict[object, Definition], object, str]]:
    """The table and key that a block is for; none for blocks that define nothing here."""
    labels = block.labels
    if block.type in MODES and len(labels) == 2:
        mode = MODES[block.type]
        prefix = "" if mode == "managed" else mode + "."
        yield result.resources, (mode, *labels), prefix + ".".join(labels)  # type: ignore[misc]
    elif block.type == "provider" and len(labels) == 1:
        alias = block.body.attributes.get("alias")
        name = f"{labels[0]}.{alias.expr[3]}" if alias else labels[0]
        yield result.providers, name, f"provider {name}"  # type: ignore[misc]
    elif block.type in _NAMED and len(labels) == 1:
        table = getattr(result, _NAMED[block.type])
        yield table, labels[0], f"{block.type} {labels[0]}"


MODES: Final = {"resource": "managed", "data": "data", "ephemeral": "ephemeral"}
_NAMED: Final = {"variable": "variables", "output": "outputs", "module": "calls"}


_NEEDS_BASE: Final = (*MODES, *_NAMED)


def _overridden(base: Definition, over: Definition) -> Definition:
    """A definition with what an override file says of it, which knows the file of each part."""
    parts = (*over.body.attributes, *map(made_type, over.body.blocks))
    files = {**base.overridden, **dict.fromkeys(parts, over.file)}
    return Definition(base.file, merged(base.block, over.block), files)
