"""The table of calls is true of AWS's API, and polite."""

from collections import Counter

import botocore.session
import pytest
from botocore import xform_name

from scanner.cloud.calls import all_calls
from scanner.cloud.collect import _single


def given(call):
    """The names of all arguments of a call."""
    found = {*call.args, *call.vary}
    if call.each:
        found |= {call.each.argument.removesuffix("[]"), *call.each.handed, *call.each.beside}
    return found


@pytest.fixture(scope="module")
def models():
    session = botocore.session.get_session()
    return {
        call.service: (
            session.get_service_model(call.service),
            session.get_paginator_model(call.service),
        )
        for call in all_calls()
    }


def paged(pages, operation):
    try:
        return bool(pages.get_paginator(operation))
    except ValueError:
        return False


def test_every_call_is_one_of_aws_with_its_arguments_members_and_pages(models):
    for call in all_calls():
        model, pages = models[call.service]
        names = {xform_name(name): name for name in model.operation_names}
        operation = model.operation_model(names[call.operation])
        taken = operation.input_shape.members if operation.input_shape else {}
        told = operation.output_shape.members
        assert set(call.keep) <= set(told), call.name
        assert given(call) <= set(taken), call.name
        needed = operation.input_shape.required_members if operation.input_shape else ()
        assert set(needed) <= given(call), call.name
        tokens = {name for name in told if name in taken and "token" in name.lower()}
        unpaged = not paged(pages, operation.name)
        assert call.token in (tokens if tokens and unpaged else {""}), call.name


def test_an_account_without_anything_is_asked_a_hundred_times_a_region_at_most():
    roots = [call for call in all_calls() if call.each is None and not call.once]
    assert len(roots) <= 105
    assert max(Counter(call.service for call in roots if call.service != "ec2").values()) <= 5


class Paged:
    """A client that tells what it was asked, and two pages."""

    def __init__(self, tokens):
        self.tokens, self.asked = tokens, []

    def list_services(self, **args):
        self.asked.append(args)
        return {"ServiceSummaryList": [len(self.asked)], **self.tokens[len(self.asked) - 1]}


@pytest.mark.parametrize(
    ("tokens", "asked"),
    [
        ([{}], [{}]),
        ([{"NextToken": "a"}, {}], [{}, {"NextToken": "a"}]),
        ([{"NextToken": "a"}, {"NextToken": "a"}], [{}, {"NextToken": "a"}]),
    ],
)
def test_pages_that_botocore_does_not_know_are_asked_for(tokens, asked):
    (call,) = (c for c in all_calls() if c.name == "apprunner.list_services")
    client = Paged(tokens)
    pages = list(_single(client, call, {}))
    assert client.asked == asked
    assert len(pages) == len(asked)
