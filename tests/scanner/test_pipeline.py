"""From a directory to a result: several root modules, variables, settings, steady order."""

from pathlib import Path

import pytest

from rules.catalogue import rule_named
from scanner.config import load_config
from scanner.errors import UsageProblem
from scanner.pipeline import Request, scan
from scanner.reports.json import render
from scanner.terraform.told import Var, VarFile

ESTATE = Path(__file__).parent / "estate"
SSH = (rule_named("ssh-open-to-internet"),)
EVERYWHERE = (Var("office", "0.0.0.0/0"),)


@pytest.fixture
def twins(tmp_path):
    """The same estate as two root modules, and a third that is empty."""
    for name in ("dev", "prod"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text((ESTATE / "main.tf").read_text())
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "main.tf").write_text("")
    return tmp_path


def found(result):
    return [(f.root, f.rule, f.verdict) for f in result.findings]


def test_a_path_is_found_with_all_that_goes_with_it():
    result = scan(Request(ESTATE, environ={}))
    (path,) = result.paths
    (finding,) = [f for f in result.findings if f.path]
    assert (path.rule, path.severity, path.verdict) == (
        finding.rule, finding.severity, finding.verdict,
    )  # fmt: skip
    assert path.target_address == "aws_s3_bucket.customers"
    assert [change.paths for change in result.first] == [(path.id,)]
    assert all(proof.file == "main.tf" for hop in path.hops for proof in hop.proof if proof.file)
    (pci,) = [each for each in result.frameworks if each.id.startswith("pci")]
    broken = [each for each in pci.requirements if each.status == "broken"]
    assert any(finding.fingerprint in each.findings for each in broken)


def test_every_root_module_is_an_estate_of_its_own(twins):
    result = scan(Request(twins, environ={}))
    assert [root.directory for root in result.coverage.roots] == ["dev", "empty", "prod"]
    assert result.coverage.files == 3
    assert sorted(path.root for path in result.paths) == ["dev", "prod"]
    assert len({path.id for path in result.paths}) == 1, "twins have paths of the same id"
    assert len(result.first) == 2, "each is mended on its own"
    assert all(
        hop.proof[0].file.startswith(path.root) for path in result.paths for hop in path.hops
    )


def test_a_variable_goes_to_the_roots_that_declare_it(twins):
    (twins / "empty" / "main.tf").write_text('variable "other" {}')
    result = scan(Request(twins, environ={}, told=EVERYWHERE, rules=SSH))
    assert [f[::2] for f in found(result)] == [("dev", "violated"), ("prod", "violated")]


def test_variables_come_from_the_environment(twins):
    environ = {"TF_VAR_office": "0.0.0.0/0", "TF_VAR_nobody": "x"}
    assert len(found(scan(Request(twins, environ=environ, rules=SSH)))) == 2


def test_a_root_has_settings_of_its_own(twins):
    (twins / "pathwarden.yaml").write_text(
        "version: 1\nroots:\n  prod:\n    vars:\n      office: 0.0.0.0/0\n"
        "  dev:\n    vars:\n      office: 10.0.0.0/8\n"
    )
    config = load_config(twins)
    result = scan(Request(twins, config, environ={}, rules=SSH))
    assert found(result) == [("prod", "ssh-open-to-internet", "violated")]
    request = Request(twins, config, environ={}, rules=SSH, told=EVERYWHERE)
    assert [root for root, *_ in found(scan(request))] == ["dev", "prod"], "--var wins"


@pytest.mark.parametrize(
    "wish", [(Var("nobody", "1"),), (VarFile("none.tfvars"),)], ids=["var", "file"]
)
def test_what_no_root_takes_is_refused(twins, wish):
    with pytest.raises(UsageProblem):
        scan(Request(twins, environ={}, told=wish))


def test_progress_is_told_of_each_root_in_order(twins):
    told = []
    scan(Request(twins, environ={}, rules=(), progress=lambda *step: told.append(step)))
    assert told == [("dev", 0, 3), ("empty", 1, 3), ("prod", 2, 3)]


def test_without_rules_there_are_no_findings_and_no_paths():
    result = scan(Request(ESTATE, environ={}, rules=()))
    assert (result.findings, result.paths, result.coverage.rules) == ((), (), ())


def test_the_order_of_files_changes_nothing(twins):
    """The same blocks in other files: the same findings, whatever the lines."""
    whole = scan(Request(twins / "dev", environ={}))
    text = (twins / "prod" / "main.tf").read_text()
    blocks = [block + "\n}\n" for block in text.split("\n}\n") if block.strip()]
    (twins / "prod" / "main.tf").unlink()
    for number, block in enumerate(reversed(blocks)):
        (twins / "prod" / f"part-{number:02}.tf").write_text(block)
    parts = scan(Request(twins / "prod", environ={}))
    assert [f.fingerprint for f in parts.findings] == [f.fingerprint for f in whole.findings]
    assert [p.id for p in parts.paths] == [p.id for p in whole.paths]


def test_the_same_input_gives_the_same_bytes(twins):
    assert render(scan(Request(twins, environ={}))) == render(scan(Request(twins, environ={})))
