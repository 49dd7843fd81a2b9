"""What waivers count for: policy, expiry, merges, frameworks."""

import json
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.unknown import Place
from rules.catalogue import rule_named
from scanner.errors import ConfigProblem
from scanner.estates import Request, estates
from scanner.reports.json import read_result, render
from scanner.waivers.applying import fits
from scanner.waivers.settling import admitted, waivers_of
from scanner.waivers.waiver import By, Waiver, added

RULE, OTHER = "bucket-not-versioned", "bucket-access-not-logged"
BUCKET = 'resource "aws_s3_bucket" "logs" {\n  bucket = "acme-logs"\n}\n'
SUBJECT = "aws_s3_bucket.logs"


def commented(words):
    return f"# pathwarden:ignore {RULE} {words}\n{BUCKET}"


def settings(**words):
    entry = {"rule": RULE, "match": SUBJECT, **words}
    return "waivers:\n  - " + "\n    ".join(f'{name}: "{said}"' for name, said in entry.items())


@pytest.mark.parametrize(
    ("match", "covers"),
    [
        ("aws_s3_bucket.logs", True),
        ("aws_s3_*", True),
        ("*", True),
        (".//aws_s3_bucket.logs", True),
        ("arn:aws:s3:::acme-logs", True),
        ("arn:aws:s3:::acme-*", True),
        ("aws_s3_bucket.log", False),
        ("app//aws_s3_bucket.logs", False),
        ("arn:aws:s3:::acme", False),
    ],
)
def test_settings_waive_by_address_and_arn(waived, said, match, covers):
    found = waived(BUCKET, settings(match=match, reason="thrown away"))
    assert said(found) == ({(SUBJECT, RULE): "thrown away"} if covers else {})


def test_settings_waive_all_instances_of_a_block_or_one(waived, said):
    block = BUCKET.replace("{\n", '{\n  for_each = toset(["a", "b"])\n').replace(
        'logs"\n', 'logs-${each.key}"\n'
    )
    every = waived(block, settings())
    assert len(said(every)) == 2
    one = waived(block, settings(match=r"aws_s3_bucket.logs[\"a\"]"))
    assert list(said(one)) == [('aws_s3_bucket.logs["a"]', RULE)]


@pytest.mark.parametrize(
    ("pattern", "name", "yes"),
    [
        ("a*b*c", "abc", True),
        ("a*b*c", "axxbyyc", True),
        ("a*b*c", "ac", False),
        ("a*a", "a", False),
        ("*x*", "x", True),
        ("a[0]", "a0", False),
        ("", "", True),
        ("a**b", "a.b", True),
    ],
)
def test_only_the_star_is_special(pattern, name, yes):
    assert fits(pattern, name) is yes


@given(st.text("ab*", max_size=8), st.text("ab", max_size=8))
def test_patterns_are_those_of_a_regular_expression(pattern, name):
    twin = ".*".join(map(re.escape, pattern.split("*")))
    assert fits(pattern, name) is (re.fullmatch(twin, name) is not None)


def test_an_expired_waiver_is_told_and_does_not_count(waived, said, came):
    assert said(waived(commented("until=2026-11-22"))) == {(SUBJECT, RULE): ""}
    found = waived(commented("until=2026-11-21"))
    assert said(found) == {}
    assert came(found) == [(1, RULE, "expired")]
    assert found.waivers[0].why == "it expired on 2026-11-21"
    (finding,) = (f for f in found.findings if f.rule == RULE)
    assert found.waivers[0].findings == (finding.fingerprint,)


@pytest.mark.parametrize(
    ("policy", "words", "why"),
    [
        ("forbid: [low]", "", "the policy lets nobody waive findings of severity low"),
        (f"forbid: [{RULE}]", "", f"the policy lets nobody waive {RULE}"),
        ("forbid: [high]", "", ""),
        ("require: [reason]", "owner=me", 'the policy asks for a reason: reason="..."'),
        ("require: [reason, owner, until]", "reason=x owner=me until=2027-01-01", ""),
        ("require: [until]", "", "the policy asks for an expiry: until=..."),
        ("longest: 90", "until=2027-02-20", ""),
        ("longest: 90", "until=2027-02-21", "the policy asks for an expiry within 90 days"),
        ("longest: 90", "", "the policy asks for an expiry within 90 days: until=..."),
    ],
)
def test_the_policy_decides_which_waivers_count(waived, said, policy, words, why):
    found = waived(commented(words), f"waiving:\n  {policy}")
    (waiver,) = found.waivers
    assert (waiver.status, waiver.why) == (("forbidden", why) if why else ("counts", ""))
    assert bool(said(found)) is not bool(why)


