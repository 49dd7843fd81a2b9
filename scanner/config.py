"""pathwarden.yaml: what Pathwarden is told beside the code, found, read and checked once.

Input: a directory or a text. Output: a Config; or a ConfigProblem with file, line and what to
write instead. It decides nothing about findings: whoever judges asks it. Without a file nothing
heavy is imported. What each key means is in docs/configuration.md.
"""

import posixpath
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from graphs.addresses import prefix
from graphs.build.declared import DataRule, Declared, DeclaredOutsider, DeclaredSite
from graphs.estate import DeclaredEntry
from graphs.unknown import Place
from scanner.config_roots import RootSettings, read_modules, read_roots
from scanner.errors import ConfigProblem, TreeProblem, UsageProblem
from scanner.given import read_given
from scanner.tree import Directory, Tree
from scanner.waivers.waiver import Policy, Waiver

if TYPE_CHECKING:
    from scanner.config_file import ConfigFile, PlaceEntry, SiteEntry
    from scanner.yaml_text import Document

NAME = "pathwarden.yaml"
MAX_CHARACTERS = 1_000_000


@dataclass(frozen=True, slots=True)
class RuleChoice:
    """A rule that `only` or `skip` names, and where."""

    id: str
    place: Place


@dataclass(frozen=True, slots=True)
class Flow:
    """What the business needs to get from one end to another, and where it is declared."""

    source: str
    target: str
    place: Place


