"""CODEOWNERS: patterns against a twin by brute force, both servers' rules, whose finding it is."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scanner.codeowners import MOST, find_codeowners, matches, parse_codeowners
from scanner.errors import TreeProblem
from scanner.pipeline import Request, scan
from scanner.tree import Directory


@pytest.mark.parametrize(
    ("pattern", "covers", "not_covers"),
    [
        ("*", ["a", "a/b/c.tf", ".hidden"], []),
        ("*.js", ["a.js", "x/y/a.js", "a.js/inside"], ["a.jsx"]),
        ("/build/logs/", ["build/logs/a", "build/logs/x/y"], ["build/logs", "x/build/logs/a"]),
        ("docs/*", ["docs/getting-started.md"], ["docs/build-app/troubleshooting.md", "x/docs/a"]),
        ("apps/", ["apps/a", "x/apps/y/z"], ["apps"]),
        ("/docs/", ["docs/a", "docs/b/c"], ["x/docs/a"]),
        ("/scripts", ["scripts", "scripts/a"], ["x/scripts"]),
        ("**/logs", ["logs", "build/logs", "deeply/nested/logs/x"], ["logs2"]),
        ("apps/github", ["apps/github", "apps/github/x"], ["x/apps/github"]),
        ("net", ["net", "net/main.tf", "a/net/main.tf"], ["nets/main.tf"]),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b/c"], ["ab", "a/xb"]),
        ("/*", ["a"], ["a/b"]),
        ("a?c", ["abc", "x/abc"], ["a/c", "ac"]),
        ("/**", ["a", "a/b"], []),
        (r"a\ b/", ["a b/c"], ["a/b/c"]),
        (r"\*.tf", ["*.tf"], ["a.tf"]),
        ("a.b", ["a.b"], ["axb"]),
    ],
)
def test_patterns_of_github(pattern, covers, not_covers):
    assert [path for path in covers if not matches(pattern, path)] == []
    assert [path for path in not_covers if matches(pattern, path)] == []


@pytest.mark.parametrize(
    ("pattern", "covers", "not_covers"),
    [
        ("README.md", ["README.md", "a/README.md"], ["README.md/x"]),
        ("docs/*.md", ["docs/a.md", "x/docs/a.md"], ["docs/x/a.md"]),
        ("/docs/", ["docs/a", "docs/b/c"], ["x/docs/a"]),
        ("/docs", ["docs"], ["docs/a"]),
        ("/docs/**/index.md", ["docs/index.md", "docs/a/b/index.md"], ["index.md"]),
        ("*", ["a", "a/b"], []),
    ],
)
def test_patterns_of_gitlab(pattern, covers, not_covers):
    assert [path for path in covers if not matches(pattern, path, gitlab=True)] == []
    assert [path for path in not_covers if matches(pattern, path, gitlab=True)] == []


def twin(pattern, path):
    """By the words of the documentation, one sign after the other."""
    parts = pattern.strip("/").split("/") if pattern.strip("/") else [""]
    anchored = pattern.startswith("/") or len(parts) > 1
    if pattern.endswith("/"):
        parts.append("**")
    names = path.split("/")
    starts = [0] if anchored or parts[0] == "**" else range(len(names))
    return any(below(parts, names[start:]) for start in starts)


def below(parts, names):
    """Whether the parts lead to what the names say, or to a directory around it."""
    if not parts:
        return True
    first, *rest = parts
    if first == "**":
        if not rest:
            return bool(names)
        return any(below(rest, names[n:]) for n in range(len(names)))
    if not names or not (first == "*" or named(first, names[0])):
        return False
    return not names[1:] if not rest and first == "*" else below(rest, names[1:])


def named(part, name):
    if not part or not name:
        return not part.replace("*", "") and not name
    if part[0] == "*":
        return named(part[1:], name) or named(part, name[1:])
    return part[0] in ("?", name[0]) and named(part[1:], name[1:])


PARTS = st.sampled_from(["a", "b", "ab", "*", "**", "a*", "*b", "?", "a?", "*a*"])
PATTERNS = st.builds(
    lambda start, parts, end: start + "/".join(parts) + end,
    st.sampled_from(["", "/"]),
    st.lists(PARTS, min_size=1, max_size=4),
    st.sampled_from(["", "/"]),
)
PATHS = st.lists(st.sampled_from(["a", "b", "ab", "aab", "ba"]), min_size=1, max_size=5).map(
    "/".join
)


@given(PATTERNS, PATHS)
@example("**/a", "a")
@example("a/**", "a")
@example("*/", "a/b")
@example("/**/", "a")
def test_patterns_are_those_of_the_twin(pattern, path):
    assert matches(pattern, path) == twin(pattern, path)


def owners(text, path, file="CODEOWNERS"):
    return [name for name, _ in parse_codeowners(text, file).of(path)]


GITHUB = """
# Everything, unless a later line says otherwise
*            @acme/all   # a comment behind
/net/        @acme/net @anna
/net/labs/
*.md         docs@acme.example
!/net/       @nobody
/wild[ab]    @nobody
/no-owner    somebody
/with\\ blank/ @blank
"""


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("main.tf", ["@acme/all"]),
        ("net/main.tf", ["@acme/net", "@anna"]),
        ("net/labs/main.tf", []),
        ("net/README.md", ["docs@acme.example"]),
        ("wilda", ["@acme/all"]),
        ("no-owner", ["@acme/all"]),
        ("with blank/a", ["@blank"]),
    ],
)
def test_the_last_line_that_matches_decides(path, names):
    assert owners(GITHUB, path) == names


GITLAB = """
* @all
[Network][2] @net-default
/net/
/net/dns/ @dns
^[Docs]
*.md @writers
[NETWORK]
/net/old/ @old
"""


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("main.tf", ["@all"]),
        ("net/main.tf", ["@all", "@net-default"]),
        ("net/dns/main.tf", ["@all", "@dns"]),
        ("net/dns/README.md", ["@all", "@dns", "@writers"]),
        ("net/old/main.tf", ["@all", "@old"]),
    ],
)
def test_each_section_of_gitlab_has_its_say(path, names):
    assert owners(GITLAB, path) == names


def test_where_it_is_looked_for(tmp_path):
    assert find_codeowners(Directory(tmp_path)) is None
    for home in (".gitlab/CODEOWNERS", "docs/CODEOWNERS", "CODEOWNERS", ".github/CODEOWNERS"):
        (tmp_path / home).parent.mkdir(exist_ok=True)
        (tmp_path / home).write_text("* @x")
        assert find_codeowners(Directory(tmp_path)).file == home


def test_a_hostile_file_costs_little(tmp_path):
    lines = [f"/*a*a*{n} @x\n" for n in range(MOST + 1)]
    assert parse_codeowners("".join(lines[:-1])).of("a" * 4000) == ()
    with pytest.raises(TreeProblem, match="more than 5,000 lines"):
        parse_codeowners("".join(lines))
    assert parse_codeowners(f"/{'*a' * 60}b @x\n").of("a" * 4000) == ()
    (tmp_path / "CODEOWNERS").symlink_to("/etc/passwd")
    with pytest.raises(TreeProblem, match="a link out of"):
        find_codeowners(Directory(tmp_path))


@pytest.fixture
def repository(tmp_path):
    """A repository whose estate is below its top."""
    (tmp_path / ".git").mkdir()
    (tmp_path / ".github").mkdir()
    lines = "* @acme/all\n/infra/ @acme/infra\n/infra/modules/ @acme/modules\n"
    (tmp_path / ".github/CODEOWNERS").write_text(lines)
    (tmp_path / "infra/modules/m").mkdir(parents=True)
    (tmp_path / "infra/main.tf").write_text(
        'module "m" {\n  source = "./modules/m"\n}\n'
        'resource "aws_s3_bucket" "own" {\n  tags = { Owner = "data team" }\n}\n'
    )
    (tmp_path / "infra/modules/m/main.tf").write_text('resource "aws_s3_bucket" "b" {}\n')
    return tmp_path


def owned(result):
    return {f.subject: [(o.name, o.tag, o.file, o.line) for o in f.owners] for f in result.findings}


def test_findings_have_the_owners_of_tags_calls_and_files(repository):
    found = owned(scan(Request(repository / "infra", environ={}, today=date(2026, 11, 22))))
    file = ".github/CODEOWNERS"
    assert found["aws_s3_bucket.own"] == [
        ("data team", "Owner", "", 0),
        ("@acme/infra", "", file, 2),
    ]
    assert found["module.m.aws_s3_bucket.b"] == [
        ("@acme/infra", "", file, 2),
        ("@acme/modules", "", file, 3),
    ]


def test_a_module_beside_the_repository_has_no_owner_in_it(repository, tmp_path_factory):
    library = tmp_path_factory.mktemp("library")
    (library / "net").mkdir()
    (library / "net/main.tf").write_text('resource "aws_s3_bucket" "b" {}\n')
    (repository / "infra/main.tf").write_text('module "m" {\n  source = "acme/net"\n}\n')
    found = owned(scan(Request(repository / "infra", modules=[library], environ={})))
    owners = [("@acme/infra", "", ".github/CODEOWNERS", 2)]
    assert found["module.m.aws_s3_bucket.b"] == owners, "by its call alone"


def test_paths_have_owners_of_what_is_lost_first(tmp_path):
    estate = Path(__file__).parent / "estate/main.tf"
    (tmp_path / "main.tf").write_text(estate.read_text())
    (tmp_path / "CODEOWNERS").write_text("main.tf @web")
    (path,) = scan(Request(tmp_path, environ={})).paths
    assert [(o.name, o.resource) for o in path.owners] == [("@web", "aws_s3_bucket.customers")]


def test_a_file_that_cannot_be_read_is_a_gap(repository):
    (repository / ".github/CODEOWNERS").write_bytes(b"\xff\xfe* @x")
    result = scan(Request(repository / "infra", environ={}))
    (gap,) = (g for g in result.gaps if "CODEOWNERS" in g.what)
    assert gap.effect == "owners are told by tags alone"
