"""The result file: JSON with a published schema, read back by every command that takes --from."""

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from scanner.errors import UsageProblem
from scanner.result import SCHEMA, Result


def render(result: Result) -> str:
    """The result as JSON, indented, in a stable order."""
    return msgspec.json.format(msgspec.json.encode(result), indent=2).decode() + "\n"


def read_result(path: Path) -> Result:
    """Load a result file. Raises UsageProblem with one line for anything else."""
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise UsageProblem(f"{path} cannot be read: {problem.strerror}") from None
    try:
        said = json.loads(content)
    except ValueError:
        raise UsageProblem(f"{path} is not a result file: it is not JSON") from None
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


def generated_schema() -> Mapping[str, Any]:
    """The schema that the types have; a test holds the published one equal to it."""
    made = msgspec.json.schema(Result)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA,
        "title": "Pathwarden result",
        **made,
    }
