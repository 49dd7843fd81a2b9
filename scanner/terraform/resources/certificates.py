"""Certificates of ACM: what the provider plans of the records that prove a domain.

Its names are those of the certificate, so that `for_each` over them is known before there is one.
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/acm_certificate
"""

from typing import TYPE_CHECKING, Final

from scanner.terraform.schema import Block
from scanner.terraform.values import Set, Value, is_null, set_of, unmark_deep

if TYPE_CHECKING:
    from scanner.terraform.resources import Instance

TYPE: Final = "aws_acm_certificate"
OPTIONS: Final = "domain_validation_options"
OTHERS: Final = "subject_alternative_names"


def validation_options(instance: "Instance", allowed: Block) -> Value:
    """An option for each domain of a certificate proved by DNS; None where only AWS can tell."""
    domains = _domains(instance)
    inside = allowed.inside(OPTIONS)
    if domains is None or inside is None or instance.get_value("validation_method") != "DNS":
        return None
    made = [_option(instance, inside, domain) for domain in domains]
    return set_of(made, allowed.type_of(OPTIONS)[1])


def _domains(instance: "Instance") -> list[str] | None:
    """The domains of a certificate; None where one is not known."""
    named = unmark_deep(instance.get_value("domain_name"))[0]
    others: Value = None
    if OTHERS in instance.names():
        others = unmark_deep(instance.get_value(OTHERS))[0]
    if not is_null(others) and not isinstance(others, Set):
        return None
    every = (named, *(others if isinstance(others, Set) else ()))
    domains = [each for each in every if isinstance(each, str)]
    return domains if len(domains) == len(every) else None


def _option(instance: "Instance", inside: Block, domain: str) -> dict[str, Value]:
    """The option of one domain: the record itself is ACM's to name."""
    path = f'{OPTIONS}["{domain}"]'
    option: dict[str, Value] = {
        name: instance.computed_at(f"{path}.{name}", inside.type_of(name))
        for name in inside.attributes
    }
    return {**option, "domain_name": domain}
