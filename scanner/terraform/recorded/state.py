"""States: what terraform believes to be there, as a state file or as `terraform show -json` of it.

Everything in a state is known, ids and ARNs too, so that one resource names another by them. A
deposed object is one that was replaced and is still to be destroyed: until then it exists.
https://developer.hashicorp.com/terraform/internals/json-format#state-representation
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from graphs.resource import Address, Origin, Source, Value
from scanner.terraform.recorded.documents import At, frozen
from scanner.terraform.recorded.instances import Held, is_module
from scanner.terraform.recorded.lines import Lines
from scanner.terraform.recorded.shown import MODES, values

VERSION: Final = 4
_OLDER: Final = "terraform 0.12 or newer writes version 4: terraform state pull > FILE"
_PROVIDER: Final = re.compile(r'(?:(.+)\.)?provider\["([^"]+)"\](?:\.(.+))?')
_SECRET: Final = re.compile(
    r"(?:^|_)(?:password|passwd|passphrase|secret|secret_string|secret_binary|private_key"
    r"|private_key_pem|auth_token|token|preshared_key|ses_smtp_password_v4)(?:$|_wo$|_hash$)"
)
"""Names of attributes that providers hold sensitive, which states of older terraform do not say."""


def is_state(document: At) -> bool:
    """Whether a document is a state; one that cannot be used counts."""
    return is_file(document) or ("values" in document and "format_version" in document)


def is_file(document: At) -> bool:
    """Whether it is a state file, or its backup."""
    return "version" in document and ("lineage" in document or "serial" in document)


def read_state(document: At, text: str) -> tuple[Held, ...]:
    """The instances in a state. Raises DocumentProblem for one of another version."""
    lines = Lines(document.file, text)
    if is_file(document):
        return tuple(_unique(document, _in_file(document, lines)))
    version = document.get("format_version").text()
    if not re.fullmatch(r"1\.[0-9]+", version):
        raise document.problem(f"is in format {version}, not in 1.x, which Terraform writes now")
    return tuple(_shown(document, lines))


def _shown(document: At, lines: Lines) -> Iterator[Held]:
    for told in values(document.get("values").get("root_module")):
        yield Held(
            address=told.instance(),
            values={n: frozen(v) for n, v in told.at.get("values").mapping().items()},
            provider=told.kind_of_provider,
            origin=Origin(Source.STATE, lines.of(told.address)),
            marks=told.marks(),
        )


def _in_file(document: At, lines: Lines) -> Iterator[Held]:
    version = document.get("version").value
    if version != VERSION:
        raise document.problem(f"is a state of version {version}, not {VERSION}", _OLDER)
    for each in document.get("resources").items():
        if each.get("mode").text() in MODES:
            for instance in each.get("instances").items():
                yield _held(each, instance, lines)


def _held(block: At, instance: At, lines: Lines) -> Held:
    module, mode = block.get("module").text(""), block.get("mode").text()
    if not is_module(module):
        raise block.get("module").problem("is not the address of a module")
    kind, name = block.get("type").text(), block.get("name").text()
    deposed = instance.get("deposed").text("")
    shown = f"{name} (deposed object {deposed})" if deposed else name
    plain = frozen if kind.startswith("aws_") else _of_any_type
    found = {n: plain(v) for n, v in instance.get("attributes").mapping().items()}
    if instance.get("attributes").value is None and "attributes_flat" in instance:
        raise instance.problem("is still in the form of terraform 0.11", _OLDER)
    return Held(
        address=Address(module, kind, shown, instance.get("index_key").key(), mode),
        values=found,
        provider=_provider(block.get("provider").text("")) or kind.split("_", 1)[0],
        origin=Origin(Source.STATE, lines.of_block(module, mode, kind, name)),
        marks=frozenset((*_sensitive(instance), *secret_names(found))),
    )


def _of_any_type(value: Any) -> Value:
    """A value of an attribute that may be of any type, which a state keeps beside its type."""
    if isinstance(value, dict) and value.keys() == {"value", "type"}:
        return frozen(value["value"])
    return frozen(value)


def _provider(text: str) -> str:
    """The configuration of a provider: `aws.west`, with the module that holds it in front."""
    match = _PROVIDER.fullmatch(text)
    if match is None:
        return ""
    module, source, alias = match.groups()
    name = source.rpartition("/")[2] + (f".{alias}" if alias else "")
    return f"{module}: {name}" if module else name


def _sensitive(instance: At) -> Iterator[str]:
    """The attribute paths that a state file marks."""
    for each in instance.get("sensitive_attributes").items():
        steps = each.items() if isinstance(each.value, list) else ()
        path = "".join(_step(step) for step in steps)
        if path:
            yield path.removeprefix(".")


def _step(step: At) -> str:
    value = step.get("value")
    if step.get("type").text() == "get_attr":
        return f".{value.text()}"
    key = value.get("value").value
    return f"[{key}]" if isinstance(key, int) else f".{key}"


def secret_names(found: Value, path: str = "") -> Iterator[str]:
    """The paths of texts that are secrets by their name."""
    if isinstance(found, dict):
        for name, each in found.items():
            inner = f"{path}.{name}" if path else name
            if isinstance(each, str) and each and _SECRET.search(name):
                yield inner
            else:
                yield from secret_names(each, inner)
    elif isinstance(found, tuple):
        for at, each in enumerate(found):
            yield from secret_names(each, f"{path}[{at}]")


def _unique(document: At, found: Iterator[Held]) -> Iterator[Held]:
    seen: set[str] = set()
    for each in found:
        name = str(each.address)
        if name in seen:
            raise document.problem(f"holds {name} twice")
        seen.add(name)
        yield each
