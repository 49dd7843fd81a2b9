"""What data sources answer without asking anybody: from code, from the provider, from other roots.

The rest is Unknown with the data source as its origin.
https://registry.terraform.io/providers/hashicorp/aws/latest/docs
"""

import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from scanner.terraform.data_sources import account_data, lookups, policy_documents, remote_state
from scanner.terraform.data_sources.asked import argument, looked_up
from scanner.terraform.values import Sensitive, Value

if TYPE_CHECKING:
    from scanner.terraform.resources import Instance


def made(kind: str) -> tuple[str, ...]:
    """The attributes of a data source of this type that a Resource lists beside its arguments."""
    return tuple(name for name in KNOWN.get(kind, {}) if name != "minified_json")


def read(instance: "Instance", name: str) -> Value:
    """An attribute that the configuration does not set."""
    kind = instance.group.kind
    answer = KNOWN.get(kind, {}).get(name)
    if answer is not None:
        return answer(instance)
    found, repository = None, instance.scope.session.repository
    if repository is not None:
        elsewhere = remote_state if kind == remote_state.KIND else lookups
        found = elsewhere.value_of(repository, instance, name)
    return looked_up(instance, name) if found is None else found


def _policy(instance: "Instance") -> Value:
    return policy_documents.rendered(instance)


def _minified_policy(instance: "Instance") -> Value:
    return policy_documents.rendered(instance, indent=False)


def _file_content(instance: "Instance") -> Value:
    context = instance.scope.module.context
    path = argument(instance, "filename")
    if not isinstance(path, str) or context.tree is None:
        return looked_up(instance, "content")
    return context.tree.read_text(posixpath.join(context.root, path))


def _secret_content(instance: "Instance") -> Value:
    return Sensitive(_file_content(instance))


def _template(instance: "Instance") -> Value:
    source = argument(instance, "template")
    names = instance.group.definition.body.attributes
    variables = instance.get_value("vars") if "vars" in names else {}
    evaluate = instance.scope.module.context.evaluate_template
    if not isinstance(source, str) or not isinstance(variables, dict) or evaluate is None:
        return looked_up(instance, "rendered")
    return evaluate(source, instance.name, variables)


def _inputs(instance: "Instance") -> Value:
    return instance.get_value("inputs") if "inputs" in instance.names() else {}


KNOWN: Final[dict[str, dict[str, Callable[["Instance"], Value]]]] = {
    **account_data.KNOWN,
    "aws_iam_policy_document": {"json": _policy, "minified_json": _minified_policy},
    "local_file": {"content": _file_content},
    "local_sensitive_file": {"content": _secret_content},
    "null_data_source": {"outputs": _inputs},
    "template_file": {"rendered": _template},
}

__all__ = ["KNOWN", "looked_up", "made", "read"]
