"""What terraform plans, we compute: every instance, and every scalar that the plan knows.

Where terraform is installed it is asked again, with a stand-in for the AWS provider (provider.py);
what it said is kept in recorded/ (recorded.py).
"""

import pytest

from tests.oracle.compare import compare
from tests.oracle.plan import missing
from tests.oracle.recorded import ROOTS, answer, asked, ours


@pytest.mark.parametrize("name", ROOTS)
def test_what_terraform_planned_is_computed(name):
    found = compare(answer(name), ours(name))
    assert found.wrong == []
    assert found.counts["equal"] > 20


@pytest.mark.skipif(bool(missing()), reason=missing() or "terraform is here")
@pytest.mark.parametrize("name", ROOTS)
def test_terraform_still_plans_what_was_recorded(name):
    assert asked(name) == {address: tuple(each) for address, each in answer(name).items()}
