"""A root module from a few lines of Terraform."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from scanner.terraform.evaluate import Evaluated, evaluate_root
from scanner.tree import Directory


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
