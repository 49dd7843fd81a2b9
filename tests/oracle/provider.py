"""A provider that stands in for the real one: it plans as that does and knows no cloud.

It is one gRPC server for each provider, on a port of its own; terraform finds them through
TF_REATTACH_PROVIDERS, which was made for debugging providers. Terraform opens one connection for
each configuration of a provider, so that a connection tells whose default_tags are meant.
https://developer.hashicorp.com/terraform/plugin/debugging#running-terraform-with-a-provider-in-debug-mode
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import grpc

from tests.oracle import schema, wire
from tests.oracle.answers import Configured, NotAnswered, answer
from tests.oracle.schema import Block
from tests.oracle.usage import Usage, served

SERVICE = "/tfplugin5.Provider/"
METHODS = {
    "GetSchema": "get_schema",
    "PrepareProviderConfig": "prepare",
    "Configure": "configure",
    "PlanResourceChange": "plan",
    "ReadDataSource": "read_data",
    "ImportResourceState": "imported",
    "ReadResource": "refreshed",
    "ValidateResourceTypeConfig": "nothing",
    "ValidateDataSourceConfig": "nothing",
    "Stop": "nothing",
}


META: Block = {"a": {"user_agent": ["L:s", "o"]}, "b": {}}
"""What modules may tell the provider of themselves."""


class Request(NamedTuple):
    """A message, and the connection that it came by."""

    fields: dict[int, bytes]
    connection: str


class StandIn:
    """One provider, with the schemas of what a configuration uses of it: terraform takes seconds to
    read all that AWS has.
    """

    def __init__(self, name: str, found: Usage, region: str) -> None:
        self.own, self.resources, self.data = served(found, name)
        self.region = region
        self.configured: dict[str, Configured] = {}
        """By connection."""

    def get_schema(self, _: Request) -> bytes:
        """GetProviderSchema"""
        return (
            wire.text(1, schema.message(self.own))
            + wire.table(2, {name: schema.message(each) for name, each in self.resources.items()})
            + wire.table(3, {name: schema.message(each) for name, each in self.data.items()})
            + wire.text(5, schema.message(META))
        )

    def prepare(self, request: Request) -> bytes:
        """PrepareProviderConfig: as it is."""
        return wire.text(1, request.fields[1])

    def configure(self, request: Request) -> bytes:
        """Configure"""
        config = wire.content(request.fields[2])
        self.configured[request.connection] = Configured.of(config, self.region)
        return b""

    def plan(self, request: Request) -> bytes:
        """PlanResourceChange: what the configuration says, and unknown what the provider adds."""
        proposed = wire.content(request.fields[3])
        if proposed is not None:
            proposed = planned(self.resources[request.fields[1].decode()], proposed)
            self._of(request).complete(proposed)
        return wire.value(1, proposed) + wire.number(5, value=1)

    def read_data(self, request: Request) -> bytes:
        """ReadDataSource"""
        name, asked = request.fields[1].decode(), wire.content(request.fields[2])
        try:
            return wire.value(1, {**asked, **answer(name, asked, self._of(request))})
        except NotAnswered as problem:
            return wire.problem(2, f"{name}: {problem}")

    def imported(self, request: Request) -> bytes:
        """ImportResourceState: something of that id."""
        name = request.fields[1].decode()
        found = {**_nothing(self.resources[name]), "id": request.fields[2].decode()}
        return wire.text(1, wire.text(1, name) + wire.value(2, found))

    def refreshed(self, request: Request) -> bytes:
        """ReadResource: as it was."""
        return wire.text(1, request.fields[2])

    def _of(self, request: Request) -> Configured:
        return self.configured.get(request.connection) or Configured(self.region)

    def nothing(self, _: Request) -> bytes:
        """Nothing is said against it."""
        return b""


def _nothing(block: Block) -> dict[str, Any]:
    """An object without any value."""
    return dict.fromkeys(block["a"]) | {
        name: None if nested[0] == "1" else [] for name, nested in block["b"].items()
    }


def planned(block: Block, proposed: dict[str, Any]) -> dict[str, Any]:
    """A proposal with what the provider computes as unknown, in nested blocks too.

    >>> block = {"a": {"arn": ["s", "c"], "name": ["s", "o"]}, "b": {}}
    >>> planned(block, {"arn": None, "name": None})["arn"] == wire.UNKNOWN
    True
    """
    result = {}
    for name, value in proposed.items():
        if name in block["a"]:
            flag = block["a"][name][1]
            fills = value is None and "c" in flag
            kept = None if schema.write_only(name, flag) else value
            result[name] = wire.UNKNOWN if fills else kept
        else:
            _, inner, *mark = block["b"][name]
            fills = value == [] and mark == ["c"]
            result[name] = wire.UNKNOWN if fills else _nested(inner, value)
    return result


def _nested(block: Block, value: Any) -> Any:
    if isinstance(value, list):
        return [_nested(block, each) for each in value]
    return planned(block, value) if isinstance(value, dict) else value


@contextmanager
def running(providers: Mapping[str, StandIn]) -> Iterator[dict[str, str]]:
    """Serve providers by address (registry.terraform.io/hashicorp/aws); what terraform must find in
    its environment.
    """
    with ExitStack() as servers:
        addresses = {
            address: {
                "Protocol": "grpc",
                "ProtocolVersion": 5,
                "Pid": os.getpid(),
                "Test": True,
                "Addr": {"Network": "tcp", "String": servers.enter_context(_served(each))},
            }
            for address, each in providers.items()
        }
        yield {"TF_REATTACH_PROVIDERS": json.dumps(addresses)}


@contextmanager
def _served(provider: StandIn) -> Iterator[str]:
    """Serve a provider; where."""
    size = ("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)
    server = grpc.server(ThreadPoolExecutor(4), options=size)
    server.add_generic_rpc_handlers((_Handler(provider),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None).wait()


class _Handler(grpc.GenericRpcHandler):
    """Calls of the protocol, as bytes; what it does not have is answered with UNIMPLEMENTED."""

    def __init__(self, provider: StandIn) -> None:
        self.provider = provider

    def service(self, call: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        name = METHODS.get(call.method.removeprefix(SERVICE))
        if name is None:
            return None
        answered: Callable[[Request], bytes] = getattr(self.provider, name)
        return grpc.unary_unary_rpc_method_handler(
            lambda message, context: answered(Request(wire.fields(message), context.peer()))
        )
