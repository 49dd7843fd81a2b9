"""The README's excerpts are what the commands say now."""

import re
import sys
from pathlib import Path

import pytest

from scanner.cli import main
from scanner.config import load_config
from scanner.pipeline import Request, scan
from scanner.reports.text import render

ROOT = Path(__file__).resolve().parent.parent
HARBOR = ROOT / "fixtures" / "terraform" / "harbor"
LINES = 30


def report() -> str:
    result = scan(Request(path=HARBOR, config=load_config(HARBOR), environ={}))
    return render(result, width=96).replace(str(HARBOR), "fixtures/terraform/harbor")


def excerpt() -> str:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- excerpt: scan -->\n```text\n(.*?)```", readme, re.DOTALL)
    assert found, "README.md has no excerpt of a scan"
    return found[1]


def test_the_answer_in_the_readme_is_given(capsys, monkeypatch) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(
        r"<!-- excerpt: reach -->\n```text\n\$ pathwarden (.*?)\n(.*?)```", readme, re.DOTALL
    )
    assert found, "README.md has no answer of reach"
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(sys, "argv", ["pathwarden", *found[1].split()])
    with pytest.raises(SystemExit):
        main()
    assert capsys.readouterr().out == found[2]


def test_the_excerpt_in_the_readme_is_the_beginning_of_the_report() -> None:
    """To renew it: python tests/test_readme.py"""
    assert excerpt() == "".join(report().splitlines(keepends=True)[:LINES])


if __name__ == "__main__":
    page = ROOT / "README.md"
    said = page.read_text(encoding="utf-8")
    new = "".join(report().splitlines(keepends=True)[:LINES])
    mark = "<!-- excerpt: scan -->\n```text\n"
    start = said.index(mark) + len(mark)
    end = said.index("```", start)
    page.write_text(said[:start] + new + said[end:], encoding="utf-8")
