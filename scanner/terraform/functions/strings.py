"""Functions of texts. Characters are grapheme clusters; case changes letter by letter.

Where a text has holes, a function still answers when its known parts decide the answer.
https://developer.hashicorp.com/terraform/language/functions/chomp
"""

import re
from collections.abc import Callable

from graphs.unknown import Template, Unknown, text
from scanner.errors import FunctionProblem
from scanner.terraform.functions.function import (
    LETTER_BY_LETTER,
    MAX_ELEMENTS,
    MAX_TEXT,
    OWN,
    SEGMENTED,
    ArgumentProblem,
    Context,
    Function,
    bounded,
    unknown,
)
from scanner.terraform.functions.numeric import whole
from scanner.terraform.values.json_text import normalized
from scanner.terraform.values.shapes import List, Sensitive, Value, first_null

SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
)
SPACE += "\u2028\u2029\u202f\u205f\u3000"


def clusters(source: str) -> list[str]:
    """The grapheme clusters of a text, which terraform counts as its characters."""
    if _plain(source):
        return list(source)
    if source.isascii():
        return _ASCII_CLUSTER.findall(source)
    import regex

    return regex.findall(r"\X", source)


def _plain(source: str) -> bool:
    """Whether every letter is a cluster of its own."""
    return source.isascii() and "\r\n" not in source


_ASCII_CLUSTER = re.compile("\r\n|.", re.DOTALL)


def count_clusters(source: str) -> int:
    """How many characters a person would see."""
    return len(source) - source.count("\r\n") if source.isascii() else len(clusters(source))


def lower(source: str) -> str:
    """Lower case, each letter on its own as Go does it: no final sigma, no letters added."""
    return source.lower() if source.isascii() else "".join(map(_lower_letter, source))


def upper(source: str) -> str:
    """Upper case, each letter on its own as Go does it: "straße" becomes "STRAßE"."""
    return source.upper() if source.isascii() else "".join(map(_upper_letter, source))


def _lower_letter(letter: str) -> str:
    changed = letter.lower()
    return changed if len(changed) == 1 else changed[0] if letter == "\u0130" else letter


def _upper_letter(letter: str) -> str:
    changed = letter.upper()
    return changed if len(changed) == 1 else _title_letter(letter)


def _title_letter(letter: str) -> str:
    changed = letter.title()
    return changed if len(changed) == 1 else letter


def _title(source: str) -> str:
    letters, after = [], " "
    for letter in source:
        letters.append(_title_letter(letter) if _separates(after) else letter)
        after = letter
    return "".join(letters)


def _separates(letter: str) -> bool:
    if letter.isascii():
        return not (letter.isalnum() or letter == "_")
    return letter in SPACE


def _per_part(name: str, change: Callable[[str], str]) -> Callable[[Value], Value]:
    """A function that changes every part of a text on its own, holes by name."""

    def run(source: Value) -> Value:
        if isinstance(source, str):
            return normalized(change(source))
        if isinstance(source, Template):
            parts = source.parts
            return text([change(p) if isinstance(p, str) else unknown(name, p) for p in parts])
        return unknown(name, source)

    return run


def _indent(spaces: Value, source: Value) -> Value:
    if isinstance(spaces, Unknown):
        return unknown("indent", spaces, source)
    if whole(spaces) < 0:
        raise FunctionProblem("the number of spaces must not be negative")
    pad = "\n" + " " * min(whole(spaces), MAX_TEXT)
    whole_text = source if isinstance(source, str) else ""
    bounded(len(whole_text) + whole_text.count("\n") * len(pad), MAX_TEXT, "characters")
    return _per_part("indent", lambda part: part.replace("\n", pad))(source)


