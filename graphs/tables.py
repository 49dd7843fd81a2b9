"""Tables of facts that stand in YAML files beside the code."""

from importlib.resources import files
from typing import Any


def table(package: str, *path: str) -> Any:
    """The content of a YAML file of a package.

    The loader in C reads a large table in 20 ms and Python's own in 300; not every PyYAML has it.
    """
    import yaml  # here, so that starting up does not pay for it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    source = files(package).joinpath(*path).read_text(encoding="utf-8")
    return yaml.load(source, Loader=loader)  # noqa: S506  a safe one, as its name says
