"""Where the module of a source stands in a directory of modules, as docs/configuration.md says.

Nothing is downloaded: the directory holds what somebody has put there.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from scanner.errors import TreeProblem
from scanner.terraform.definitions import sources
from scanner.tree import Tree

_GETTER: Final = re.compile(r"^[a-z0-9]+::")
_SCHEME: Final = re.compile(r"^[a-z][a-z0-9+]*://")
_USER: Final = re.compile(r"^[^/@]*@")
_REGISTRY: Final = re.compile(r"^(?:[\w.-]+\.[\w.-]+/)?[\w-]+/[\w-]+/[a-z0-9]+$")
_ARCHIVE: Final = re.compile(r"\.(git|zip|tar\.gz|tgz|tar\.bz2|tar\.xz|tar)$")


def found_in(tree: Tree, libraries: Sequence[str], source: str, version: str) -> str | None:
    """The directory of a module: the first of its names that holds configuration."""
    package, inside, stated = _parts(source)
    if ".." in f"{package}/{inside}".split("/"):
        return None
    for library in libraries:
        for name in _names(package):
            for each in _versions(name, version or stated):
                directory = "/".join(part for part in (library, each, inside) if part)
                if _holds_module(tree, directory):
                    return directory
    return None


def _parts(source: str) -> tuple[str, str, str]:
    """The package that a source names, the directory in it, and its `ref`."""
    address, _, query = source.partition("?")
    stated = re.search(r"(?:^|&)ref=([^&]+)", query)
    bare = _USER.sub("", _SCHEME.sub("", _GETTER.sub("", address)))
    package, _, inside = bare.partition("//")
    return package.replace(":", "/").strip("/"), inside.strip("/"), stated[1] if stated else ""


def _names(package: str) -> Iterator[str]:
    """The names that a package may have, the most exact first: the tails of its path.

    >>> list(_names("github.com/acme/net.git"))
    ['github.com/acme/net', 'acme/net', 'net']
    >>> list(_names("terraform-aws-modules/vpc/aws"))[1:]
    ['terraform-aws-modules/terraform-aws-vpc', 'vpc/aws', 'terraform-aws-vpc']
    """
    path = _ARCHIVE.sub("", package).split("/")
    if not _REGISTRY.match(package):
        yield from ("/".join(path[at:]) for at in range(len(path)))
        return
    host, (owner, name, provider) = path[:-3], path[-3:]
    repository = f"terraform-{provider}-{name}"
    if host:
        yield "/".join(path)
    yield from (f"{owner}/{name}/{provider}", f"{owner}/{repository}")
    yield from (f"{name}/{provider}", repository)


def _versions(name: str, version: str) -> tuple[str, ...]:
    """A directory of that version in it comes before the directory itself."""
    exact = re.fullmatch(r"[\w.-]+", version.strip().removeprefix("=").strip())
    return (f"{name}/{exact[0]}", name) if exact and ".." not in exact[0] else (name,)


def _holds_module(tree: Tree, directory: str) -> bool:
    try:
        return tree.is_dir(directory) and bool(sources(tree.files(directory)))
    except TreeProblem:
        return False