@dataclass(frozen=True, slots=True)
class Config:
    """All settings. Without a file it is empty; `fail_on` is None where the file is silent.

    `roots` is by directory, relative to the scanned one. `modules` are
    directories of modules by their way from the scanned one, and where they are named. `costs` are
    those of changes, by kind, that are not as usual. `company` is what it is, and is not, by the
    kinds of `rules/notifications.yaml`. `waiving` is what is allowed of waivers, those
    in comments too.
    """

    file: str = ""
    declared: Declared = field(default_factory=Declared)
    roots: Mapping[str, RootSettings] = field(default_factory=dict)
    modules: Mapping[str, Place] = field(default_factory=dict)
    keep: tuple[Flow, ...] = ()
    costs: Mapping[str, float] = field(default_factory=dict)
    company: Mapping[str, bool] = field(default_factory=dict)
    fail_on: str | None = None
    only: tuple[RuleChoice, ...] = ()
    skip: tuple[RuleChoice, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    waiving: Policy = field(default_factory=Policy)

    def settings(self, root: str) -> RootSettings:
        """What is set for a root module, by its directory relative to the scanned one."""
        return self.roots.get(root, RootSettings())

    def selects(self, rule: str) -> bool:
        """Whether a rule runs: it is among `only` where that says something, and not skipped."""
        only = {choice.id for choice in self.only}
        return (not only or rule in only) and rule not in {choice.id for choice in self.skip}

    def check_rules(self, known: Collection[str]) -> None:
        """Raise ConfigProblem for the first rule named that does not exist."""
        for choice in (*self.only, *self.skip):
            if choice.id not in known:
                raise ConfigProblem(
                    f"there is no rule {choice.id!r}", choice.place, "see `pathwarden rules`"
                )


def load_config(scanned: Path, given: Path | None = None) -> Config:
    """The settings for a scan of a directory: those given, else those found, else none.

    Paths in a file that was found count from its own directory, in one that was given from the
    scanned directory.
    """
    directory = scanned if scanned.is_dir() else scanned.parent
    if given is not None:
        config = parse_config(_read_given(given), str(given))
        return _confined(config, directory, directory)
    found = find_config(directory)
    if found is None:
        return Config()
    top, home, below = found
    try:
        text = Directory(top).read_text(posixpath.join(home, NAME))
    except TreeProblem as problem:
        raise ConfigProblem(problem.message, fix=problem.fix) from None
    config = parse_config(text, posixpath.relpath(NAME, below), below)
    return _confined(config, directory, top)


def config_in(tree: Tree, home: str) -> Config:
    """The settings for a directory of a tree, such as a revision, whose root is its repository's.

    They are looked for there and in each parent. Paths count from the file's own directory.
    """
    at = found_in(tree, home)
    if at is None:
        return Config()
    try:
        text = tree.read_text(posixpath.join(at, NAME))
    except TreeProblem as problem:
        raise ConfigProblem(problem.message, fix=problem.fix) from None
    below = posixpath.relpath(home, at)
    config = parse_config(text, posixpath.relpath(NAME, below), below)
    for name, place in config.modules.items():
        if name.startswith("..") or not tree.is_dir(posixpath.join(home, name)):
            raise ConfigProblem(f"{name} is not a directory below {home}", place)
    return config


def found_in(tree: Tree, home: str) -> str | None:
    """The directory of a tree that has the settings for another one: that itself, or a parent."""
    at = home
    while not tree.exists(posixpath.join(at, NAME)):
        if at == ".":
            return None
        at = posixpath.dirname(at) or "."
    return at


def _confined(config: Config, scanned: Path, top: Path) -> Config:
    """The settings, if all directories of modules are there and within `top`, links followed."""
    for name, place in config.modules.items():
        real = (scanned / name).resolve()
        if not real.is_dir():
            raise ConfigProblem(f"{name} is not a directory", place)
        if not real.is_relative_to(top.resolve()):
            raise ConfigProblem(f"{name} leads out of {top}", place, "name it by --modules-dir")
    return config


def find_config(directory: Path) -> tuple[Path, str, str] | None:
    """Look for pathwarden.yaml here, then in each parent up to the top of the git repository.

    Gives the top, the file's directory relative to it, and the way from there to `directory`.
    Outside a git repository only `directory` itself is looked at.
    """
    here = directory.resolve()
    homes = (here, *here.parents)
    top = next((home for home in homes if (home / ".git").exists()), here)
    for home in homes[: homes.index(top) + 1]:
        _refuse_misnamed(home)
        if (home / NAME).is_symlink() or (home / NAME).exists():
            return top, home.relative_to(top).as_posix(), here.relative_to(home).as_posix()
    return None


def parse_config(text: str, file: str = NAME, below: str = ".") -> Config:
    """Read settings from a text; `file` names it in messages.

    `below` is the way from the directory that paths count from to the scanned directory.
    """
    from scanner.config_file import read_entries
    from scanner.yaml_text import read_yaml

    if len(text) > MAX_CHARACTERS:
        raise ConfigProblem(f"longer than {MAX_CHARACTERS:,} characters", Place(file, 1, 1))
    document = read_yaml(text, file)
    entries = read_entries(document)
    waivers, waiving = _waivers(entries, document)
    return Config(
        file=file,
        declared=_declared(entries, document),
        roots=dict(read_roots(entries.roots, document, below)),
        modules=dict(read_modules(entries.modules, document, below)),
        keep=tuple(
            Flow(each.source, each.target, document.place(f"$.keep[{at}]"))
            for at, each in enumerate(entries.keep)
        ),
        costs=entries.costs.given(),
        company=entries.company.said(),
        fail_on=entries.fail_on,
        only=_choices(entries.only, "$.only", document),
        skip=_choices(entries.skip, "$.skip", document),
        waivers=waivers,
        waiving=waiving,
    )


def _waivers(entries: "ConfigFile", document: "Document") -> tuple[tuple[Waiver, ...], Policy]:
    from rules.catalogue import all_rules
    from scanner.config_waivers import read_policy, read_waivers

    known = {rule.id for rule in all_rules()}
    policy = read_policy(entries.waiving, document, known)
    return tuple(read_waivers(entries.waivers, document, known)), policy


def _read_given(path: Path) -> str:
    try:
        return read_given(path).decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise UsageProblem(f"--config {path}: {problem}") from None
    except UsageProblem as problem:
        raise UsageProblem(f"--config {problem.message}", fix=problem.fix) from None


def _refuse_misnamed(home: Path) -> None:
    for wrong in ("pathwarden.yml", ".pathwarden.yaml", ".pathwarden.yml"):
        if (home / wrong).exists() and not (home / NAME).exists():
            raise ConfigProblem(f"{home / wrong} is not read", fix=f"name it {NAME}")


def _declared(entries: "ConfigFile", document: "Document") -> Declared:
    _unique([site.name for site in entries.sites], "$.sites[{}].name", document)
    _unique([each.account for each in entries.outsiders], "$.outsiders[{}].account", document)
    return Declared(
        sites=tuple(
            _site(site, f"$.sites[{at}]", document) for at, site in enumerate(entries.sites)
        ),
        outsiders=tuple(
            DeclaredOutsider(each.account, each.name, document.place(f"$.outsiders[{at}]"))
            for at, each in enumerate(entries.outsiders)
        ),
        data=tuple(
            DataRule(each.match, each.data_class, document.place(f"$.data[{at}]"))
            for at, each in enumerate(entries.data)
        ),
        entries=tuple(
            _entry(each, document.place(f"$.entries[{at}]"))
            for at, each in enumerate(entries.entries)
        ),
        runs_terraform=entries.runs_terraform,
    )


def _entry(entry: "PlaceEntry", place: Place) -> DeclaredEntry:
    if entry.kind in _NEEDS_NODE and not entry.node:
        raise ConfigProblem(f"which {entry.kind}?", place, "name it: node")
    if entry.kind == "internet" and entry.node:
        raise ConfigProblem("the internet has no node", place, "leave node out")
    kind = entry.kind.replace("-", " ")
    return DeclaredEntry(kind, entry.node, entry.off, entry.plausibility, entry.why, place)


_NEEDS_NODE = ("contractor",)


def _site(site: "SiteEntry", path: str, document: "Document") -> DeclaredSite:
    from scanner.countries import COUNTRIES

    if site.country not in COUNTRIES:
        raise ConfigProblem(
            f"{site.country!r} is no country of ISO 3166-1",
            document.place(f"{path}.country"),
            "Norway is NO, the United Kingdom is GB",
        )
    for at, text in enumerate(site.prefixes):
        _check_prefix(text, document.place(f"{path}.prefixes[{at}]"))
    return DeclaredSite(
        site.name, site.country, site.prefixes, site.behind, site.people, document.place(path)
    )


def _check_prefix(text: str, place: Place) -> None:
    try:
        exact = prefix(text)
    except ValueError as problem:
        raise ConfigProblem(str(problem), place) from None
    if exact.low != prefix(text.partition("/")[0]).low:
        raise ConfigProblem(f"{text} has host bits set", place, f"write {exact}")


def _choices(ids: Sequence[str], path: str, document: "Document") -> tuple[RuleChoice, ...]:
    _unique(ids, path + "[{}]", document)
    return tuple(RuleChoice(rule, document.place(f"{path}[{n}]")) for n, rule in enumerate(ids))


def _unique(values: Sequence[str], path: str, document: "Document") -> None:
    for at, value in enumerate(values):
        if value in values[:at]:
            raise ConfigProblem(f"{value!r} stands twice", document.place(path.format(at)))