def _at_ends(name: str, strip: Callable[[str], str]) -> Callable[[Value], Value]:
    """A function that strips the ends of a text; exact where the ends are known and not bare."""

    def run(source: Value) -> Value:
        if isinstance(source, str):
            return strip(source)
        if not isinstance(source, Template):
            return unknown(name, source)
        first, last = source.parts[0], source.parts[-1]
        if not isinstance(first, str) or not isinstance(last, str):
            return unknown(name, source)
        if not strip(first) or not strip(last):
            return unknown(name, source)
        head = strip(first + "\0")[:-1]  # so that only the outer end is stripped
        tail = strip("\0" + last)[1:]
        return text([head, *source.parts[1:-1], tail])

    return run


def _chomp(source: Value) -> Value:
    if isinstance(source, str):
        return source.rstrip("\r\n")
    last = source.parts[-1] if isinstance(source, Template) else None
    if isinstance(source, Template) and isinstance(last, str) and last.rstrip("\r\n"):
        return text([*source.parts[:-1], last.rstrip("\r\n")])
    return unknown("chomp", source)


def _trim(source: str, cutset: str) -> str:
    return source.strip(cutset) if cutset else source


def _head(source: Value) -> str:
    first = source.parts[0] if isinstance(source, Template) else source
    return first if isinstance(first, str) else ""


def _tail(source: Value) -> str:
    last = source.parts[-1] if isinstance(source, Template) else source
    return last if isinstance(last, str) else ""


def _startswith(context: Context, source: Value, prefix: Value) -> "bool | Unknown":
    """Terraform is sure of what no further character can change: of "ab" only the "a"."""
    if context.exact and isinstance(source, Template):
        source = Template((safe_beginning(_head(source)), *source.parts[1:]))
    return _begins(source, prefix)


def safe_beginning(text: str) -> str:
    """A beginning without its last character, to which a mark may come that changes it."""
    last = text[-1:]
    if last in SPACE[:1] or last == " " or (last in _ENDINGS and last):
        return text
    return "".join(clusters(text)[:-1])


_ENDINGS = "!#$%&'()*+,-./:;?@[\\]^_{|}~\""


def _begins(source: Value, prefix: Value) -> "bool | Unknown":
    if isinstance(source, str) and isinstance(prefix, str):
        return source.startswith(prefix)
    if prefix == "" and not isinstance(source, str):
        return True
    head, wanted = _head(source), _head(prefix)
    if isinstance(prefix, str) and head.startswith(prefix):
        return True
    if not head.startswith(wanted) and not wanted.startswith(head):
        return False
    return unknown("startswith", source, prefix)


def _endswith(source: Value, suffix: Value) -> "bool | Unknown":
    if isinstance(source, str) and isinstance(suffix, str):
        return source.endswith(suffix)
    tail, wanted = _tail(source), _tail(suffix)
    if isinstance(suffix, str) and tail.endswith(suffix):
        return True
    if not tail.endswith(wanted) and not wanted.endswith(tail):
        return False
    return unknown("endswith", source, suffix)


def _strcontains(source: Value, wanted: Value) -> "bool | Unknown":
    if isinstance(source, str) and isinstance(wanted, str):
        return wanted in source
    if isinstance(wanted, str) and isinstance(source, Template):
        known = [part for part in source.parts if isinstance(part, str)]
        if any(wanted in part for part in known):
            return True
    return unknown("strcontains", source, wanted)


def _trimprefix(source: Value, prefix: Value) -> Value:
    if isinstance(source, str) and isinstance(prefix, str):
        return source.removeprefix(prefix)
    answer = _begins(source, prefix)
    if isinstance(answer, Unknown) or not isinstance(source, Template):
        return unknown("trimprefix", source, prefix)
    if not answer:
        return source
    return text([_head(source)[len(str(prefix)) :], *source.parts[1 if _head(source) else 0 :]])


