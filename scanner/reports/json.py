"""The result file: JSON with a published schema, read back by every command that takes --from."""

import json
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from graphs.plain import STEERING
from scanner.errors import UsageProblem
from scanner.given import read_given

if TYPE_CHECKING:
    from scanner.result import Result

LARGEST: Final = 512 << 20


def render(result: "Result") -> str:
    """The result as JSON, indented, in a stable order.

    What would steer a terminal or hide words is escaped. A name of a file that is not UTF-8 has
    question marks, since JSON has nothing for it.
    """
    return written(result)


def written(value: object) -> str:
    """Any plain value as JSON, by the same rules."""
    text = msgspec.json.format(_encoded(value), indent=2).decode()
    return STEERING.sub(_escaped, text) + "\n"


def _encoded(value: object) -> bytes:
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False)
        return text.encode("utf-8", "replace")


def _escaped(match: re.Match[str]) -> str:
    return match[0] if match[0] == "\n" else json.dumps(match[0])[1:-1]


def read_result(path: Path) -> "Result":
    """Load a result file. Raises UsageProblem with one line for anything else."""
    content = read_given(path, LARGEST)
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        raise UsageProblem(f"{path} is not a result file: it is not JSON") from None
    from scanner.result import SCHEMA, Result  # here, since most answers are no results

    version = said.get("schema") if isinstance(said, dict) else None
    if version != SCHEMA:
        raise UsageProblem(
            f"{path} is not a result file of this version", fix=f"its schema must be {SCHEMA}"
        )
    try:
        return msgspec.json.decode(content, type=Result)
    except msgspec.ValidationError as problem:
        raise UsageProblem(f"{path} is not a complete result file: {problem}") from None


def schema() -> Mapping[str, Any]:
    """The published JSON Schema of result files."""
    text = files("scanner.schemas").joinpath("result-1.json").read_text("utf-8")
    loaded: Mapping[str, Any] = json.loads(text)
    return loaded
