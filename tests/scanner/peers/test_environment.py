"""Where Checkov's environment is, and what is said when it cannot be made."""

import re
import sys
from pathlib import Path

import msgspec
import pytest

from scanner.errors import PeerProblem
from scanner.peers import environment
from scanner.peers.environment import DATA, VERSION, data_directory, home, install, installed

PINNED = Path(environment.__file__).with_name("checkov.txt").read_text()


@pytest.fixture
def data(tmp_path, monkeypatch):
    """An empty data directory."""
    monkeypatch.setenv(DATA, str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.mark.parametrize(
    ("platform", "variables", "wanted"),
    [
        ("linux", {"HOME": "/home/ada"}, "/home/ada/.local/share/pathwarden"),
        ("linux", {"HOME": "/home/ada", "XDG_DATA_HOME": "/x"}, "/x/pathwarden"),
        # the specification says to ignore a relative path
        ("linux", {"HOME": "/home/ada", "XDG_DATA_HOME": "x"}, "/home/ada/.local/share/pathwarden"),
        ("darwin", {"HOME": "/Users/ada"}, "/Users/ada/Library/Application Support/pathwarden"),
        ("win32", {"LOCALAPPDATA": "/Ada/Local"}, "/Ada/Local/pathwarden"),
        ("linux", {"HOME": "/home/ada", DATA: "/elsewhere"}, "/elsewhere"),
    ],
)
def test_data_is_where_the_platform_keeps_it(platform, variables, wanted, monkeypatch):
    for name in ("XDG_DATA_HOME", "LOCALAPPDATA", DATA):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert data_directory() == Path(wanted)


def test_every_package_is_pinned_by_its_hash():
    packages = re.findall(r"^([a-z0-9-]+)==(\S+)", PINNED, re.MULTILINE)
    assert ("checkov", VERSION) in packages
    blocks = re.split(r"\n(?=[a-z0-9])", PINNED.partition("\naiodns")[2])
    assert all("--hash=sha256:" in block for block in blocks)
    assert not re.search(r"https?://|--index", PINNED)


def test_one_that_was_not_made_to_its_end_does_not_count(data):
    python = home() / "bin/python"
    python.parent.mkdir(parents=True)
    python.touch()
    assert installed() is None
    for packages, counts in (("of another release", False), (environment._pinned(), True)):
        mark = msgspec.json.encode({"version": VERSION, "packages": packages})
        (home() / "installed.json").write_bytes(mark)
        assert (installed() is not None) is counts
    (home() / "installed.json").write_text("{")
    assert installed() is None


def test_without_an_index_it_says_so_and_leaves_nothing_that_counts(data, monkeypatch, tmp_path):
    monkeypatch.setenv("PIP_INDEX_URL", (tmp_path / "none").as_uri())
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    told = []
    with pytest.raises(PeerProblem, match="Checkov was not installed: ") as problem:
        install(told.append)
    assert "PIP_INDEX_URL" in problem.value.fix
    assert [line.split()[0] for line in told] == ["Making", "Installing"]
    assert installed() is None


def test_without_venv_it_says_what_is_needed(data, monkeypatch, tmp_path):
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho 'ensurepip is not available' >&2\nexit 1\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    with pytest.raises(PeerProblem, match="ensurepip is not available") as problem:
        install([].append)
    assert "python3-venv" in problem.value.fix


def test_a_directory_that_cannot_be_made_is_told(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv(DATA, str(tmp_path / "file/data"))
    with pytest.raises(PeerProblem, match="Not a directory"):
        install([].append)


def test_removing_takes_every_version_away(data):
    told = []
    environment.uninstall(told.append)
    assert told == [f"There is nothing to remove in {data}."]
    for name in ("checkov-1.0.0", "checkov-3.3.30"):
        (data / name).mkdir(parents=True)
    environment.uninstall(told.append)
    assert list(data.iterdir()) == []
