"""The Markdown comment: within the limits of GitHub and GitLab, and harmless whatever is named."""

import re
from dataclasses import replace

import pytest

from scanner.diffing.comparing import compare
from scanner.diffing.judging import both, policy, waivers_of_head
from scanner.diffing.sides import sides
from scanner.estates import Request
from scanner.reports.diff_markdown import MOST_PICTURES, render
from tests.scanner.diffing.conftest import ESTATE, invoked
from tests.scanner.diffing.test_differences import PARTNERS

GITHUB = 65_536
GITLAB_PICTURE = 2_000


def difference(base, head):
    """Two directories compared."""
    named = sides(str(base), str(head), base)
    config = policy(named, None)
    request = Request(path=base, config=config)
    judged = both(named, request, lambda _: request.rules, waivers_of_head(named, config, None))
    return compare(*judged)


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """A change that opens paths."""
    head = tmp_path_factory.mktemp("head")
    (head / "main.tf").write_text((ESTATE / "main.tf").read_text() + PARTNERS)
    return difference(ESTATE, head)


def test_a_long_comment_is_cut_with_a_count(opened):
    paths = tuple(replace(opened.opened[0], id=f"path-{n:010}", root=f"r{n}") for n in range(900))
    pictures = tuple(replace(opened.pictures[0], path=p.id, root=p.root) for p in paths)
    findings = tuple(replace(f, rule=f"{f.rule}-{n}") for n in range(900) for f in
                     opened.findings_added)  # fmt: skip
    text = render(replace(opened, opened=paths, pictures=pictures, findings_added=findings))
    assert len(text) <= GITHUB
    assert "opens 900 attack paths" in text
    shown = text.count("#### ")
    assert f"*and {900 - shown} more paths, in `--format json`*" in text
    assert text.count("```mermaid") <= MOST_PICTURES
    assert "### New findings" in text


def test_pictures_are_small_enough_to_be_drawn_unasked(opened):
    assert opened.pictures
    assert all(0 < len(picture.mermaid) <= GITLAB_PICTURE for picture in opened.pictures)


def test_names_of_the_change_are_no_markup(tmp_path):
    nasty = "x](https://evil.example) @everyone <img src=x> | `y` #1 \\u202e"
    text = PARTNERS + f'\nlocals {{\n  nasty = "{nasty}"\n}}\n'
    text = text.replace("acme-customer-exports", "customer-${local.nasty}")
    (tmp_path / "main.tf").write_text((ESTATE / "main.tf").read_text() + text)
    found = difference(ESTATE, tmp_path)
    told = render(found)
    assert found.opened
    assert "evil" in told
    for pattern in (r"(?<!\\)\]\(https", r"@everyone", r"<img", "\u202e"):
        assert not re.search(pattern, told), pattern
    for picture in found.pictures:
        inside = re.findall(r'"([^"]*)"', picture.mermaid)
        assert all(re.fullmatch(r"[\w .,:/#;-]*", words) for words in inside)


def test_what_is_secret_is_in_no_comment(tmp_path):
    secret = "hunter2-hunter2"
    text = PARTNERS.replace("acme-customer-exports", "customer-${var.pass}")
    text += f'\nvariable "pass" {{\n  sensitive = true\n  default   = "{secret}"\n}}\n'
    (tmp_path / "head").mkdir()
    (tmp_path / "head" / "main.tf").write_text((ESTATE / "main.tf").read_text() + text)
    for form in ("markdown", "json", "text", "sarif"):
        done = invoked(str(ESTATE), str(tmp_path / "head"), "--format", form)
        assert "customer" in done.stdout
        assert secret not in done.stdout
        assert secret.replace("-", "#45;") not in done.stdout
