"""Terraform's JSON syntax, read into the same tree as the native one.

Strings are templates. Which nested object is a block and which a map is decided by the provider's
schema in terraform; here by name: MAPS lists the attributes of AWS resources that are maps.
https://developer.hashicorp.com/terraform/language/syntax/json
"""

import json
import re
from typing import Any, Final, NamedTuple

from scanner.terraform import number
from scanner.terraform.syntax import (
    Attribute,
    Block,
    Body,
    File,
    Node,
    SyntaxProblem,
    parse_expression,
    parse_template,
)
from scanner.terraform.tokens import line_and_column

LABELS: Final = {
    "resource": 2, "data": 2, "ephemeral": 2, "module": 1, "variable": 1, "output": 1,
    "provider": 1, "provisioner": 1, "dynamic": 1, "locals": 0, "terraform": 0, "check": 1,
}  # fmt: skip
BLOCKS: Final = frozenset((
    "lifecycle", "connection", "validation", "precondition", "postcondition", "content",
    "required_providers", "cloud", "dynamic", "provisioner",
    "assume_role", "default_tags", "ignore_tags", "endpoints",
))  # fmt: skip
_MAP_NAMES: Final = """
    additional_encryption_context additional_version_weights advanced_options
    airflow_configuration_options allocation_resource_tags ami_tags annotations arguments
    athena_properties attribute_mapping attributes authentication_request_extra_params
    backup_options client_metadata client_properties column_to_json_key_mappings
    command_line_arguments connector_configuration container_environment_variables context
    credentials_map custom_parameters custom_properties default_arguments default_run_properties
    driver_opts dynamic_parameters encryption_context_equals encryption_context_subset
    entity_overrides environment_variables event_configurations exclude_tags
    expression_attribute_names extra_params final_backup_tags global_settings group_weights
    header_parameters headers hyperparameters incident_tags input input_paths instance_tags
    ip_restriction_rule_map job_tags keepers label_set labels log_destination mappings
    non_overridable_arguments parameter_overrides parameters ports principal_tags
    profile_properties properties property_map provider_details providers query
    query_string_parameters recovery_point_tags request_models request_parameters
    request_templates requests required_claims resource_tags resource_type_management_preference
    resource_type_opt_in_preference response_models response_parameters response_templates
    restore_metadata_overrides runtime_environment_secrets runtime_environment_variables
    signing_parameters skewed_column_value_location_maps stage_variable_overrides stage_variables
    staging_area_tags supported_login_providers tag_map tags tags_all tags_to_add target_tags
    task_properties test_bot_alias_tags token_signing_public_keys token_url_custom_properties
    triggers triggers_replace validation_data values_importance_map variable_tags variables vars
    video_codec_options volume_tags vpc_endpoint_id_restriction_rule_map
    vpc_id_restriction_rule_map weights for_each default
"""
MAPS: Final = frozenset(_MAP_NAMES.split())
"""Arguments whose type is a map in version 6.25 of the AWS provider, and a few of others."""
MAX_NESTING: Final = 80

_TOKEN = re.compile(
    r'[ \t\r\n]*(?:(?P<string>"(?:[^"\\\x00-\x1f]|\\.)*")|(?P<number>-?[0-9][0-9.eE+-]*)'
    r"|(?P<word>true|false|null)|(?P<sign>[\[\]{},:]))"
)
_WORDS: Final = {"true": True, "false": False, "null": None}


class _Item(NamedTuple):
    """A JSON value and where it stands; objects are tuples of (key item, value item)."""

    kind: str
    start: int
    end: int
    value: Any


def parse(text: str, name: str) -> File:
    """A .tf.json file as a File. Raises SyntaxProblem."""
    top = _Reader(text, name).whole()
    if top.kind != "object":
        raise SyntaxProblem("a configuration must be a JSON object", name, 1, 1)
    blocks: list[Block] = []
    for key, value in top.value:
        if key.value != "//":
            blocks += _blocks(key.value, value, LABELS.get(key.value, 0), (), name)
    return File(name, text, Body({}, tuple(blocks)), ())


def parse_values(text: str, name: str) -> dict[str, Node]:
    """A .tfvars.json file: its strings are literal. Raises SyntaxProblem."""
    top = _Reader(text, name).whole()
    if top.kind != "object":
        raise SyntaxProblem("variables must be a JSON object", name, 1, 1)
    return {key.value: _expression(value, name, literal=True) for key, value in top.value}


