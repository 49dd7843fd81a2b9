"""Where the command starts: makes sure that `rules` and `graphs` are ours, then runs it.

Other distributions also install packages of these names. One that comes first on the path, or
that was installed over ours, would make Pathwarden fail in ways that explain nothing.
"""

import gc
import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

PACKAGES = {"graphs": "resource.py", "rules": "api.py"}
"""Our other packages, and a file that each of them has."""


def main() -> None:
    """Run the command line, unless a package of ours is another's."""
    # Neither what is imported nor syntax trees hold cycles to speak of: collecting less often saves
    # a fifth of the imports and half of large scans.
    gc.set_threshold(200_000, 50, 100)
    foreign = foreign_packages(Path(__file__).resolve().parent.parent)
    if foreign:
        sys.stderr.write(complaint(foreign))
        raise SystemExit(2)
    gc.disable()  # what is imported lives on: `calm` begins to collect once it is there
    from scanner.cli import main as run

    run()


def calm() -> None:
    """Collect seldom, and never among what is imported.

    Syntax trees hold no cycles; collecting less often halves the time of large scans.
    """
    gc.set_threshold(200_000, 50, 100)
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def settle() -> None:
    """Never collect what is there now: the nodes of a large estate live as long as the command, and
    to look through them time and again takes a fifth of what is asked of them."""
    gc.freeze()


def foreign_packages(home: Path) -> dict[str, str]:
    """The packages that would not be imported from `home`, or not be ours there, and whence."""
    found = {name: find_spec(name) for name in PACKAGES}
    return {name: _whence(spec) for name, spec in found.items() if not _ours(name, spec, home)}


def complaint(foreign: dict[str, str]) -> str:
    """What is wrong, and what to do, for a person to read."""
    listed = "".join(f"  {name}: {whence}\n" for name, whence in foreign.items())
    return (
        "pathwarden: a package of another project stands where one of Pathwarden's should be:\n"
        f"{listed}"
        "Install Pathwarden in an environment of its own, for example with `pipx install` or\n"
        "`uv tool install`, and unset PYTHONPATH if it names a folder with such a package.\n"
    )


def _ours(name: str, spec: ModuleSpec | None, home: Path) -> bool:
    if spec is None or spec.origin is None:
        return False
    init = Path(spec.origin).resolve()
    if init.parent != home / name or not (init.parent / PACKAGES[name]).is_file():
        return False
    # Installing over ours replaces __init__.py and leaves our other files behind.
    return "estate" in init.read_text(encoding="utf-8", errors="replace")


def _whence(spec: ModuleSpec | None) -> str:
    if spec is None:
        return "not found"
    return spec.origin or ", ".join(spec.submodule_search_locations or ()) or "not found"
