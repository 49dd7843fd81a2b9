"""Secrets are taken out of answers before anything is kept: what a text reveals stays, as words.

Input: an answer of AWS. Output: the same without user data, environment values, keys of VPNs.
"""

import base64
import gzip
import io
import re
import zlib
from collections.abc import Mapping
from typing import Any

from graphs.build.literals import holds_secret, is_secret

KEY_ID = re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")
KEY_SECRET = re.compile(r"(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])")
LARGEST = 1 << 20

HIDDEN = "(redacted)"
WITHHELD = frozenset(("CustomerGatewayConfiguration", "PreSharedKey", "HeaderValue"))
"""Members of answers that are secrets, wherever they stand."""


def redacted(service: str, operation: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer that may be kept."""
    if (service, operation) == ("ec2", "describe_instance_attribute"):
        data = answer.get("UserData") or {}
        return {"UserData": {"Value": revealed(decoded(data.get("Value", "")))}}
    found: dict[str, Any] = _without(answer)
    for version in found.get("LaunchTemplateVersions", ()):
        _hide_start(version.get("LaunchTemplateData", {}))
    for configuration in found.get("LaunchConfigurations", ()):
        _hide_start(configuration)
    if service == "lambda":
        for function in found.get("Functions", ()):
            _hide_environment(function.get("Environment", {}).get("Variables", {}))
    if service == "codebuild":
        for project in found.get("projects", ()):
            _hide_build(project)
    if service == "ecs":
        for container in (found.get("taskDefinition") or {}).get("containerDefinitions", ()):
            for pair in container.get("environment", ()):
                pair["value"] = _told(str(pair.get("name")), str(pair.get("value", "")))
    return found


def decoded(text: str) -> str:
    """User data without its base64, and without the gzip that cloud-init allows inside."""
    try:
        data = base64.b64decode(text, validate=True)
        if data[:2] == b"\x1f\x8b":
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
                data = file.read(LARGEST)
    except (ValueError, OSError, EOFError, zlib.error):
        return text
    return data.decode("utf-8", "replace")


def revealed(text: str) -> str:
    """The ids of access keys in a text, and a word for each kind of secret in it; no secret.

    >>> revealed("#!/bin/sh")
    ''
    >>> revealed("export DB_PASSWORD=correct-horse")
    'secret = "(redacted)"'
    """
    ids = sorted(set(KEY_ID.findall(text)))
    secret = KEY_SECRET.search(text) is not None or holds_secret(text)
    return " ".join((*ids, *([f'secret = "{HIDDEN}"'] if secret else [])))


def _hide_start(launched: dict[str, Any]) -> None:
    if "UserData" in launched:
        launched["UserData"] = revealed(decoded(launched["UserData"]))


def _hide_build(project: Any) -> None:
    """What a build is started with; of what is kept elsewhere stands the place alone."""
    if isinstance(project, dict):  # the list of names has none
        for pair in (project.get("environment") or {}).get("environmentVariables", ()):
            if pair.get("type", "PLAINTEXT") == "PLAINTEXT":
                pair["value"] = _told(str(pair.get("name")), str(pair.get("value", "")))


def _hide_environment(variables: dict[str, str]) -> None:
    for name, value in variables.items():
        variables[name] = _told(name, value)


def _told(name: str, value: str) -> str:
    """A variable's value as what it reveals; a reference to where a secret is kept stays."""
    if value.startswith("arn:"):
        return value
    found = revealed(value)
    return HIDDEN if not found and is_secret(name, value) else found


def _without(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: HIDDEN if k in WITHHELD and v else _without(v) for k, v in value.items()}
    return [_without(v) for v in value] if isinstance(value, list | tuple) else value