class _Reader:
    """A JSON reader that keeps offsets."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.at = 0

    def whole(self) -> _Item:
        item = self.item(0)
        if self.text[self.at :].strip(" \t\r\n"):
            raise self.problem("more after the end of the JSON value")
        return item

    def problem(self, message: str) -> SyntaxProblem:
        return SyntaxProblem(message, self.name, *line_and_column(self.text, self.at))

    def token(self) -> "re.Match[str]":
        match = _TOKEN.match(self.text, self.at)
        if match is None:
            raise self.problem("not JSON")
        self.at = match.end()
        return match

    def item(self, depth: int) -> _Item:
        if depth > MAX_NESTING:
            raise self.problem("nested too deeply")
        match = self.token()
        kind = match.lastgroup or ""
        start, source = match.start(kind), match[kind]
        if kind == "string":
            return _Item(kind, start, self.at, self.string(source))
        if kind == "number":
            parsed = number.parse(source)
            if parsed is None:
                raise self.problem(f"{source} is not a number")
            return _Item(kind, start, self.at, parsed)
        if kind == "word":
            return _Item(kind, start, self.at, _WORDS[source])
        if source == "{":
            return _Item("object", start, *self.pairs(depth))
        if source == "[":
            return _Item("array", start, *self.items(depth))
        raise self.problem(f"{source} stands where a value should")

    def string(self, source: str) -> str:
        try:
            return str(json.loads(source))
        except ValueError as problem:
            raise self.problem(f"not a JSON string: {problem}") from None

    def pairs(self, depth: int) -> tuple[int, Any]:
        pairs: list[tuple[_Item, _Item]] = []
        if self.closes("}"):
            return self.at, ()
        while True:
            key = self.item(depth + 1)
            if key.kind != "string" or self.token()["sign"] != ":":
                raise self.problem("a key and a colon are missing")
            pairs.append((key, self.item(depth + 1)))
            sign = self.token()["sign"]
            if sign == "}":
                return self.at, tuple(pairs)
            if sign != ",":
                raise self.problem("a comma is missing")

    def items(self, depth: int) -> tuple[int, Any]:
        items: list[_Item] = []
        if self.closes("]"):
            return self.at, ()
        while True:
            items.append(self.item(depth + 1))
            sign = self.token()["sign"]
            if sign == "]":
                return self.at, tuple(items)
            if sign != ",":
                raise self.problem("a comma is missing")

    def closes(self, sign: str) -> bool:
        match = _TOKEN.match(self.text, self.at)
        if match is None or match["sign"] != sign:
            return False
        self.at = match.end()
        return True


def _blocks(kind: str, item: _Item, labels: int, found: tuple[str, ...], name: str) -> list[Block]:
    """The blocks that a JSON value stands for: labels are keys, and an array is several."""
    if item.kind == "array":
        return [block for each in item.value for block in _blocks(kind, each, labels, found, name)]
    if item.kind != "object":
        return []
    if labels:
        return [
            block
            for key, value in item.value
            if key.value != "//"
            for block in _blocks(kind, value, labels - 1, (*found, key.value), name)
        ]
    return [Block(kind, found, _body(kind, item, name), item.start, item.end)]


def _body(kind: str, item: _Item, name: str) -> Body:
    attributes: dict[str, Attribute] = {}
    blocks: list[Block] = []
    for key, value in item.value:
        word = key.value
        if word == "//":
            continue
        if _is_block(kind, word, value):
            blocks += _blocks(word, value, LABELS.get(word, 0), (), name)
        else:
            expression = _expression(value, name, literal=word == "type" and kind == "variable")
            if word == "type" and kind == "variable" and value.kind == "string":
                expression = parse_expression(value.value, name)
            attributes[word] = Attribute(word, key.start, value.end, expression)
    return Body(attributes, tuple(blocks))


_ARGUMENTS_ONLY: Final = frozenset(("locals", "module", "required_providers"))
_KNOWN_BLOCKS_ONLY: Final = frozenset(("variable", "output"))


def _is_block(kind: str, word: str, item: _Item) -> bool:
    """Whether a value within a block of this kind stands for nested blocks."""
    if kind in _ARGUMENTS_ONLY or item.kind not in ("object", "array"):
        return False
    if word in BLOCKS or kind in _KNOWN_BLOCKS_ONLY:
        return word in BLOCKS
    if item.kind == "object":
        return word not in MAPS
    return bool(item.value) and item.value[0].kind == "object"


def _expression(item: _Item, name: str, literal: bool = False) -> Node:
    start, end = item.start, item.end
    if item.kind == "object":
        pairs = [
            (_expression(key, name, literal), _expression(value, name, literal))
            for key, value in item.value
            if literal or key.value != "//"
        ]
        return ("object", start, end, tuple(pairs))
    if item.kind == "array":
        return ("tuple", start, end, tuple(_expression(each, name, literal) for each in item.value))
    if item.kind != "string" or literal or not ("${" in item.value or "%{" in item.value):
        return ("lit", start, end, item.value)
    moved: Node = _moved(parse_template(item.value, name), start, end)
    return moved


def _moved(node: Any, start: int, end: int) -> Any:
    """A node of a template within a JSON string, placed where the string stands."""
    if not isinstance(node, tuple):
        return node
    if len(node) > 2 and isinstance(node[0], str) and type(node[1]) is type(node[2]) is int:
        return (node[0], start, end, *(_moved(each, start, end) for each in node[3:]))
    return tuple(_moved(each, start, end) for each in node)
