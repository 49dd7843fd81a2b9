"""CODEOWNERS: who owns which file of a repository.

Input: a Tree of the repository's top. Output: the owners of a path. By the rules of GitHub, where
the last line that matches decides
(https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners);
by those of GitLab where a file has sections or stands in .gitlab: there each section has its say,
a pattern without a first slash matches at any depth, and a directory ends with a slash
(https://docs.gitlab.com/user/project/codeowners/reference/).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from scanner.errors import TreeProblem
from scanner.tree import Tree

HOMES: Final = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Where it is looked for; the first that there is counts alone."""
MOST: Final = 5_000
"""Lines of it; a longer one is not read, since its last lines may decide."""
MOST_CHARACTERS: Final = 3 * 1024 * 1024
"""GitHub reads no larger file."""
_SECTION: Final = re.compile(r"\^?\[([^\]]+)\](?:\[[0-9]+\])?((?:\s.*)?)$")
_WORD: Final = re.compile(r"(?:\\.|[^\s\\])+")


@dataclass(frozen=True, slots=True)
class OwnerLine:
    """A pattern with its owners, none where it says that there are none."""

    pattern: str
    owners: tuple[str, ...]
    line: int
    section: str = ""


@dataclass(frozen=True, slots=True)
class Codeowners:
    """A file of owners. `gitlab` says by whose rules it is read."""

    file: str
    lines: tuple[OwnerLine, ...]
    gitlab: bool = False
    _known: dict[str, tuple[tuple[str, int], ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def of(self, path: str) -> tuple[tuple[str, int], ...]:
        """The owners of a path from the repository's top, each with the line that names it."""
        if path not in self._known:
            self._known[path] = self._decided(path)
        return self._known[path]

    def _decided(self, path: str) -> tuple[tuple[str, int], ...]:
        decided: dict[str, OwnerLine] = {}
        for line in reversed(self.lines):
            if line.section not in decided and matches(line.pattern, path, gitlab=self.gitlab):
                decided[line.section] = line
                if not self.gitlab:
                    break
        found = sorted(decided.values(), key=lambda each: each.line)
        return tuple(dict.fromkeys((owner, line.line) for line in found for owner in line.owners))


def find_codeowners(tree: Tree) -> Codeowners | None:
    """The owners of a repository; None where nothing says. Raises TreeProblem for a file that
    cannot be read."""
    for home in HOMES:
        if tree.exists(home) and not tree.is_dir(home):
            text = tree.read_text(home)
            if len(text) > MOST_CHARACTERS:
                raise TreeProblem(f"{home} is larger than {MOST_CHARACTERS // 2**20} MiB")
            return parse_codeowners(text, home)
    return None


def parse_codeowners(text: str, file: str = "CODEOWNERS") -> Codeowners:
    """Read a file of owners; lines that are not understood are left out, as the servers do.

    Raises TreeProblem for one that is too long.
    """
    said = text.removeprefix("\ufeff").splitlines()
    if len(said) > MOST:
        raise TreeProblem(f"{file} has more than {MOST:,} lines")
    gitlab = file.startswith(".gitlab/") or any(map(_SECTION.match, map(str.strip, said)))
    return Codeowners(file, tuple(_lines(said, gitlab=gitlab)), gitlab)


def _lines(said: Sequence[str], *, gitlab: bool) -> Iterator[OwnerLine]:
    section, usual = "", ()
    for number, text in enumerate(said, 1):
        line = text.strip()
        if gitlab and (header := _SECTION.match(line)):
            section, usual = header[1].strip().casefold(), tuple(header[2].split())
            continue
        pattern, *rest = _WORD.findall(line) or [""]
        owners = tuple(_before_comment(rest))
        if not pattern or pattern[0] in "#!" or (not gitlab and "[" in pattern):
            continue
        if all("@" in owner for owner in owners):
            yield OwnerLine(pattern, owners or usual, number, section)


def _before_comment(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        if word.startswith("#"):
            return
        yield word


def matches(pattern: str, path: str, *, gitlab: bool = False) -> bool:
    """Whether a pattern covers a path.

    >>> matches("*.tf", "net/main.tf"), matches("docs/*", "docs/a/b.md"), matches("/net/", "net/a")
    (True, False, True)
    """
    expression = _expression(pattern, gitlab)
    return expression is not None and expression.fullmatch(path) is not None


@cache
def _expression(pattern: str, gitlab: bool) -> Any:
    """The pattern as a regular expression, which takes time in proportion to the path alone."""
    import re2

    options = re2.Options()
    options.log_errors = False
    options.dot_nl = True
    try:
        return re2.compile(_translated(pattern, gitlab=gitlab), options)
    except re2.error:
        return None


def _translated(pattern: str, *, gitlab: bool) -> str:
    """`**` stands for whole directories, `*` and `?` for what is in one name."""
    segments = pattern.rstrip("/").removeprefix("/").split("/")
    anchored = pattern.startswith("/") or (not gitlab and len(segments) > 1)
    if not anchored and segments[0] != "**":
        segments.insert(0, "**")
    if pattern.endswith("/"):
        segments.append("**")
    *before, last = segments
    said = "".join("(?:.+/)?" if each == "**" else f"{_name(each)}/" for each in before)
    if last == "**":
        return f"{said}.+"
    below = "" if gitlab or last == "*" else "(?:/.*)?"
    return f"{said}{_name(last)}{below}"


_SIGNS: Final = {"*": "[^/]*", "?": "[^/]"}


def _name(segment: str) -> str:
    """One name; a backslash takes a sign for itself, and `*` alone is no empty name."""
    if segment == "*":
        return "[^/]+"
    parts = re.findall(r"\\.|.", segment, re.DOTALL)
    return "".join(_SIGNS.get(part) or re.escape(part[-1]) for part in parts)
