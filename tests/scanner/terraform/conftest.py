"""A root module from a few lines of Terraform."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from scanner.terraform.evaluate import Evaluated, evaluate_root
from scanner.tree import Directory
from tests.scanner.terraform.confined import confined, gaps_of


@pytest.fixture
def terraform(tmp_path: Path) -> Callable[..., Evaluated]:
    """Evaluate `main.tf`, or several files by name."""

    def evaluate(files: str | Mapping[str, str], directory: str = ".", **options: Any) -> Evaluated:
        for name, text in ({"main.tf": files} if isinstance(files, str) else files).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return evaluate_root(Directory(tmp_path), directory, **options)

    return evaluate


@pytest.fixture
def gaps(tmp_path: Path) -> Callable[..., list[str]]:
    """What is said of a few files by name, or of a main.tf."""

    def call(files: str | Mapping[str, str | bytes]) -> list[str]:
        for name, text in ({"main.tf": files} if isinstance(files, str) else files).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        found = confined(lambda: gaps_of(tmp_path))
        assert isinstance(found, list), found
        return found

    return call