def test_what_covers_nothing_is_idle_unless_its_rule_did_not_run(waived, came):
    text = f'# pathwarden:ignore {RULE}\nvariable "x" {{}}\n'
    assert came(waived(text)) == [(1, RULE, "idle")]
    assert came(waived(text, rules=[rule_named(OTHER)])) == [(1, RULE, "not-asked")]


def test_a_waiver_in_a_shared_module_counts_where_any_root_needs_it(waived, came):
    module = commented("").replace("{\n", "{\n  count = var.on ? 1 : 0\n", 1)
    files = {"m/main.tf": module + 'variable "on" {}'}
    for root, on in (("a", "true"), ("b", "false")):
        files[f"{root}/main.tf"] = f'module "m" {{\n  source = "../m"\n  on = {on}\n}}'
    assert came(waived(files)) == [(1, RULE, "counts")]


def test_a_downloaded_module_waives_nothing(waived, said, came):
    home = ".terraform/modules/m"
    listed = json.dumps({"Modules": [{"Key": "m", "Source": "acme/m/aws", "Dir": home}]})
    files = {
        "main.tf": 'module "m" {\n  source = "acme/m/aws"\n}',
        ".terraform/modules/modules.json": listed,
        f"{home}/main.tf": commented("reason=theirs") + f"# pathwarden:ignore {OTHER}\n",
    }
    result = waived(files)
    assert said(result) == {}
    assert came(result) == [(1, RULE, "forbidden")]
    assert result.waivers[0].why == "it stands in a downloaded module: waive it at the call"
    at_call = files["main.tf"].replace("{", "{ # pathwarden:ignore " + f"{RULE} reason=ours")
    assert set(said(waived(files | {"main.tf": at_call})).values()) == {"ours"}


def test_a_path_is_waived_by_its_id(waived, said):
    main = (Path(__file__).parents[1] / "estate/main.tf").read_text()
    found = waived(main)
    (path,) = found.paths
    commented_ = waived(f'# pathwarden:ignore {path.id} reason="until the move"\n\n{main}')
    assert commented_.paths[0].waived.reason == "until the move"
    assert [f.path for f in commented_.findings if f.waived] == [path.id]
    assert commented_.first == ()
    assert commented_.views[0].paths == 0
    by_settings = waived(main, settings(rule=path.id, match="*", reason="known"))
    assert by_settings.paths[0].waived.reason == "known"
    by_rule = waived(main, settings(rule=path.rule, reason="x", match="aws_s3_bucket.customers"))
    assert by_rule.paths[0].waived.reason == "x"
    alone = waived(main, settings(rule=path.id, match="*"), rules=[rule_named(RULE)])
    assert [w.status for w in alone.waivers] == ["not-asked"]


def test_requirements_with_waived_findings_are_accepted_and_never_met(waived):
    def statuses(result):
        return {(f.id, r.number): r.status for f in result.frameworks for r in f.requirements}

    before, after = statuses(waived(BUCKET)), statuses(waived(commented("reason=x")))
    changed = {key: (before[key], after[key]) for key in before if before[key] != after[key]}
    assert changed
    assert set(changed.values()) <= {("broken", "accepted")}
    accepted = [
        r
        for f in waived(commented("")).frameworks
        for r in f.requirements
        if r.status == "accepted"
    ]
    assert all(r.findings for r in accepted)


