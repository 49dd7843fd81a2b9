"""pathwarden.yaml: where it is found, what it means, and what it says of mistakes."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from graphs.build.classes import CLASSES
from graphs.build.declared import DataRule, DeclaredOutsider, DeclaredSite
from graphs.unknown import Place
from scanner.config import Config, load_config, parse_config
from scanner.config_file import schema
from scanner.errors import ConfigProblem, UsageProblem
from scanner.terraform.told import Var
from scanner.yaml_text import read_yaml

HOME = Path(__file__).parents[2]
PAGE = (HOME / "docs/configuration.md").read_text()
PUBLISHED = json.loads((HOME / "scanner/schemas/config.json").read_text())
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)

SITE = "version: 1\nsites:\n  - {name: Oslo, country: NO, prefixes: [10.0.0.0/8]%s}\n"

GOOD = {
    "the least": "version: 1\n",
    "the page's example": EXAMPLES[0],
    "the page's editor line": EXAMPLES[1],
    "a site": SITE % "",
    "a site behind gateways": SITE % ', behind: [aws_dx_gateway.a, "module.b[0].aws_dx_gateway.c"]',
    "no value where the default is none": "version: 1\nfail_on:\n",
    "an address with a space in its key": SITE % """, behind: ['aws_dx_gateway.a["b c"]']""",
    "never": "version: 1\nfail_on: never\n",
    "an anchor": "version: 1\nroots:\n  a: &a {vars: {x: 1}}\n  b: *a\n",
    "deep variables": "version: 1\nroots: {.: {vars: {a: {b: [1, null, {c: x}]}}}}\n",
}
BAD = {  # by schema and loader alike: text, line, message
    "empty": ("", 1, "key 'version' is missing"),
    "a list": ("- 1\n", 1, "expected object, got array"),
    "no version": ("fail_on: low\n", 1, "key 'version' is missing"),
    "another version": ("version: 2\n", 1, "version: invalid enum value 2 (one of 1)"),
    "a stray key": ("version: 1\n\nsite: []\n", 3, "unknown key 'site'; did you mean 'sites'?"),
    "a stray inner key": (
        SITE % ",\n     contry: SE",
        4,
        "unknown key 'contry'; did you mean 'country'?",
    ),
    "a missing inner key": ("version: 1\nsites:\n  - name: A\n", 3, "key 'country' is missing"),
    "an account as a number": (
        "version: 1\noutsiders:\n  - name: A\n    account: 111122223333\n",
        4,
        "expected text, got a number (Its 12 digits, in quotes; unique.)",
    ),
    "a short account": ('version: 1\noutsiders: [{name: A, account: "1"}]\n', 2, "regex"),
    "an unknown class": (
        "version: 1\ndata:\n- match: a.*\n  class: helth\n",
        4,
        "invalid enum value 'helth' (one of audit, backup, customer",
    ),
    "an unknown severity": ("version: 1\nfail_on: severe\n", 2, "invalid enum value 'severe'"),
    "a site without prefixes": (
        "version: 1\nsites: [{name: A, country: NO, prefixes: []}]\n",
        2,
        "length >= 1",
    ),
    "a gateway by glob": (SITE % ', behind: ["aws_dx_gateway.*"]', 3, "regex"),
    "a rule that is no id": ("version: 1\nskip: [SSH]\n", 2, "regex"),
    "a root that is no mapping": (
        "version: 1\nroots:\n  a: {}\n  b.c: 3\n",
        4,
        "roots.b.c: expected object, got a number",
    ),
    "a stray key in a root": (
        "version: 1\nroots:\n  a/v1.2:\n    variables: {}\n",
        4,
        "unknown key 'variables'",
    ),
    "a variable's name": ("version: 1\nroots:\n  a:\n    vars: {1x: 2}\n", 4, "regex"),
    "no such country": (SITE.replace("NO", "XX") % "", 3, "'XX' is no country of ISO 3166-1"),
}
WORSE = {  # what a schema cannot say
    "host bits": (SITE.replace("10.0.", "10.1.") % "", 3, "host bits set (write 10.0.0.0/8)"),
    "a prefix too long": (SITE.replace("/8", "/33") % "", 3, "does not appear to be an IPv4"),
    "twin sites": (
        SITE % "" + "  - {name: Oslo, country: SE, prefixes: [10.0.0.0/8]}\n",
        4,
        "'Oslo' stands twice",
    ),
    "twin rules": ("version: 1\nonly: [a, b, a]\n", 2, "'a' stands twice"),
    "twin roots": ("version: 1\nroots:\n  a: {}\n  ./a/: {}\n", 4, "root './a/' stands twice"),
    "a root outside": ("version: 1\nroots: {../b: {}}\n", 2, "leaves the scanned directory"),
    "an absolute file": ("version: 1\nroots: {a: {var_files: [/etc/passwd]}}\n", 2, "not a path"),
    "twin keys": ("version: 1\nskip: []\nskip: []\n", 3, "key 'skip' stands twice"),
    "two documents": ("version: 1\n---\nversion: 1\n", 2, "a second document"),
    "a tag": ("version: !!int 1\n", 1, "tags such as tag:yaml.org,2002:int are not read"),
    "no YAML": ("version: 1\nonly: [\n", 3, "not valid YAML"),
    "a key that is a list": ("? [a]\n: 1\n", 1, "a key is a plain word here"),
    "a circle": ("version: &v [*v]\n", 1, "nothing complete is called &v"),
    "too deep": ("version: " + "[" * 60 + "]" * 60, 1, "nested more than 32 deep"),
    "too long": ("version: 1\n" + "#" * 1_000_000, 1, "longer than 1,000,000 characters"),
    "an alias bomb": (
        "version: 1\nroots:\n a: {vars: {a: &a [" + "x, " * 99 + "x], b: &b ["
        + "*a, " * 99 + "*a],\n  c: [" + "*b, " * 99 + "*b]}}\n",
        4,
        "more than 50,000 values",
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_schema_and_loader_accept(text):
    Draft202012Validator(PUBLISHED).validate(read_yaml(text, "f").value)
    parse_config(text)


@pytest.mark.parametrize(("text", "line", "message"), BAD.values(), ids=BAD)
def test_schema_and_loader_refuse(text, line, message):
    value = read_yaml(text, "f").value
    assert not Draft202012Validator(PUBLISHED).is_valid({} if value is None else value)
    refuses(text, line, message)


@pytest.mark.parametrize(("text", "line", "message"), WORSE.values(), ids=WORSE)
def test_loader_refuses_what_a_schema_cannot(text, line, message):
    refuses(text, line, message)


def refuses(text: str, line: int, message: str) -> None:
    """The problem names the file, the line and the message."""
    with pytest.raises(ConfigProblem) as caught:
        parse_config(text, "f.yaml")
    assert str(caught.value).startswith(f"f.yaml:{line}: ")
    assert message in str(caught.value)


def test_the_published_schema_is_the_loaders():
    assert json.loads(json.dumps(schema())) == PUBLISHED, (
        "python -m scanner.config_file > scanner/schemas/config.json"
    )
    Draft202012Validator.check_schema(PUBLISHED)


def test_the_data_classes_are_the_builders():
    assert set(PUBLISHED["$defs"]["DataEntry"]["properties"]["class"]["enum"]) == set(CLASSES) - {
        "administrator"  # is a target, but nothing that a store holds
    }


def test_every_key_is_on_the_page():
    keys = {key for part in PUBLISHED["$defs"].values() for key in part["properties"]}
    listed = set(re.findall(r"^\| `(?:[\w*]+(?:\[\])?\.)*([\w-]+)` \|", PAGE, re.MULTILINE))
    assert keys == listed


def test_the_page_shows_what_a_typo_gives():
    with pytest.raises(ConfigProblem) as caught:
        parse_config(
            "version: 1\nsites:\n  - name: A\n    prefixes: [10.0.0.0/8]\n    contry: NO\n"
        )
    assert f"    {caught.value}" in PAGE.splitlines()


def test_the_example_means():
    config = parse_config(EXAMPLES[0])

    assert config.declared.sites == (
        DeclaredSite(
            name="Oslo clinic",
            country="NO",
            prefixes=("10.60.0.0/16", "2001:db8:60::/48"),
            behind=("aws_customer_gateway.oslo",),
            people="clinic",
            place=Place("pathwarden.yaml", 4, 4),
        ),
    )
    assert config.declared.outsiders == (
        DeclaredOutsider("111122223333", "Payroll vendor", Place("pathwarden.yaml", 11, 11)),
    )
    assert config.declared.data[1] == DataRule(
        "aws_db_instance.billing", "payment", Place("pathwarden.yaml", 17, 17)
    )
    prod = config.settings("infra/prod")
    assert prod.variables == {"region": "eu-north-1", "instance_count": 3}
    assert prod.files == ("infra/prod.tfvars",)
    assert config.fail_on == "high"


@pytest.mark.parametrize(
    ("value", "argument"),
    [
        ("eu-north-1", "eu-north-1"),
        ("'${a}'", "${a}"),
        ("3", "3"),
        ("true", "true"),
        ("null", "null"),
        ("[1, x]", '[1, "x"]'),
        ("{a: {b: å}}", '{"a": {"b": "å"}}'),
        ("['${a} %{b}']", '["$${a} %%{b}"]'),
    ],
)
def test_variables_are_given_as_after_var(value, argument):
    config = parse_config(f"version: 1\nroots: {{a: {{vars: {{x: {value}}}}}}}\n")
    assert config.settings("a").told == (Var("x", argument),)


def test_a_root_that_is_not_mentioned_has_no_settings():
    assert parse_config("version: 1").settings("anywhere").variables == {}


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("version: 1", {"a", "b", "c"}),
        ("version: 1\nskip: [a]", {"b", "c"}),
        ("version: 1\nonly: [a, b]", {"a", "b"}),
        ("version: 1\nonly: [a, b]\nskip: [a]", {"b"}),
    ],
)
def test_only_and_skip_choose_rules(text, runs):
    config = parse_config(text)
    assert {rule for rule in "abc" if config.selects(rule)} == runs


def test_a_rule_that_does_not_exist_is_named_with_its_line():
    config = parse_config("version: 1\nskip:\n  - old-rule\n")
    with pytest.raises(ConfigProblem, match=r"pathwarden.yaml:3: there is no rule 'old-rule'"):
        config.check_rules({"new-rule"})


# ------------------------------------------------------------------------------- where it is found


@pytest.fixture
def repository(tmp_path):
    """A git repository with a directory infra/prod."""
    (tmp_path / "repo/.git").mkdir(parents=True)
    (tmp_path / "repo/infra/prod").mkdir(parents=True)
    return tmp_path / "repo"


def put(directory: Path, text: str = "version: 1\n") -> Path:
    """A pathwarden.yaml in a directory."""
    file = directory / "pathwarden.yaml"
    file.write_text(text)
    return file


def test_no_file_is_no_setting(repository):
    assert load_config(repository / "infra") == Config()


def test_the_nearest_file_counts_alone(repository):
    put(repository, "version: 1\nskip: [a]\nfail_on: low\n")
    put(repository / "infra", "version: 1\nfail_on: medium\n")

    config = load_config(repository / "infra/prod")

    assert (config.file, config.fail_on, config.skip) == ("../pathwarden.yaml", "medium", ())


def test_a_file_above_the_repository_is_not_read(repository):
    put(repository.parent, "not even: valid")
    assert load_config(repository) == Config()


def test_a_file_above_is_not_read_outside_a_repository(tmp_path):
    put(tmp_path, "not even: valid")
    (tmp_path / "a").mkdir()
    assert load_config(tmp_path / "a") == Config()


def test_a_plan_file_is_judged_by_the_file_beside_it(repository):
    put(repository, "version: 1\nfail_on: low\n")
    (repository / "plan.json").write_text("{}")
    assert load_config(repository / "plan.json").fail_on == "low"


def test_paths_count_from_a_found_file(repository):
    put(
        repository,
        "version: 1\nroots:\n  infra/prod: {var_files: [infra/prod.tfvars]}\n  other: {}\n",
    )
    config = load_config(repository / "infra")
    assert set(config.roots) == {"prod"}
    assert config.settings("prod").files == ("prod.tfvars",)


def test_a_variable_file_outside_the_scanned_directory_is_refused(repository):
    put(repository, "version: 1\nroots:\n  infra/prod: {var_files: [shared.tfvars]}\n")
    with pytest.raises(ConfigProblem, match=r"shared.tfvars is outside the scanned directory"):
        load_config(repository / "infra")


def test_paths_count_from_the_scanned_directory_in_a_given_file(repository, tmp_path):
    file = put(tmp_path, "version: 1\nroots:\n  prod: {var_files: [prod.tfvars]}\n")
    put(repository, "not even: valid")

    config = load_config(repository / "infra", file)

    assert config.file == str(file)
    assert config.settings("prod").files == ("prod.tfvars",)


def test_a_given_file_that_is_not_there_is_a_usage_problem(repository):
    with pytest.raises(UsageProblem, match="No such file"):
        load_config(repository, repository / "none.yaml")


def test_a_link_out_of_the_repository_is_refused(repository):
    (repository.parent / "secret").write_text("version: 1\n")
    (repository / "pathwarden.yaml").symlink_to("../secret")
    with pytest.raises(ConfigProblem):
        load_config(repository)


def test_a_misnamed_file_is_not_passed_over(repository):
    (repository / "pathwarden.yml").touch()
    with pytest.raises(ConfigProblem, match=r"name it pathwarden.yaml"):
        load_config(repository / "infra")


def test_nothing_heavy_is_imported_without_a_file(tmp_path):
    code = (
        "import sys, pathlib; from scanner.config import load_config;"
        f"load_config(pathlib.Path({str(tmp_path)!r}));"
        "print(sorted({'yaml', 'msgspec', 'jsonschema'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