def _trimsuffix(source: Value, suffix: Value) -> Value:
    if isinstance(source, str) and isinstance(suffix, str):
        return source.removesuffix(suffix)
    answer = _endswith(source, suffix)
    if isinstance(answer, Unknown) or not isinstance(source, Template):
        return unknown("trimsuffix", source, suffix)
    if not answer:
        return source
    tail = _tail(source)
    kept = source.parts[:-1] if tail else source.parts
    return text([*kept, tail[: len(tail) - len(str(suffix))]])


def _substr(source: Value, offset: Value, length: Value) -> Value:
    """From a negative offset terraform counts from the end; a negative length means the rest."""
    if isinstance(offset, Unknown) or isinstance(length, Unknown):
        return unknown("substr", source, offset, length)
    start, size = whole(offset), whole(length)
    if isinstance(source, str):
        letters = source if _plain(source) else clusters(source)
        start = max(start + len(letters), 0) if start < 0 else start
        return "".join(letters[start:] if size < 0 else letters[start : start + size])
    letters = clusters(_head(source))
    if start >= 0 and size >= 0 and start + size < len(letters):
        return "".join(letters[start : start + size])
    return unknown("substr", source, offset, length)


def _strrev(source: str) -> str:
    return source[::-1] if _plain(source) else normalized("".join(reversed(clusters(source))))


def _join(separator: Value, *lists: "List | Unknown") -> Value:
    parts: list[Value] = []
    for position, each in enumerate(lists, 1):
        if isinstance(separator, Unknown) or isinstance(each, Unknown):
            return unknown("join", separator, *lists)
        parts += _joinable(each, position)
    if not lists:
        raise FunctionProblem("at least one list is required")
    if isinstance(separator, str) and set(map(type, parts)) <= {str}:
        size = len(separator) * len(parts) + sum(map(len, parts))  # type: ignore[arg-type]
        bounded(size, MAX_TEXT, "characters")
        return normalized(separator.join(parts))  # type: ignore[arg-type]
    return _join_with_holes(separator, parts)


def _joinable(items: List, position: int) -> "tuple[Value, ...]":
    if (at := first_null(items)) is not None:
        message = f"element {at} is null; cannot concatenate null values"
        raise ArgumentProblem(position, message)
    return items


def _join_with_holes(separator: Value, parts: list[Value]) -> Value:
    secret = any(isinstance(part, Sensitive) for part in parts)
    mixed: list[Value] = []
    for at, part in enumerate(parts):
        mixed += [separator] if at else []
        mixed.append(part.value if isinstance(part, Sensitive) else part)
    joined = text(mixed)
    return Sensitive(joined) if secret else joined


def _split(separator: str, source: str) -> List:
    if not separator:
        bounded(len(source), MAX_ELEMENTS, "elements")
        return List(source, "string")
    bounded(source.count(separator), MAX_ELEMENTS, "elements")
    return List(source.split(separator), "string")


FUNCTIONS = (
    Function("chomp", _chomp, unknowns=OWN, wary=True),
    Function("endswith", _endswith, unknowns=OWN, wary=True),
    Function("indent", _indent, unknowns=OWN, wary=True),
    Function("join", _join, unknowns=OWN, wary=True),
    Function("lower", _per_part("lower", lower), unknowns=OWN, wary=True, effort=2),
    Function("split", _split),
    Function("startswith", _startswith, unknowns=OWN, takes_context=True),
    Function("strcontains", _strcontains, unknowns=OWN, wary=True),
    Function("strrev", _strrev, effort=SEGMENTED),
    Function("substr", _substr, unknowns=OWN, wary=True, effort=SEGMENTED),
    Function("title", _title, effort=LETTER_BY_LETTER),
    Function("trim", _trim),
    Function("trimprefix", _trimprefix, unknowns=OWN, wary=True),
    Function(
        "trimspace", _at_ends("trimspace", lambda part: part.strip(SPACE)), unknowns=OWN, wary=True
    ),
    Function("trimsuffix", _trimsuffix, unknowns=OWN, wary=True),
    Function("upper", _per_part("upper", upper), unknowns=OWN, wary=True, effort=2),
)
