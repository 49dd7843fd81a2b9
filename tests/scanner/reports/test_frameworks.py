"""What the framework reports say of a requirement, and how they write it."""

from dataclasses import replace

from scanner.reports.frameworks import counts, in_words, plain_one, render_list, render_one

OPEN = {
    "number": "7.2.2",
    "title": "Access is approved",
    "status": "incomplete",
    "findings": ("2123456789abcdef0123",),
    "missing": ("no rule checks: A", "one thing", "another"),
    "kind": "addressable",
    "cites": ("AS 2201.47",),
}


def two(small):
    """The small result with a second requirement that cannot be told."""
    (pci,) = small.frameworks
    broken, doors = pci.requirements
    return replace(pci, requirements=(doors, replace(broken, **OPEN), broken))


def test_counts_are_worst_first(small):
    assert list(counts(two(small)).items()) == [
        ("broken", 1), ("incomplete", 1), ("not-checkable", 1),
    ]  # fmt: skip
    assert in_words(two(small)) == "1 broken, 1 incomplete, 1 not checkable"


def test_one_framework_at_80_columns(small):
    text = render_one(small, two(small), width=80)
    assert max(map(len, text.splitlines())) <= 80
    assert "\nBroken\nA finding says that it is not so.\n  7.2.1 Access follows need\n" in text
    assert "  7.2.2 Access is approved  addressable, AS 2201.47\n" in text
    assert text.index("Broken") < text.index("Incomplete") < text.index("Not checkable")
    assert text.endswith("  9.1.1 Doors are locked\n")


def test_a_requirement_shows_findings_rules_and_what_is_missing(small):
    text = render_one(small, two(small), width=160)
    assert "CRITICAL The internet reaches customer data.  main.tf:99  path-d300061c71" in text
    assert "HIGH Anyone on the internet may be able to open SSH to web.  main.tf:30" in text
    assert "missing: no rule checks: A, one thing and 1 more" in text
    assert "rules: path-to-customer-data" in text


def test_many_findings_are_cut_and_counted_worst_first(small):
    one = small.findings[1]
    many = tuple(replace(one, fingerprint=f"{n:020}", severity="low") for n in range(9))
    worst = replace(one, fingerprint="f" * 20, severity="critical", because="The worst.")
    pci = two(small)
    requirement = replace(
        pci.requirements[2], findings=tuple(f.fingerprint for f in (*many, worst))
    )
    text = render_one(
        replace(small, findings=(*many, worst)), replace(pci, requirements=(requirement,))
    )
    assert text.index("The worst.") < text.index("LOW")
    assert "and 7 more findings, in --format json" in text


def test_the_list_has_two_lines_for_each(small):
    text = render_list(small, (two(small),), width=80)
    assert "PCI DSS, v4.0.1  pci-dss-4.0.1\n  3 requirements: 1 broken" in text


def test_names_from_the_code_cannot_steer_a_terminal(small):
    evil = replace(small.findings[0], because="\x1b[2J [bold]x[/]")
    text = render_one(replace(small, findings=(evil,)), two(small))
    assert "\x1b" not in text
    assert "[bold]x[/]" in text


def test_json_writes_the_findings_out(small):
    told = plain_one(small, two(small))
    assert [each["number"] for each in told["requirements"]] == ["9.1.1", "7.2.2", "7.2.1"]
    (finding,) = told["requirements"][2]["findings"]
    assert (finding["rule"], finding["path"]) == ("path-to-customer-data", "path-d300061c71")
