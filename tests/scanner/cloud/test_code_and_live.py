"""Harbor as code and as an account say the same, for all of it that could be applied."""

import sys
from dataclasses import replace

import pytest

from graphs.build import build_estate
from scanner.cloud.shape import shaped, unread_kinds
from scanner.config import load_config
from tests.harbor_table import HARBOR
from tests.scanner.cloud.conftest import pointed, swept
from tests.scanner.cloud.likeness import findings, paths, twins
from tests.scanner.cloud.proxy import HOLES
from tests.scanner.cloud.seeder import APPLY, WITHHELD

pytestmark = pytest.mark.xdist_group("moto")


@pytest.fixture(scope="module")
def both(world):
    """The estate of the code that was applied, that of the account, and the names of the first in
    the second."""
    with pointed(world):
        live = shaped(swept("production", "shared", "archive"))
    names = twins(world.seeder.applied, world.part, live.resources)
    declared = load_config(HARBOR).declared
    sites = [s for s in declared.sites if s.behind[0] in names]
    there = [replace(s, behind=tuple(names[b] for b in s.behind)) for s in sites]
    data = [r for r in world.evaluated.resources if r.address.mode == "data"]
    code = build_estate([*world.part, *data], replace(declared, sites=tuple(sites)))
    known = replace(declared, sites=tuple(there))
    return code, build_estate(live.resources, known, live.gaps, live.coverage), names


def test_code_and_account_have_the_same_findings_and_paths(both):
    code, live, names = both
    assert findings(live, {}) == findings(code, names)
    in_code, in_account = paths(code, names), paths(live, {})
    assert set(in_account) == set(in_code)
    assert len(in_code) >= 8
    told = {what: path for what, (path, same) in in_code.items() if same}
    assert told == {what: in_account[what][0] for what in told}
    assert len(told) >= 7


def test_nothing_was_refused(both):
    _, live, _ = both
    assert {kind for kind, _ in live.coverage.missing} == set(unread_kinds())
    assert not [gap for gap in live.gaps if gap.kind == "refused"]


def test_what_cannot_be_applied_is_named(world, capsys):
    managed = [r for r in world.evaluated.resources if r.address.mode == "managed"]
    left = {r.id: WITHHELD.get(r.type, "") for r in managed if r.id not in world.seeder.applied}
    left.update(world.seeder.withheld)
    lines = [f"{len(world.seeder.applied)} of {len(managed)} resources of Harbor are applied; not:"]
    lines += [f"  {address}: {why}" for address, why in sorted(left.items())]
    lines += [f"  moto, {call}: {what}" for call, what in HOLES.items()]
    with capsys.disabled():
        sys.stdout.write("\n".join(("", *lines, "")))
    assert all(left.values())
    assert not set(APPLY) & set(WITHHELD)
    assert len(world.seeder.applied) > 350
