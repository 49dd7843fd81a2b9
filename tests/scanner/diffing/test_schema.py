"""The JSON of a comparison: its schema is that of the types, and what is written fits it."""

import json

from jsonschema import Draft202012Validator

from scanner.reports.diff_schema import generated_schema, schema
from tests.scanner.diffing.test_differences import PARTNERS


def test_the_published_schema_is_that_of_the_types():
    assert json.loads(json.dumps(generated_schema())) == schema(), (
        "python -m scanner.reports.diff_schema > scanner/schemas/difference-1.json"
    )
    Draft202012Validator.check_schema(schema())


def test_comparisons_fit_the_schema(estate):
    estate.commit({"partners.tf": PARTNERS, "broken.tf": "resource {"})
    for told in (estate.json("main~1", "main"), estate.json("main", "main~1")):
        assert not [*Draft202012Validator(schema()).iter_errors(told)]