def test_secrets_in_reasons_are_taken_out(waived):
    text = """
    variable "token" {
      sensitive = true
      default   = "hunter2hunter2"
    }
    resource "aws_ssm_parameter" "p" {
      name  = "p"
      type  = "SecureString"
      value = var.token
    }
    # pathwarden:ignore hunter2hunter2
    """
    found = waived(text + "\n" + commented('reason="the token is hunter2hunter2"'))
    assert "hunter2" not in render(found)
    assert found.waivers[1].reason == "the token is (sensitive)"


def test_a_result_with_waivers_is_read_back(waived, tmp_path):
    found = waived(commented("until=2027-01-31 owner=me reason=x"))
    file = tmp_path / "result.json"
    file.write_text(render(found))
    assert read_result(file) == found


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "waivers:\n  - {rule: bucket-not-version, match: x}",
            "3: there is no rule 'bucket-not-version'",
        ),
        (
            "waivers:\n  - {rule: bucket-not-versioned, match: x, until: 2027-02-30}",
            "3: '2027-02-30' is no day",
        ),
        ("waivers:\n  - {rule: bucket-not-versioned}", "key 'match' is missing"),
        ("waiving:\n  forbid: [grave]", "3: 'grave' is neither a severity nor a rule"),
        ("waiving:\n  longest: 0", "longest"),
        ("waiving:\n  require: [poem]", "require"),
    ],
)
def test_settings_that_make_no_sense_end_the_run(waived, text, problem):
    with pytest.raises(ConfigProblem) as caught:
        waived(BUCKET, text)
    assert problem in str(caught.value)


def side(path, text):
    path.mkdir()
    (path / "main.tf").write_text(text)
    read = [each.evaluated for each in estates(Request(path, environ={}))]
    return waivers_of(read)


def test_a_merge_counts_only_what_its_base_waives(waived, said, came, tmp_path):
    base = side(tmp_path / "base", BUCKET)
    head = commented("reason=x")
    assert said(waived(head, admitted=admitted(base))) == {}
    assert came(waived(head, admitted=admitted(base))) == [(1, RULE, "added")]
    allowed = waived(head, "waiving: {added: true}", admitted=admitted(base))
    assert said(allowed) == {(SUBJECT, RULE): "x"}
    moved = side(tmp_path / "moved", f"\n\n{commented('reason=other')}")
    assert said(waived(head, admitted=admitted(moved))) == {(SUBJECT, RULE): "x"}


@pytest.mark.parametrize(
    ("base", "head", "adds"),
    [
        ("", commented(""), True),
        (commented(""), f"\n# why\n{commented('reason=x')}", False),
        (commented("until=2027-01-31"), commented("until=2027-02-28"), True),
        (commented("until=2027-01-31"), commented("until=2026-12-31"), False),
        (commented("until=2027-01-31"), commented(""), True),
        (commented(""), commented(f"\n# pathwarden:ignore {OTHER}"), True),
        (commented('instance="a[0]"'), commented(""), True),
        (commented(""), commented("").replace('"logs"', '"audit"'), True),
    ],
)
def test_what_a_change_adds(tmp_path, base, head, adds):
    found = added(side(tmp_path / "head", head), side(tmp_path / "base", base))
    assert bool(found) is adds


def test_a_waiver_moved_to_another_nested_block_is_a_new_one(tmp_path):
    def group(first, second):
        rule = "ingress {\n %s from_port = %s\n}\n"
        return (
            f'resource "aws_security_group" "g" {{\n{rule % (first, 22)}{rule % (second, 3389)}}}'
        )

    mark = f"# pathwarden:ignore {RULE}\n"
    base = side(tmp_path / "base", group(mark, ""))
    assert added(side(tmp_path / "same", "\n" + group(mark, "")), base) == ()
    assert len(added(side(tmp_path / "moved", group("", mark)), base)) == 1


def test_keys_say_what_is_waived_and_not_where_it_is_written():
    def waiver(line, **words):
        return Waiver(By.SETTINGS, RULE, Place("pathwarden.yaml", line, line), **words)

    assert waiver(3, match="a", reason="x").key == waiver(9, match="a", owner="y").key
    assert waiver(3, match="a").key != waiver(3, match="b").key
    assert admitted([waiver(3, until=date(2027, 1, 1)), waiver(4)]) == {waiver(3).key: date.max}
