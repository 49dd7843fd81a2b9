"""What a network is for, told by its tags or its name."""

from types import SimpleNamespace

import pytest

from rules.words import environment


@pytest.mark.parametrize(
    ("name", "tags", "is_for"),
    [
        ("shop-prod", {}, "production"),
        ("Production EU", {}, "production"),
        ("staging", {}, "test"),
        ("non-prod", {}, "test"),
        ("products", {}, ""),
        ("latest", {}, ""),
        ("test-of-production", {}, ""),
        ("main", {"Environment": "dev"}, "test"),
        ("shop-prod", {"env": "sandbox"}, "test"),
        ("main", {"stage": "live"}, "production"),
        ("main", {}, ""),
    ],
)
def test_environment(name, tags, is_for):
    assert environment(SimpleNamespace(name=name, tags=tags)) == is_for
