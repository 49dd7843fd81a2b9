"""Unknown and Template as values; their algebra is in tests/properties/test_algebra.py."""

from graphs.unknown import Cause, Place, Referent, Template, Unknown, text, unknowns_in

VPC = Unknown(
    Cause.COMPUTED, "aws_vpc.main.id", (Referent("aws_vpc.main", "id"),), Place("main.tf", 3)
)
NAME = Unknown(Cause.VARIABLE, "var.name")


def test_an_unknown_says_what_is_not_known_and_why():
    assert str(VPC) == "aws_vpc.main.id (known only after apply)"
    assert str(NAME) == "var.name (variable without a value)"


def test_an_unknown_still_leads_to_what_it_refers_to():
    assert [str(r) for r in VPC.refers] == ["aws_vpc.main.id"]
    assert str(Referent("aws_vpc.main")) == "aws_vpc.main"


def test_where_it_stands_does_not_tell_two_unknowns_apart():
    elsewhere = Unknown(VPC.cause, VPC.what, VPC.refers, Place("other.tf", 9))
    assert elsewhere == VPC
    assert len({elsewhere, VPC}) == 1


def test_what_it_refers_to_does():
    assert Unknown(VPC.cause, VPC.what) != VPC


def test_the_roots_are_what_one_would_have_to_find_out():
    joined = Unknown(Cause.EXPRESSION, "coalesce(...)", origins=(NAME, VPC))
    assert joined.roots == (NAME, VPC)
    assert NAME.roots == (NAME,)


def test_a_template_reads_as_terraform_would_write_it():
    told = text(["arn:aws:s3:::", NAME, "/*"])
    assert str(told) == "arn:aws:s3:::${var.name}/*"
    assert told == Template(("arn:aws:s3:::", NAME, "/*"))
    assert told.unknowns == {NAME}


def test_a_place_is_a_file_and_a_line():
    assert str(Place("vpc.tf", 12, 20)) == "vpc.tf:12"
    assert min(Place("b.tf", 1), Place("a.tf", 10), Place("a.tf", 9)) == Place("a.tf", 9)


def test_unknowns_are_found_however_deep_they_lie():
    value = {"a": [text(["x", NAME])], "b": ({"c": {"d": VPC}},), "e": "known", "f": None}
    assert unknowns_in(value) == {NAME, VPC}
    for empty in ((), [], {}, set(), "text", 3, None):
        assert unknowns_in(empty) == frozenset()
