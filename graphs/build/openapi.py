"""What an API that is written as an OpenAPI document hands its calls on to.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
"""

from collections.abc import Iterator, Mapping

from graphs.build import read
from graphs.build.draft import Draft
from graphs.build.ends import balancer_in, function_in
from graphs.document import NotJson, read_json
from graphs.nodes import Passage
from graphs.resource import Resource
from graphs.unknown import Answer, Unknown, cannot_tell, known
from graphs.verdict import Gap

INTEGRATION = "x-amazon-apigateway-integration"


def passages(draft: Draft, api: Resource) -> Iterator[Passage]:
    """Each operation's function or balancer; open where the operation asks for nothing."""
    document = _document(draft, api)
    general = document.get("security")
    for path in _mappings(document.get("paths")):
        for operation in _mappings(path):
            part = operation.get(INTEGRATION)
            if isinstance(part, Mapping):
                is_open = _asks_nobody(operation.get("security", general))
                yield from _onward(draft, api, part, is_open)


def _document(draft: Draft, api: Resource) -> Mapping[str, object]:
    body = read.text(api, "body")
    if body is None:
        return {}
    try:
        found = read_json(draft.settle(body))  # type: ignore[arg-type]
    except NotJson as problem:
        found = str(problem)
    if isinstance(found, Mapping):
        return found
    why = f"is not known: {found}" if isinstance(found, Unknown) else "is not JSON"
    what = f"the OpenAPI document of {api.id} {why}"
    effect = "what it hands calls on to, and for whom, is not judged"
    draft.gaps.append(Gap("not-modelled", what, effect, api.origin.place))
    return {}


def _mappings(value: object) -> Iterator[Mapping[str, object]]:
    for each in value.values() if isinstance(value, Mapping) else ():
        if isinstance(each, Mapping):
            yield each


def _asks_nobody(security: object) -> Answer:
    """Each scheme is one way to be let in; an empty list, or an empty scheme, asks nobody."""
    if isinstance(security, Unknown):
        return cannot_tell(security)
    return known(not security or (isinstance(security, list) and {} in security))


def _onward(
    draft: Draft, api: Resource, part: Mapping[str, object], is_open: Answer
) -> Iterator[Passage]:
    uri, proof = part.get("uri"), draft.proof(api, "body")
    found = function_in(draft, api, uri) or balancer_in(draft, api, uri)
    if found is not None:
        yield Passage(found, is_open, proof, private=part.get("connectionType") == "VPC_LINK")
