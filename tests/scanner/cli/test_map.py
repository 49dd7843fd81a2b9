"""`pathwarden map`: LANs and WANs, and what crosses the border of each LAN."""

import re
import xml.etree.ElementTree as ET
from html import unescape

import pytest

from tests.scanner.cli.test_reach import LAN

HARBOR = "fixtures/terraform/harbor"
RECORDED = "fixtures/aws/tgw_multi_az_intra_region_nacl_test"


def crossings(picture):
    """What the picture says of each border, in its order."""
    ET.fromstring(picture)
    return [unescape(each) for each in re.findall(r"<g><title>([←→][^<]*)</title>", picture)]


def test_what_crosses_the_borders_of_harbor(run):
    assert set(crossings(run("map", HARBOR).out)) == {
        "← shared-services by peering shared_data: tcp 3306 to payments",
        "← internet: tcp 8443 to reporting",
        "→ internet: tcp 443 from reporting",
        "← internet: tcp 443 to public, tracking",
        "← clinic by VPN site[clinic], transit gateway this: tcp 22 to dispatch",
        "← head-office by Direct Connect head-office, transit gateway this: tcp 3306 to schedules",
        "← warehouse by VPN site[warehouse], transit gateway this: tcp 8080 to wms",
        "← internet: tcp 9443 to claims",
        "→ internet: tcp 443 from claims, weighbridge",
        "→ internet: tcp 22, 443 from edi",
    }


def test_recorded_accounts_are_drawn_as_code_is(run):
    told = crossings(run("map", RECORDED).out)
    assert "← internet: icmp 8:0; tcp 22; udp 33434-33534 to prod-jump1" in told
    assert "← dev by transit gateway tgw: icmp 8:0; tcp 22; udp 33434-33534 to prod-jump1" in told


def test_what_cannot_be_told_is_marked(run, tmp_path):
    (tmp_path / "main.tf").write_text(LAN)
    told = crossings(run("map", tmp_path).out)
    assert told == [
        "← internet: tcp 443 to web",
        "→ internet: all traffic from web",
        "← internet: tcp 22 (cannot tell) to web",
    ]
    chart = run("map", tmp_path, "--format", "mermaid").out
    assert '-->|"tcp 443"|' in chart
    assert '-.->|"tcp 22"|' in chart


def test_paths_and_identities_are_left_out(run):
    picture = run("map", HARBOR).out
    assert "attack path" not in picture
    assert 'class="who"' not in picture
    assert 'class="path' not in picture


def test_one_root_module_is_drawn_at_a_time(run, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(LAN)
    done = run("map", tmp_path)
    assert done.code == 2
    assert "here are 2: one, two (choose one with --root)" in done.err
    file = tmp_path / "map.svg"
    assert run("map", tmp_path, "--root", "two", "-o", file).code == 0
    assert "two" in file.read_text()


@pytest.mark.parametrize("form", ["svg", "mermaid"])
def test_equal_input_gives_an_equal_picture(run, form):
    one, other = (run("map", RECORDED, "--format", form).out for _ in range(2))
    assert one == other
