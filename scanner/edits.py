"""Changes as Terraform text: what to write where, so that something is allowed no longer.

Input: a tree, the resources read from it, a change. Output: the change of a file as a unified
diff; "" where the text is not plain enough to be changed by a program (a plan, a statement among
others, an argument that a module computes). One instance of many is changed by a condition on its
key. In a module an argument that only passes a variable on is changed at the module's call.
"""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from graphs.attack.changes import Change, Kind
from graphs.resource import Address, Resource, Source, quoted_key
from scanner.errors import SyntaxProblem, TreeProblem
from scanner.terraform.syntax import Block, parse, parse_expression
from scanner.tree import Tree

Key: TypeAlias = "int | str | None"
Rewrite = Callable[[str | None], str | None]
"""Makes an argument's new text of its old one, which is None where it is not set; None: cannot."""

NOBODY = (
    'jsonencode({ Version = "2012-10-17", Statement = '
    '[{ Effect = "Deny", Principal = "*", Action = "sts:AssumeRole*" }] })'
)
_ARGUMENTS = {
    (Kind.SIGN_CALLS, "authorization_type"): '"AWS_IAM"',
    (Kind.CLOSE_DATA, "restrict_public_buckets"): "true",
    (Kind.LOCK_TAGS, "image_tag_mutability"): '"IMMUTABLE"',
    (Kind.UNSHARE, "shared_accounts"): "[]",
    (Kind.MAKE_PRIVATE, "associate_public_ip_address"): "false",
    (Kind.MAKE_PRIVATE, "publicly_accessible"): "false",
    (Kind.MAKE_PRIVATE, "internal"): "true",
    (Kind.TRUST, "assume_role_policy"): NOBODY,
}
_BLOCK = re.compile(r"(ingress|egress|route)\[([0-9]+)\]")
_WHOLE = frozenset(
    (
        "aws_ami_launch_permission",
        "aws_iam_group_policy",
        "aws_iam_group_policy_attachment",
        "aws_iam_role_policy",
        "aws_iam_role_policy_attachment",
        "aws_iam_user_policy",
        "aws_iam_user_policy_attachment",
        "aws_route",
        "aws_s3_bucket_policy",
        "aws_security_group_rule",
        "aws_snapshot_create_volume_permission",
        "aws_vpc_security_group_egress_rule",
        "aws_vpc_security_group_ingress_rule",
    )
)
"""Resources that are nothing but what a change takes away."""


