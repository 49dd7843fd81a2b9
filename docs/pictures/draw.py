# ruff: noqa: INP001 (a script, not a package)
"""Draws the pictures of the documentation again: `python docs/pictures/draw.py`."""

import sys
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]
HARBOR = HOME / "fixtures" / "terraform" / "harbor"
PICTURE = Path(__file__).with_name("harbor.svg")


def harbor() -> str:
    """The Harbor estate and its attack paths, as SVG."""
    from graphs.attack.paths import attack_paths
    from graphs.build import build_estate
    from graphs.views.picture import svg
    from scanner.config import load_config
    from scanner.terraform.evaluate import evaluate_root
    from scanner.tree import Directory

    evaluated = evaluate_root(Directory(HARBOR), "")
    declared = load_config(HARBOR).declared
    estate = build_estate(evaluated.resources, declared, evaluated.gaps, name="Harbor")
    return svg(estate, attack_paths(estate))


if __name__ == "__main__":
    sys.path.insert(0, str(HOME))
    PICTURE.write_text(harbor(), encoding="utf-8")
