"""The checklist of what decides who reaches what: for each line the smallest example and its
verdict, so that nothing is dropped in silence."""

import pytest

from tests.graphs.build.borders import asked
from tests.graphs.build.checklist.filters import FILTERS
from tests.graphs.build.checklist.middleboxes import MIDDLEBOXES
from tests.graphs.build.checklist.routing import ROUTING
from tests.graphs.build.checklist.services import SERVICES

LINES = {**FILTERS, **ROUTING, **MIDDLEBOXES, **SERVICES}


@pytest.mark.parametrize("name", LINES)
def test_each_line_has_its_verdict(built, name):
    said, code, *question = LINES[name]
    estate = built(code)
    if said.startswith("aws_"):
        assert said in {
            gap.what.split(": ")[1].split()[0] for gap in estate.gaps if gap.kind == "not-modelled"
        }
        return
    source, goal, port, protocol = question
    found = asked(estate, source, goal, port, protocol)
    assert ("?" if isinstance(found, list) else found) == said, found
