"""terraform's own plan of a root module, with providers that stand in for the real ones.

Needs the terraform binary and nothing from the network.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Collection, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.oracle.usage import Usage

if TYPE_CHECKING:
    from tests.oracle.provider import StandIn

REGION = "us-east-1"
"""What AWS_REGION says, to terraform and to us."""

_RC = """
disable_checkpoint = true
provider_installation {
  filesystem_mirror { path = "/nonexistent" }
}
"""
_SIGNS = re.compile(r"\x1b\[[0-9;]*m")


class NotPlanned(Exception):
    """Why terraform made no plan."""


def missing() -> str:
    """Why there is no terraform here; "" where there is one."""
    if shutil.which("terraform") is None:
        return "terraform is not on the PATH"
    if find_spec("grpc") is None:
        return "grpcio is not installed; it is one of the development dependencies"
    return ""


def plan(root: Path, usage: Usage, arguments: Collection[str] = ()) -> dict[str, Any]:
    """What `terraform show -json` says of the plan of a directory, which it writes into.

    Raises NotPlanned with what terraform said.
    """
    from tests.oracle.provider import running

    with tempfile.TemporaryDirectory(prefix="tf") as scratch:
        rc = Path(scratch) / "rc"
        rc.write_text(_RC)
        environment = _environment(rc)
        with running(_stand_ins(usage)) as found:
            environment |= found
            _run(root, environment, "init", "-input=false", "-no-color")
            file = str(Path(scratch) / "plan")
            planning = ("plan", "-input=false", "-no-color", "-lock=false", f"-out={file}")
            _run(root, environment, *planning, *arguments)
            shown = _run(root, environment, "show", "-json", file)
        result: dict[str, Any] = json.loads(shown)
        return result


def _environment(rc: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {
        **kept,
        "TF_CLI_CONFIG_FILE": str(rc),
        "CHECKPOINT_DISABLE": "1",
        "AWS_REGION": REGION,
        "TF_IN_AUTOMATION": "1",
    }


def _stand_ins(usage: Usage) -> "dict[str, StandIn]":
    from tests.oracle.provider import StandIn

    return {
        address: StandIn(address.rsplit("/", 1)[1], usage, REGION)
        for address in sorted(usage.addresses)
        if not address.endswith("/terraform")  # which is built in
    }


def _run(root: Path, environment: Mapping[str, str], *command: str) -> str:
    done = subprocess.run(
        ("terraform", *command),
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if done.returncode:
        raise NotPlanned(f"{command[0]}: {_reason(done.stderr or done.stdout)}")
    return done.stdout


def _reason(said: str) -> str:
    """The errors, on one line."""
    lines = [line.strip("│╷╵ ") for line in _SIGNS.sub("", said).splitlines()]
    text = " ".join(line for line in lines if line)
    return text[text.find("Error:") :][:2000] if "Error:" in text else text[-600:]
