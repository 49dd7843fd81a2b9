"""Plans and states as JSON documents that somebody else wrote: bounded, and never trusted.

Input: a file. Output: `At`, a value of the document with the way to it, which gives its parts in
the form that is asked for. What is not in that form is one DocumentProblem that names the place.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from graphs.resource import Value
from scanner.errors import DocumentProblem

MAX_BYTES: Final = 128 << 20
MAX_VALUES: Final = 10_000_000
"""Values that a document may hold: each costs some hundred bytes of memory."""
_MORE: Final = (b",", b"[", b"{")
_BINARY: Final = b"PK\x03\x04"
_SPACE: Final = b" \t\r\n\xef\xbb\xbf"
_HEAD: Final = 1 << 16
_SHOW: Final = "write it as JSON: terraform show -json PLANFILE > plan.json"


@dataclass(frozen=True, slots=True)
class At:
    """A value of a document. `path` leads to it from the top, "" for the whole."""

    file: str
    path: str
    value: Any

    def problem(self, what: str, fix: str = "") -> DocumentProblem:
        """That something here is not as it must be."""
        return DocumentProblem(f"{self.file}: {self.path or 'the document'} {what}", fix=fix)

    def __contains__(self, name: str) -> bool:
        return name in self.mapping()

    def get(self, name: str) -> "At":
        """A member; null where there is none."""
        path = f"{self.path}.{name}" if self.path else name
        return At(self.file, path, self.mapping().get(name))

    def mapping(self) -> Mapping[str, Any]:
        """An object; an empty one for null."""
        if self.value is None:
            return {}
        if not isinstance(self.value, dict):
            raise self.problem("is not an object")
        return self.value

    def members(self) -> "Iterator[tuple[str, At]]":
        """The members of an object, by name."""
        for name in self.mapping():
            yield name, self.get(name)

    def items(self) -> "Iterator[At]":
        """The elements of an array; none for null."""
        if self.value is not None and not isinstance(self.value, list):
            raise self.problem("is not an array")
        for at, each in enumerate(self.value or ()):
            yield At(self.file, f"{self.path}[{at}]", each)

    def text(self, default: "str | None" = None) -> str:
        """A string; `default` stands for null where there is one."""
        if self.value is None and default is not None:
            return default
        if not isinstance(self.value, str):
            raise self.problem("is not a string")
        return self.value

    def key(self) -> "int | str | None":
        """The index of an instance: a number, a string, or null."""
        if self.value is None or (
            isinstance(self.value, int | str) and not isinstance(self.value, bool)
        ):
            return self.value
        raise self.problem("is neither a number nor a string")


def is_document(path: Path) -> bool:
    """Whether a file begins as a plan or a state in JSON does.

    Raises DocumentProblem for a plan that only terraform can read.
    """
    try:
        if not path.is_file():
            return False  # to open a pipe would wait for who writes to it
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return False
    if head.startswith(_BINARY):
        said = f"{path} is a plan in terraform's own form, or another archive"
        raise DocumentProblem(said, fix=_SHOW)
    return head.lstrip(_SPACE).startswith(b"{")


def read_document(path: Path) -> tuple[At, str]:
    """The JSON object in a file, and the text of it."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as problem:
        reason = (problem.strerror or "").lower()
        raise DocumentProblem(f"{path} cannot be read: {reason}") from None
    if len(content) > MAX_BYTES:
        raise DocumentProblem(f"{path} is larger than {MAX_BYTES >> 20} MiB")
    if sum(map(content.count, _MORE)) > MAX_VALUES:
        raise DocumentProblem(f"{path} holds more than {MAX_VALUES} values")
    text, document = _parsed(path, content)
    if not isinstance(document, dict):
        raise DocumentProblem(f"{path} is neither a plan nor a state of terraform")
    return At(str(path), "", document), text


def _parsed(path: Path, content: bytes) -> tuple[str, Any]:
    try:
        text = content.decode("utf-8-sig")
        return text, json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except UnicodeDecodeError as problem:
        raise DocumentProblem(f"{path} is not UTF-8 (byte {problem.start})") from None
    except json.JSONDecodeError as problem:
        where = f"line {problem.lineno}, column {problem.colno}"
        if problem.pos >= len(problem.doc.rstrip()):
            raise DocumentProblem(f"{path} is truncated at {where}") from None
        raise DocumentProblem(f"{path} is not JSON: {problem.msg.lower()}, {where}") from None
    except RecursionError:
        raise DocumentProblem(f"{path} is nested too deeply") from None
    except ValueError as problem:
        raise DocumentProblem(f"{path} is not JSON: {problem}") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"the key {twice[:60]!r} stands twice in one object")
    return found


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def frozen(value: Any) -> Value:
    """What JSON says as a value of a resource: lists as tuples, whole numbers as such."""
    if isinstance(value, dict):
        return {name: frozen(each) for name, each in value.items()}
    if isinstance(value, list):
        return tuple([frozen(each) for each in value])
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value  # type: ignore[no-any-return]


def marked(tree: Any, path: str = "") -> Iterator[str]:
    """The paths that are true in a tree of flags, as sensitive_values and after_unknown are."""
    if tree is True:
        yield path
    elif isinstance(tree, dict):
        for name, each in tree.items():
            yield from marked(each, f"{path}.{name}" if path else name)
    elif isinstance(tree, list):
        for at, each in enumerate(tree):
            yield from marked(each, f"{path}[{at}]")


def texts(value: Any) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, dict) else ():
        yield from texts(each)
    for each in value if isinstance(value, list) else ():
        yield from texts(each)
