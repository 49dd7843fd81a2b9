"""Duties to notify: each row is whole, and what is known decides which of them may begin."""

import msgspec
import pytest

from graphs.attack.targets import IMPACT
from graphs.tables import table
from rules.notifications import begun, companies, country_of, notifications
from scanner.config_company import CompanyEntry
from scanner.countries import COUNTRIES

DUTIES = {each.id: each for each in notifications()}


def test_rows_have_the_keys_that_they_may_have_and_no_more():
    content = table("rules", "notifications.yaml")
    for row in content["duties"]:
        assert set(row) == {"id", "law", "when", "cites", "whom", "stages", "assumes", "source"}
        assert set(row["when"]) <= {"classes", "countries", "company", "foremost"}
        assert all(set(stage) == {"within", "clock", "what"} for stage in row["stages"])
        assert row["stages"]
        assert row["assumes"]
        assert row["cites"]
        assert row["source"].startswith("https://")
    assert len(DUTIES) == len(content["duties"])


def test_classes_and_countries_are_those_that_there_are():
    content = table("rules", "notifications.yaml")
    listed = {each for names in content["countries"].values() for each in names}
    assert listed | set(content["regions"].values()) <= set(COUNTRIES)
    assert len(content["countries"]["EU"]) == 27
    assert set(content["countries"]["EEA"]) - set(content["countries"]["EU"]) == {"IS", "LI", "NO"}
    assert {name for each in DUTIES.values() for name in each.classes} <= set(IMPACT)


def test_a_region_points_to_a_country_or_to_none():
    assert (country_of("eu-north-1"), country_of("ap-south-1")) == ("SE", "")


def said(sure=(), perhaps=(), unclassed=False, countries=(), company=None):
    found = begun(set(sure), set(perhaps), unclassed, set(countries), company or {})
    return {each.duty.id: each.indicated for each in found}


# What hangs on the company alone is open in any case.
ALWAYS = {"dora", "nis2", "norway-digital-security", "sec-8k"}

CASES = [
    ({}, {}),
    ({"sure": ["health"], "countries": ["US"]}, {"hipaa-individuals": True, "us-states": True}),
    ({"sure": ["health"], "countries": ["DE"]}, {"gdpr-authority": True, "hipaa-secretary": False}),
    ({"sure": ["customer"]}, {"gdpr-authority": False, "us-states": False}),
    ({"perhaps": ["customer"], "countries": ["NO"]}, {"gdpr-authority": False}),
    ({"sure": ["payment"]}, {"card-brands": True}),
    ({"perhaps": ["payment"]}, {"card-brands": False}),
    ({"unclassed": True, "countries": ["DE", "US"]}, {"card-brands": False, "uk-gdpr": False}),
    ({"sure": ["customer"], "countries": ["US"]}, {"ftc-safeguards": False, "us-states": True}),
]


@pytest.mark.parametrize(("known", "duties"), CASES, ids=str)
def test_what_is_known_decides(known, duties):
    found = said(**known)
    assert {name: found[name] for name in duties} == duties
    assert {name for name in ALWAYS if found.get(name)} == set()
    assert set(found) >= ALWAYS


def test_what_a_company_may_be_is_what_duties_ask_for_and_what_settings_can_say():
    asked = {kind for each in DUTIES.values() for kind in each.company}
    fields = {each.encode_name for each in msgspec.structs.fields(CompanyEntry)}
    assert asked == set(companies()) == fields
    assert {name for name, each in DUTIES.items() if not each.company} == {"card-brands"}


# What is known, what the company says, a duty, and whether it is indicated; None: not told.
OWN = [
    ({}, {"listed": True}, "sec-8k", True),
    ({}, {"listed": False}, "sec-8k", None),
    ({}, {}, "sec-8k", False),
    ({"countries": ["DE"]}, {"essential-entity": True}, "nis2", True),
    ({"countries": ["DE"]}, {"essential-entity": False}, "nis2", None),
    (
        {"sure": ["health"], "countries": ["US"]},
        {"covered-entity": False},
        "hipaa-individuals",
        None,
    ),
    ({"sure": ["health"]}, {"covered-entity": True}, "hipaa-individuals", True),
    ({"perhaps": ["health"]}, {"covered-entity": True}, "hipaa-individuals", False),
    ({"sure": ["audit"]}, {"covered-entity": True}, "hipaa-individuals", None),
    ({"sure": ["health"]}, {"covered-entity": False}, "hipaa-associate", False),
    ({"sure": ["health"]}, {"business-associate": True}, "hipaa-associate", True),
    ({"sure": ["customer"]}, {"persons-in-eea": True, "controller": True}, "gdpr-authority", True),
    ({"sure": ["customer"]}, {"persons-in-eea": True}, "gdpr-authority", False),
    ({"sure": ["customer"]}, {"processor": True}, "gdpr-processor", False),
    (
        {"sure": ["customer"], "countries": ["DE"]},
        {"persons-in-eea": False, "controller": True},
        "gdpr-authority",
        None,
    ),
]


@pytest.mark.parametrize(("known", "company", "duty", "indicated"), OWN, ids=str)
def test_what_the_company_says_decides_whose_duty_it_is(known, company, duty, indicated):
    assert said(**known, company=company).get(duty) is indicated


def test_what_the_company_does_not_say_is_named():
    found = {
        each.duty.id: each.unsaid
        for each in begun({"customer"}, set(), False, {"DE"}, {"controller": True})
    }
    assert found["gdpr-authority"] == ("persons-in-eea",)
    assert found["gdpr-processor"] == ("persons-in-eea", "processor")


def test_nothing_about_data_begins_where_none_are_reached():
    assert set(said(countries=["DE", "US", "GB"])) == ALWAYS


def test_backups_and_states_alone_set_no_clock_of_persons():
    assert "gdpr-authority" not in said(sure=["state", "backup", "audit"], countries=["DE"])


HOURS = {
    "gdpr-authority": ["72 hours"],
    "nis2": ["24 hours", "72 hours", "1 month"],
    "dora": ["4 hours", "72 hours", "1 month"],
    "sec-8k": ["4 business days"],
    "ftc-safeguards": ["30 days"],
    "card-brands": ["at once"],
    "norway-digital-security": ["24 hours"],
}


@pytest.mark.parametrize("duty", HOURS)
def test_the_clocks(duty):
    assert [stage.within for stage in DUTIES[duty].stages] == HOURS[duty]
