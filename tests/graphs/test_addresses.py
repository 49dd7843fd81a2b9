"""Prefixes as ranges, against the standard library."""

import ipaddress
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.addresses import ANY4, ANY6, Prefix, prefix

networks = st.one_of(
    st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 32)).map(
        lambda drawn: ipaddress.ip_network(drawn, strict=False)
    ),
    st.tuples(st.integers(0, 2**128 - 1), st.integers(0, 128)).map(
        lambda drawn: ipaddress.ip_network(drawn, strict=False)
    ),
    st.integers(0, 15).map(lambda n: ipaddress.ip_network((n << 28, 4))),
)


@given(networks)
def test_a_prefix_reads_and_writes_as_the_standard_library_does(network):
    read = prefix(str(network))
    assert str(read) == str(network)
    assert read.length == network.prefixlen
    assert read.high - read.low + 1 == network.num_addresses


@given(st.from_regex(r"\A0?[0-9]{1,3}(\.[0-9]{1,3}){3}(/[0-9]{0,2})?\s?\Z"))
def test_what_is_nearly_an_address_is_read_or_refused_as_by_the_standard_library(written):
    try:
        meant = ipaddress.ip_network(written.strip(), strict=False)
    except ValueError:
        with pytest.raises(ValueError, match=re.escape(written.strip())):
            prefix(written)
    else:
        assert str(prefix(written)) == str(meant)


@given(networks, networks)
def test_covering_and_meeting_are_of_the_addresses(one, other):
    a, b = prefix(str(one)), prefix(str(other))
    alike = one.version == other.version
    assert a.covers(b) == (alike and other.subnet_of(one))
    assert a.meets(b) == b.meets(a) == (alike and one.overlaps(other))
    assert a.covers(a)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("10.1.2.3/8", "10.0.0.0/8"),  # AWS drops host bits
        ("10.1.2.3", "10.1.2.3/32"),
        (" 10.0.0.0/8 ", "10.0.0.0/8"),
        ("2001:DB8::/32", "2001:db8::/32"),
        ("::ffff:10.0.0.1", "::ffff:a00:1/128"),  # IPv4-mapped is IPv6 to a security group
        ("0.0.0.0/0", str(ANY4)),
        ("::/0", str(ANY6)),
    ],
)
def test_what_people_write_is_read_as_aws_reads_it(written, meant):
    assert str(prefix(written)) == meant


@pytest.mark.parametrize(
    "wrong", ["", "10.0.0.0/33", "10.0.0", "::/129", "1.2.3.4/", "ten", "010.0.0.1", "*"]
)
def test_what_is_no_prefix_is_refused(wrong):
    with pytest.raises(ValueError):
        prefix(wrong)


def test_a_range_that_is_no_single_block_is_written_by_its_ends():
    low, high = prefix("10.0.0.1").low, prefix("10.0.0.6").low
    assert str(Prefix(4, low, high)) == "10.0.0.1-10.0.0.6"
