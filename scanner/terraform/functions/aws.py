"""Functions that the AWS provider defines, as in provider::aws::arn_parse(...).

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/functions/arn_parse
"""

from scanner.errors import FunctionProblem
from scanner.terraform.functions.function import Function
from scanner.terraform.values.shapes import Value

_SECTIONS = ("partition", "service", "region", "account_id", "resource")


def _arn_parse(arn: str) -> Value:
    """The five sections after "arn"; the last holds whatever colons follow."""
    prefix, *sections = arn.split(":", 5)
    if prefix != "arn" or len(sections) != len(_SECTIONS):
        raise FunctionProblem(
            "arn: invalid prefix" if prefix != "arn" else "arn: not enough sections"
        )
    return dict(sorted(zip(_SECTIONS, sections, strict=True)))


def _arn_build(*sections: str) -> str:
    return ":".join(("arn", *sections))


def _trim_iam_role_path(arn: str) -> str:
    """The ARN of a role without its path: role/a/b/name becomes role/name."""
    sections = arn.split(":", 5)
    if len(sections) != 6 or sections[0] != "arn":
        raise FunctionProblem("arn: invalid prefix" if sections[0] != "arn" else "not an ARN")
    service, region, resource = sections[2], sections[3], sections[5]
    if service != "iam":
        raise FunctionProblem(f'service must be "iam": {service}')
    if region:
        raise FunctionProblem(f"region must be empty: {region}")
    kind, slash, name = resource.partition("/")
    if kind != "role" or not slash:
        raise FunctionProblem(f'resource must begin with "role/": {resource}')
    return ":".join((*sections[:5], f"role/{name.rsplit('/', 1)[-1]}"))


def _user_agent(product: str, version: str, comment: str) -> str:
    """What a provider adds to its requests: name/version (comment), the last two where they are."""
    if not product:
        raise FunctionProblem("product_name must be set")
    return product + (version and f"/{version}") + (comment and f" ({comment})")


FUNCTIONS = (
    Function("provider::aws::arn_build", _arn_build),
    Function("provider::aws::arn_parse", _arn_parse),
    Function("provider::aws::trim_iam_role_path", _trim_iam_role_path),
    Function("provider::aws::user_agent", _user_agent),
)
