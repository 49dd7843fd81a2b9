"""Runs commands in this process, and on a terminal in another."""

import os
import pty
import select
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from scanner.cli import main

ESTATE = Path(__file__).parents[1] / "estate"
HOME = Path(__file__).parents[3]
COMMAND = [sys.executable, "-c", "from scanner.startup import main; main()"]


@dataclass(frozen=True)
class Done:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def lines(self):
        return self.err.splitlines()


@pytest.fixture
def estate():
    """A web server that the internet reaches, and whose role reads customers' data."""
    return ESTATE


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run(monkeypatch, capsys):
    """`run("scan", path)` does what `pathwarden scan path` does."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["pathwarden", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Done(ended.value.code or 0, said.out, said.err)

    return call


@pytest.fixture
def shell():
    """Run the command in a process of its own."""

    def call(*arguments, **options):
        # A library of pytest's sets $COLUMNS behind Python's back, where children would find it.
        options.setdefault("env", dict(os.environ))
        return subprocess.run(
            [*COMMAND, *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            cwd=HOME,
            timeout=60,
            **options,
        )

    return call


@pytest.fixture
def terminal():
    """Run Python on a terminal; gives the exit code and all that the terminal was sent."""

    def call(*arguments, columns=80, **environment):
        process, screen = pty.fork()
        if process == 0:  # pragma: no cover
            os.chdir(HOME)
            os.environ.update({"TERM": "xterm-256color", "COLUMNS": str(columns), **environment})
            os.execv(sys.executable, [sys.executable, *map(str, arguments)])
        return _all_of(screen, process)

    return call


def _all_of(screen, process):
    said = b""
    while select.select([screen], [], [], 60)[0]:
        try:
            piece = os.read(screen, 65536)
        except OSError:
            break  # Linux says so when the last writer is gone
        if not piece:
            break
        said += piece
    else:
        os.kill(process, signal.SIGKILL)
    os.close(screen)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), said.decode()
