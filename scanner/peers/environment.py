"""Checkov's own environment: where it is, how it is made, how it goes away again.

Checkov needs other versions of packages that we need too, so that it never shares our environment
(docs/decisions/0002).
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

import msgspec

from scanner.errors import PeerProblem

VERSION: Final = "3.3.30"
DATA: Final = "PATHWARDEN_DATA"
"""The environment variable that names another data directory."""
LONGEST: Final = 1_800
"""Seconds that the installation may take; on slow lines a hundred packages take minutes."""
OFFLINE: Final = Path(__file__).with_name("offline.py")
LARGEST: Final = 500 << 20
"""Bytes of a plan that Checkov reads, and of an answer that we do."""
_MARK: Final = "installed.json"
_VARIABLES: Final = {
    "CKV_SKIP_PACKAGE_UPDATE_CHECK": "TRUE",  # it would ask the package index
    "BC_SKIP_MAPPING": "TRUE",  # it would ask its maker's platform
    "EVAL_TF_PLAN_AFTER_UNKNOWN": "TRUE",  # what is known after apply is not taken for absent
    "CHECKOV_MAX_FILE_SIZE": str(LARGEST),
    "CHECKOV_MAX_IAC_FILE_SIZE": str(LARGEST),
    "LOG_LEVEL": "ERROR",
}


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment that was made to its end."""

    directory: Path
    version: str

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return _python(self.directory)

    @property
    def variables(self) -> dict[str, str]:
        """What it runs with: nothing of the user's, no key of Checkov's platform, no proxy."""
        kept = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
        nowhere, there = str(self.directory), str(self.cache)
        own = {"HOME": nowhere, "USERPROFILE": nowhere, "TMPDIR": there, "TEMP": there}
        return {**kept, **own, "PATH": os.defpath, "LANG": "C.UTF-8", **_VARIABLES}

    @property
    def cache(self) -> Path:
        """Where Checkov keeps the tables of its parser, which take two seconds to make."""
        return self.directory / "cache"


def home() -> Path:
    """Where the environment is, or would be."""
    return data_directory() / f"checkov-{VERSION}"


def data_directory() -> Path:
    """Where the platform has a user's programs keep data; $PATHWARDEN_DATA overrides it.

    https://specifications.freedesktop.org/basedir-spec/latest/
    """
    said = os.environ.get(DATA)
    if said:
        return Path(said).expanduser().absolute()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or "~/AppData/Local").expanduser() / "pathwarden"
    if sys.platform == "darwin":
        return Path("~/Library/Application Support/pathwarden").expanduser()
    base = Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser()
    return (base if base.is_absolute() else Path.home() / ".local/share") / "pathwarden"


def installed() -> Environment | None:
    """The environment, if it was made to its end from the packages that are pinned today."""
    try:
        mark = msgspec.json.decode((home() / _MARK).read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError):
        return None
    whole = mark.get("packages") == _pinned() and _python(home()).exists()
    return Environment(home(), VERSION) if whole else None


def install(say: Callable[[str], None]) -> Environment:
    """Make the environment, telling each step. Raises PeerProblem where it cannot be made."""
    there = installed()
    if there:
        say(f"Checkov {there.version} is installed already, in {there.directory}.")
        return there
    directory = home()
    say(f"Making an environment of its own in {directory}")
    try:
        shutil.rmtree(directory, ignore_errors=True)  # what an attempt before left
        directory.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise PeerProblem(f"{directory.parent}: {problem.strerror}", fix=_ELSEWHERE) from None
    _run([sys.executable, "-I", "-m", "venv", str(directory)], _NO_VENV)
    with as_file(_packages()) as packages:
        count = sum(line[:1].isalnum() for line in packages.read_text("utf-8").splitlines())
        say(f"Installing Checkov {VERSION}, {count} packages in all, each pinned by its hash")
        _run([str(_python(directory)), "-I", *_PIP, str(packages)], _NO_PIP)
    there = Environment(directory, VERSION)
    there.cache.mkdir()
    say("Starting it once")
    _run([str(there.python), "-I", str(OFFLINE), "--version"], _AGAIN, there.variables)
    mark = msgspec.json.encode({"version": VERSION, "packages": _pinned()})
    (directory / _MARK).write_bytes(mark)
    say("Done. `pathwarden scan --checkov` runs it beside our analysis.")
    return there


def uninstall(say: Callable[[str], None]) -> None:
    """Remove every environment that was ever made. Raises PeerProblem where one stays."""
    found = sorted(data_directory().glob("checkov-*"))
    for each in found:
        say(f"Removing {each}")
        try:
            shutil.rmtree(each)
        except OSError as problem:
            raise PeerProblem(f"{each} stays: {problem.strerror}") from None
    if not found:
        say(f"There is nothing to remove in {data_directory()}.")


_PIP: Final = (
    *("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"),
    *("--no-deps", "--only-binary", ":all:", "--require-hashes", "--requirement"),
)
_NO_VENV: Final = "Python's venv module is needed; Debian has it in the package python3-venv"
_NO_PIP: Final = "pip needs a package index: its own settings and variables (PIP_INDEX_URL) count"
_AGAIN: Final = "remove it with `pathwarden checkov uninstall`, and install it again"
_ELSEWHERE: Final = f"name another directory with the environment variable {DATA}"


def _run(command: Sequence[str], fix: str, environ: Mapping[str, str] | None = None) -> None:
    try:
        done = subprocess.run(  # noqa: S603  our own arguments
            command, capture_output=True, text=True, check=False, timeout=LONGEST, env=environ
        )
    except subprocess.TimeoutExpired:
        raise PeerProblem(f"the installation took over {LONGEST} seconds", fix=fix) from None
    except OSError as problem:
        raise PeerProblem(f"{command[0]}: {problem.strerror}", fix=fix) from None
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:] or ["no reason given"]
        raise PeerProblem(f"Checkov was not installed: {said[0][:300]}", fix=fix)


def _packages() -> Traversable:
    return files("scanner.peers").joinpath("checkov.txt")


def _pinned() -> str:
    return hashlib.sha256(_packages().read_bytes()).hexdigest()


def _python(directory: Path) -> Path:
    inside = "Scripts/python.exe" if sys.platform == "win32" else "bin/python"
    return directory / inside
