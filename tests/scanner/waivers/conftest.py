"""Scans of small estates that are written in the test."""

from datetime import date

import pytest

from scanner.config import parse_config
from scanner.pipeline import Request, scan

TODAY = date(2026, 11, 22)


@pytest.fixture
def waived(tmp_path):
    """`waived(files, settings)` scans files and gives the result."""

    def call(files, settings="", **request):
        files = {"main.tf": files} if isinstance(files, str) else files
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        if settings:
            request["config"] = parse_config(f"version: 1\n{settings}")
        return scan(Request(tmp_path, environ={}, today=TODAY, **request))

    return call


@pytest.fixture
def said():
    """Which findings a result says are waived: subject and rule, with the reason."""

    def call(result):
        return {(f.subject, f.rule): f.waived.reason for f in result.findings if f.waived}

    return call


@pytest.fixture
def came():
    """What came of each waiver: its line, its rule, its status."""

    def call(result):
        return [(w.line, w.rule, w.status) for w in result.waivers]

    return call