@dataclass
class Edits:
    """Writes changes into the texts of a tree, one after the other; the tree stays as it is."""

    tree: Tree
    resources: Mapping[str, Resource]
    texts: dict[str, str] = field(default_factory=dict)
    """The files that changes were written into, by path."""

    def write(self, change: Change) -> str:
        """Write a change, and give what it changes as a diff; "" where it cannot be written."""
        resource = self.resources.get(change.proof.resource)
        origin = resource.origin if resource else None
        if resource is None or origin is None or origin.source is not Source.TERRAFORM:
            return ""
        before = dict(self.texts)
        try:
            written = origin.place is not None and self._written(change, resource)
        except (SyntaxProblem, TreeProblem):
            written = False
        if not written:
            self.texts = before
            return ""
        return "".join(self._diff(file, before) for file in sorted(self.texts))

    def _diff(self, file: str, before: Mapping[str, str]) -> str:
        old = before[file] if file in before else self.tree.read_text(file)
        lines = old.splitlines(keepends=True), self.texts[file].splitlines(keepends=True)
        return "".join(difflib.unified_diff(*lines, file, file, n=1))

    def _written(self, change: Change, resource: Resource) -> bool:
        value = _ARGUMENTS.get((change.kind, change.proof.attribute))
        if value is not None:
            rewrite = _keyed(
                None if self._only(resource) else resource.address.key, lambda _: value
            )
            return self._argument(resource, change.proof.attribute, rewrite)
        if resource.type in _WHOLE:
            return self._left_out(resource)
        inner = _BLOCK.match(change.proof.attribute)
        return inner is not None and self._block_removed(resource, inner[1], int(inner[2]))

    def _block_removed(self, resource: Resource, kind: str, number: int) -> bool:
        """Remove a block inside of a resource that is there once."""
        file = str(resource.origin.place.file) if resource.origin.place else ""
        outer = self._resource_block(file, resource.address)
        if outer is None or resource.address.key is not None or not self._alone(resource):
            return False
        made = any(b.type == "dynamic" and b.labels == (kind,) for b in outer.body.blocks)
        found = [block for block in outer.body.blocks if block.type == kind]
        if made or number >= len(found):
            return False
        self._cut(file, found[number])
        return True

    # ------------------------------------------------------------------------- single resources

    def _argument(self, resource: Resource, name: str, rewrite: Rewrite) -> bool:
        """Give an argument of a resource a new value."""
        file = str(resource.origin.place.file) if resource.origin.place else ""
        block = self._resource_block(file, resource.address)
        if block is None:
            return False
        passed = _passed(block, name)
        if passed and resource.address.module:
            return self._call(resource, len(resource.origin.calls) - 1, passed, rewrite)
        return self._alone(resource) and self._rewrite(file, block, name, rewrite)

    def _left_out(self, resource: Resource) -> bool:
        """Leave out a resource: the whole block, or one instance of it."""
        key = resource.address.key
        if isinstance(key, str):
            return self._argument(resource, "for_each", _but(key))
        if isinstance(key, int):
            return self._only(resource) and self._argument(resource, "count", lambda _: "0")
        return self._alone(resource) and self._removed(resource)

    def _removed(self, resource: Resource) -> bool:
        file = str(resource.origin.place.file) if resource.origin.place else ""
        block = self._resource_block(file, resource.address)
        name = f"{resource.type}.{resource.address.name}"
        if block is None or any(name in text for text in self._beside(file)):
            return False
        self._cut(file, block)
        return True

    def _cut(self, file: str, block: Block) -> None:
        """Take the lines of a block out, and a blank line after them."""
        text = self._text(file)
        start = text.rfind("\n", 0, block.start) + 1
        end = text.find("\n", block.end) + 1 or len(text)
        self.texts[file] = text[:start] + text[end:].removeprefix("\n")

    def _only(self, resource: Resource) -> bool:
        """Whether a resource is the only instance of its block in its module."""
        same = (r for r in self.resources.values() if _siblings(r.address, resource.address))
        return sum(1 for _ in same) == 1

    def _alone(self, resource: Resource) -> bool:
        """Whether a block makes instances for one call of its module only."""
        place, module = resource.origin.place, resource.address.module
        same = (r for r in self.resources.values() if r.origin.place == place)
        return all(each.address.module == module for each in same)

    # --------------------------------------------------------------------------- module calls

    def _call(self, resource: Resource, depth: int, name: str, rewrite: Rewrite) -> bool:
        """Change what the call of a module passes; calls are counted from the outermost, 0."""
        steps = list(_steps(resource.address.module))
        if not 0 <= depth < len(steps) or len(steps) != len(resource.origin.calls):
            return False
        file, (called, key) = resource.origin.calls[depth].file, steps[depth]
        block = next((b for b in self._blocks(file, "module") if b.labels == (called,)), None)
        if block is None:
            return False
        here = _keyed(key, rewrite)
        passed = _passed(block, name)
        if passed and depth:
            return self._call(resource, depth - 1, passed, here)
        if depth and not self._called_once(resource, depth):
            return False
        return self._rewrite(file, block, name, here)

    def _called_once(self, resource: Resource, depth: int) -> bool:
        """Whether a call inside of a module stands for one module path only."""
        call = resource.origin.calls[depth]
        outer = tuple(resource.origin.calls[:depth])
        return all(
            tuple(r.origin.calls[:depth]) == outer
            for r in self.resources.values()
            if len(r.origin.calls) > depth and r.origin.calls[depth] == call
        )

    # ------------------------------------------------------------------------------- the text

    def _text(self, file: str) -> str:
        return self.texts[file] if file in self.texts else self.tree.read_text(file)

    def _beside(self, file: str) -> Iterator[str]:
        """The texts of a module: of the files beside one, and its own."""
        directory = file.rpartition("/")[0] or "."
        for name in self.tree.files(directory):
            if name.endswith(".tf"):
                yield self._text(name if directory == "." else f"{directory}/{name}")

    def _blocks(self, file: str, kind: str) -> list[Block]:
        return [b for b in parse(self._text(file), file).body.blocks if b.type == kind]

    def _resource_block(self, file: str, address: Address) -> Block | None:
        if not file.endswith(".tf"):
            return None
        labels = (address.type, address.name)
        return next((b for b in self._blocks(file, "resource") if b.labels == labels), None)

    def _rewrite(self, file: str, block: Block, name: str, rewrite: Rewrite) -> bool:
        text = self._text(file)
        attribute = block.body.attributes.get(name)
        old = text[attribute.expr[1] : attribute.expr[2]] if attribute else None
        new = rewrite(old)
        if new is None or (old is not None and "<<" in old):
            return False
        if attribute:
            self.texts[file] = text[: attribute.expr[1]] + new + text[attribute.expr[2] :]
            return True
        opening = text.find("{", block.start, block.end) + 1
        if text[opening : opening + 1] != "\n":
            return False
        self.texts[file] = f"{text[:opening]}\n  {name} = {new}{text[opening:]}"
        return True


