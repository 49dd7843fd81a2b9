"""Real git repositories, made with the git binary, and the command run on them."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from scanner.cli import cli

ESTATE = Path(__file__).parents[1] / "estate"
WHO = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false")


@dataclass(frozen=True)
class Repo:
    """A repository of the test's own."""

    home: Path

    def git(self, *words):
        done = subprocess.run(
            ["git", *WHO, *words],
            cwd=self.home,
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull},
        )
        return done.stdout.strip()

    def write(self, files):
        """Write files, delete those that are None."""
        for path, text in files.items():
            place = self.home / path
            if text is None:
                place.unlink()
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text)

    def commit(self, files=None, name="change"):
        """Commit all that lies there, after writing; gives the commit."""
        self.write(files or {})
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--allow-empty", "--message", name)
        return self.git("rev-parse", "HEAD")

    def edit(self, path, old, new):
        """Replace a text that stands once in a file."""
        text = (self.home / path).read_text()
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
        (self.home / path).write_text(text.replace(old, new))

    def diff(self, *words):
        """What `pathwarden diff` answers on it."""
        return invoked("--on", str(self.home), *words)

    def json(self, *words):
        """The same as JSON."""
        done = self.diff("--format", "json", *words)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return json.loads(done.stdout)


def invoked(*words):
    return CliRunner().invoke(cli, ["diff", *map(str, words)], standalone_mode=False)


def code(done):
    """The exit code of a command that answered."""
    assert done.exception is None, done.exception
    return done.return_value or 0


@pytest.fixture
def repo(tmp_path):
    """An empty repository."""
    home = tmp_path / "repo"
    home.mkdir()
    made = Repo(home)
    made.git("init", "--quiet", "--initial-branch", "main")
    return made


@pytest.fixture
def estate(repo):
    """The small estate, committed on main: a web server, its role, and customers' data."""
    shutil.copytree(ESTATE, repo.home, dirs_exist_ok=True)
    repo.commit(name="base")
    return repo
