"""Secrets are taken out of answers before anything is kept: what a text reveals stays, as words.

Input: an answer of AWS. Output: the same without user data, environment values, keys of VPNs.
"""

import base64
import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from graphs.build.literals import holds_secret, is_secret

KEY_ID = re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")
KEY_SECRET = re.compile(r"(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])")
LARGEST = 1 << 20

HIDDEN = "(redacted)"
WITHHELD = frozenset(
    (
        "AirflowConfigurationOptions",
        "CodeGenConfigurationNodes",
        "CustomerGatewayConfiguration",
        "HeaderValue",
        "PreSharedKey",
    )
)
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
    hide = _HIDING.get((service, operation))
    if hide is not None:
        hide(found)
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


def _functions(found: dict[str, Any]) -> None:
    for function in found.get("Functions", ()):
        _hide_values(function.get("Environment", {}).get("Variables", {}))


def _projects(found: dict[str, Any]) -> None:
    """What a build is started with; of what is kept elsewhere stands the place alone."""
    for project in found.get("projects", ()):
        if isinstance(project, dict):  # the list of names has none
            pairs = (project.get("environment") or {}).get("environmentVariables", ())
            _hide_pairs([p for p in pairs if p.get("type", "PLAINTEXT") == "PLAINTEXT"])


def _task(found: dict[str, Any]) -> None:
    for container in (found.get("taskDefinition") or {}).get("containerDefinitions", ()):
        _hide_pairs(container.get("environment", ()))


def _web_service(found: dict[str, Any]) -> None:
    source = (found.get("Service") or {}).get("SourceConfiguration") or {}
    image = (source.get("ImageRepository") or {}).get("ImageConfiguration") or {}
    code = (source.get("CodeRepository") or {}).get("CodeConfiguration") or {}
    for each in (image, code.get("CodeConfigurationValues") or {}):
        _hide_values(each.get("RuntimeEnvironmentVariables") or {})


def _cluster(found: dict[str, Any]) -> None:
    """How the programs of a cluster are set up, and how it signs in to others."""
    for name in ("Configurations", "KerberosAttributes"):
        (found.get("Cluster") or {}).pop(name, None)


def _options(found: dict[str, Any]) -> None:
    """Options of Beanstalk: variables of a program's, and passwords among the others."""
    started = "aws:elasticbeanstalk:application:environment"
    for settings in found.get("ConfigurationSettings", ()):
        for option in settings.get("OptionSettings", ()):
            name, value = str(option.get("OptionName")), str(option.get("Value") or "")
            if option.get("Namespace") == started:
                option["Value"] = _told(name, value)
            elif is_secret(name, value):
                option["Value"] = HIDDEN


def _definitions(found: dict[str, Any]) -> None:
    """Of jobs of Batch the one container that may be read; more than one is left out."""
    for definition in found.get("jobDefinitions", ()):
        for name in ("nodeProperties", "ecsProperties", "eksProperties", "parameters"):
            definition.pop(name, None)
        run = definition.get("containerProperties") or {}
        run.pop("command", None)
        _hide_pairs(run.get("environment", ()))


def _jobs(found: dict[str, Any]) -> None:
    for job in found.get("Jobs", ()):
        job.pop("NonOverridableArguments", None)
        _hide_values(job.get("DefaultArguments") or {})


def _endpoints(found: dict[str, Any]) -> None:
    for endpoint in found.get("DevEndpoints", ()):
        endpoint.pop("Arguments", None)


def _connections(found: dict[str, Any]) -> None:
    for connection in found.get("ConnectionList", ()):
        for name in ("SparkProperties", "AthenaProperties", "PythonProperties"):
            connection.pop(name, None)
        _hide_values(connection.get("ConnectionProperties") or {})


def _stacks(found: dict[str, Any]) -> None:
    for stack in found.get("Stacks", ()):
        stack.pop("Outputs", None)
        for each in stack.get("Parameters", ()):
            each.pop("ResolvedValue", None)
            name, value = str(each.get("ParameterKey")), str(each.get("ParameterValue", ""))
            each["ParameterValue"] = _told(name, value)


_HIDING: Mapping[tuple[str, str], Callable[[dict[str, Any]], None]] = {
    ("apprunner", "describe_service"): _web_service,
    ("batch", "describe_job_definitions"): _definitions,
    ("cloudformation", "describe_stacks"): _stacks,
    ("codebuild", "batch_get_projects"): _projects,
    ("ecs", "describe_task_definition"): _task,
    ("elasticbeanstalk", "describe_configuration_settings"): _options,
    ("emr", "describe_cluster"): _cluster,
    ("glue", "get_connections"): _connections,
    ("glue", "get_dev_endpoints"): _endpoints,
    ("glue", "get_jobs"): _jobs,
    ("lambda", "list_functions"): _functions,
}
"""What of an answer is taken out or told in words, by the call."""


def _hide_pairs(pairs: "Iterable[dict[str, Any]]") -> None:
    for pair in pairs:
        pair["value"] = _told(str(pair.get("name")), str(pair.get("value", "")))


def _hide_values(variables: dict[str, str]) -> None:
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