def _passed(block: Block, name: str) -> str:
    """The variable that an argument passes on and nothing else; "" where it does more."""
    attribute = block.body.attributes.get(name)
    if attribute is None or attribute.expr[0] != "attr":
        return ""
    _, _, _, owner, variable = attribute.expr
    return str(variable) if owner[0] == "var" and owner[3] == "var" else ""


def _keyed(key: Key, rewrite: Rewrite) -> Rewrite:
    """A rewrite for the instance of a key alone."""
    if key is None:
        return rewrite
    test = f"each.key == {quoted_key(key)}" if isinstance(key, str) else f"count.index == {key}"

    def conditional(old: str | None) -> str | None:
        new = rewrite(old)
        return None if new is None else f"{test} ? {new} : ({'null' if old is None else old})"

    return conditional


def _but(key: str) -> Rewrite:
    """A collection without one of its keys."""

    def filtered(old: str | None) -> str | None:
        if old is None:
            return None
        tree = parse_expression(old, "")
        if tree[0] == "object" and len(tree[3]) == 1 and tree[3][0][0][3:] == (key,):
            return "{}"
        return f"{{ for key, value in {old} : key => value if key != {quoted_key(key)} }}"

    return filtered


def _siblings(one: Address, other: Address) -> bool:
    return (one.module, one.type, one.name) == (other.module, other.type, other.name)


def _steps(module: str) -> Iterator[tuple[str, Key]]:
    """The calls of a module path, outermost first: `module.a["x"].module.b` is a with "x", b."""
    rest = module
    while rest.startswith("module."):
        rest = rest.removeprefix("module.")
        end = min((at for at in (rest.find("."), rest.find("[")) if at >= 0), default=len(rest))
        name, rest = rest[:end], rest[end:]
        key: Key = None
        if rest.startswith("["):
            close = _closing(rest)
            inner, rest = rest[1:close], rest[close + 1 :]
            key = inner[1:-1] if inner.startswith('"') else int(inner)
        yield name, key
        rest = rest.removeprefix(".")


def _closing(text: str) -> int:
    """Where the bracket at the start of a text is closed; quotes are passed over."""
    quoted = False
    for at, sign in enumerate(text):
        if sign == '"' and text[at - 1] != "\\":
            quoted = not quoted
        elif sign == "]" and not quoted:
            return at
    return len(text) - 1
