"""Places and texts of SARIF: files from where the scan was started, resources by address."""

import posixpath
from typing import Any, TypeAlias
from urllib.parse import quote

from scanner.reports.words import clean
from scanner.result import Result

Json: TypeAlias = dict[str, Any]
SOURCE = "%SRCROOT%"


def plain_text(text: str) -> str:
    """Text from the code under review in which nothing is a link.

    In messages `[text](target)` is one (3.11.6).

    >>> plain_text("bucket [free](https://example.com)")
    'bucket [free] (https://example.com)'
    """
    return clean(text).replace("](", "] (")


def split_call(call: str) -> tuple[str, int]:
    """The file and the line of a call of a module."""
    file, _, line = call.rpartition(":")
    return file, int(line)


def location(result: Result, file: str, line: int) -> Json:
    """A place in a file; without a line, the file as a whole."""
    place: Json = {"artifactLocation": {"uri": uri(result, file), "uriBaseId": SOURCE}}
    if line:
        place["region"] = {"startLine": line, "startColumn": 1, "endLine": line}
    return {"physicalLocation": place}


def uri(result: Result, file: str) -> str:
    """The file from where the scan was started, since GitHub knows no other base.

    Where one names what is scanned by an absolute path, the file from the scanned directory.
    """
    base = result.coverage.scanned
    foreign = posixpath.isabs(base) or ".." in base.split("/")
    whole = posixpath.normpath(file if foreign else posixpath.join(base, file))
    return quote(whole.encode("utf-8", "surrogateescape")) + ("/" if file.endswith("/") else "")


def logical(address: str) -> Json:
    """A resource by its address."""
    return {"fullyQualifiedName": clean(address), "kind": "resource"}
