"""A foreign `rules` or `graphs` stops the command with words, never with a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.startup import complaint, foreign_packages

HOME = Path(__file__).parents[2]


def start(*path: Path) -> subprocess.CompletedProcess[str]:
    """Start the command with these folders first on Python's path."""
    return subprocess.run(
        [sys.executable, "-P", "-c", "from scanner.startup import main; main()", "--version"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, path))},
    )


def package(folder: Path, name: str, text: str = "") -> Path:
    """A package that is not ours."""
    (folder / name).mkdir(parents=True)
    (folder / name / "__init__.py").write_text(text)
    return folder


def test_our_own_packages_pass():
    assert foreign_packages(HOME) == {}


@pytest.mark.parametrize("name", ["rules", "graphs"])
def test_a_foreign_package_first_on_the_path_is_named(tmp_path, name):
    done = start(package(tmp_path, name, "raise RuntimeError('never imported')"), HOME)

    assert done.returncode == 2
    assert f"{name}: {tmp_path / name / '__init__.py'}" in done.stderr
    assert "pipx install" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_package_installed_over_ours_is_seen(tmp_path, monkeypatch):
    for name, file in (("rules", "api.py"), ("graphs", "resource.py")):
        package(tmp_path, name, '"""Configurable permissions for Django."""')
        (tmp_path / name / file).touch()
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("rules", "graphs"):
        monkeypatch.delitem(sys.modules, name, raising=False)

    assert set(foreign_packages(tmp_path)) == {"rules", "graphs"}


def test_the_complaint_says_what_to_do():
    assert "Install Pathwarden in an environment of its own" in complaint({"rules": "/x"})
