"""Stands between a sweep and moto's server: fills what moto does not answer, and injects faults.

It is an HTTP proxy, so that hosts such as `123456789012.s3-control...` need no name service. What
it fills is told in mended.py.
"""

import json
import re
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.scanner.cloud.mended import Filled

HOST = "aws.test"
OK = 200


@dataclass
class Faults:
    """What goes wrong: actions that are denied or throttled, seconds of silence and on what."""

    deny: Callable[[str], bool] = lambda _action: False
    throttle: dict[str, int] = field(default_factory=dict)
    hang: float = 0.0
    hangs: Callable[[str], bool] = lambda _action: True
    garbled: str = ""
    """A service in whose place something else answers."""
    closed: str = ""
    """A region that refuses everyone."""


class Proxy(ThreadingHTTPServer):
    """Forwards to moto, and keeps a list of the actions that were asked for."""

    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that waits no longer is part of the tests, and nothing to print."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def __init__(self, moto: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.moto = moto
        self.faults = Faults()
        self.filled = Filled()
        self.accounts: dict[str, str] = {}
        self.asked: list[str] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def environment(self) -> dict[str, str]:
        """What sends the AWS libraries here."""
        return {
            "AWS_ENDPOINT_URL": f"http://{HOST}",
            "HTTP_PROXY": f"http://127.0.0.1:{self.server_address[1]}",
            "http_proxy": f"http://127.0.0.1:{self.server_address[1]}",
            "NO_PROXY": "",
            "no_proxy": "",
            "AWS_EC2_METADATA_DISABLED": "true",
        }


IN_XML = frozenset(
    (
        "autoscaling",
        "cloudfront",
        "ec2",
        "elasticache",
        "elasticloadbalancing",
        "iam",
        "rds",
        "redshift",
        "s3",
        "sns",
        "sts",
    )
)
"""Services that speak XML, in which their refusals are written too."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Proxy

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        key, region, service = _scope(self.headers.get("Authorization", ""))
        path = self._path(service)
        action = _action(service, self.command, path, self.headers, body)
        self.server.asked.append(action)
        faults = self.server.faults
        if faults.hangs(action):
            time.sleep(faults.hang)
        if service == faults.garbled:
            self._send(OK, b"<html>Sign in to the guest network", "text/html")
        elif faults.throttle.get(action, 0):
            faults.throttle[action] -= 1
            self._reply(service, 400, "RequestLimitExceeded", "slow down")
        elif faults.deny(action) or region == faults.closed:
            code = {"ec2": "UnauthorizedOperation", "s3": "AccessDenied"}.get(
                service, "AccessDeniedException"
            )
            self._reply(service, 403, code, f"not authorized to perform {action}")
        else:
            where = (self.server.accounts.get(key, ""), region)
            filled = self.server.filled.answer(action, path, where)
            if filled is None:
                self._forward(action, path, body)
            elif isinstance(filled, str):
                self._send(OK, filled.encode(), "text/xml")
            else:
                self._send(OK, json.dumps(filled).encode(), "application/x-amz-json-1.1")

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _any  # noqa: N815  http.server asks for them

    def log_message(self, *args: object) -> None:
        """Nothing is logged."""

    def _path(self, service: str) -> str:
        """The path as moto knows it: buckets are in the path, accounts are not in the host."""
        url = urlsplit(self.path)
        label = (url.hostname or HOST).removesuffix(HOST).rstrip(".")
        control = url.path.startswith("/v20180820/")  # S3 Control has the account in its host
        bucket = f"/{label}" if label and service == "s3" and not control else ""
        return f"{bucket}{url.path}" + (f"?{url.query}" if url.query else "")

    def _forward(self, action: str, path: str, body: bytes) -> None:
        moto = HTTPConnection("127.0.0.1", self.server.moto, timeout=60)
        dropped = ("proxy-connection", "connection", "host")
        headers = {k: v for k, v in self.headers.items() if k.lower() not in dropped}
        moto.request(self.command, path, body, headers)
        answer = moto.getresponse()
        data = answer.read()
        kind = answer.headers.get("Content-Type", "text/xml")
        more = {k: v for k, v in answer.headers.items() if k.lower().startswith("x-amz")}
        moto.close()
        if answer.status == OK:
            data = self.server.filled.mended(
                action, data, parse_qs(body.decode("utf-8", "replace"))
            )
        self._send(answer.status, data, kind, more)

    def _reply(self, service: str, status: int, code: str, said: str) -> None:
        if service in IN_XML:
            error = f"<Error><Code>{code}</Code><Message>{said}</Message></Error>"
            body = error
            if service != "s3":
                body = f"<Response><Errors>{error}</Errors></Response>"
            if service not in ("ec2", "s3"):
                body = f"<ErrorResponse>{error}</ErrorResponse>"
            self._send(status, body.encode(), "text/xml")
        else:
            said_so = {"__type": code, "message": said, "Message": said}
            self._send(
                status,
                json.dumps(said_so).encode(),
                "application/json",
                {"x-amzn-ErrorType": code},
            )

    def _send(
        self, status: int, body: bytes, kind: str, more: "dict[str, str] | None" = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (more or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _scope(authorization: str) -> tuple[str, str, str]:
    """Whose key signed a request, and for which region and service."""
    found = re.search(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/", authorization)
    return (found[1], found[2], found[3]) if found else ("", "", "")


def _action(service: str, method: str, path: str, headers: object, body: bytes) -> str:
    """`ec2:DescribeVpcs`; for REST services the method and path."""
    target = headers.get("X-Amz-Target", "")  # type: ignore[attr-defined]
    named = parse_qs(body.decode("utf-8", "replace")).get("Action", [""])[0]
    word = target.rpartition(".")[2] or named
    return f"{service}:{word}" if word else f"{service}:{method} {path}"
