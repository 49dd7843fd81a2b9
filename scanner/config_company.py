"""What pathwarden.yaml says of the company: it decides which duties to notify are its own."""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct


class CompanyEntry(
    Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    rename="kebab",
    omit_defaults=True,
):
    """What the company is, true or false; what is not said is not known."""

    listed: Annotated[bool | None, Meta(description="Files reports with the SEC.")] = None
    financial_entity: Annotated[
        bool | None, Meta(description="A financial entity of the EU in the sense of DORA.")
    ] = None
    essential_entity: Annotated[
        bool | None, Meta(description="Essential or important in the sense of NIS2.")
    ] = None
    norwegian_service: Annotated[
        bool | None, Meta(description="Provides a service under Norway's digital security act.")
    ] = None
    controller: Annotated[bool | None, Meta(description="Controller of personal data.")] = None
    processor: Annotated[
        bool | None, Meta(description="Holds personal data as a processor for others.")
    ] = None
    persons_in_eea: Annotated[
        bool | None, Meta(description="Holds data of persons for whom the GDPR applies to it.")
    ] = None
    persons_in_uk: Annotated[
        bool | None, Meta(description="Holds data of persons for whom the UK GDPR applies to it.")
    ] = None
    persons_in_us: Annotated[
        bool | None, Meta(description="Holds data of residents of US states.")
    ] = None
    covered_entity: Annotated[
        bool | None, Meta(description="A covered entity in the sense of HIPAA.")
    ] = None
    business_associate: Annotated[
        bool | None, Meta(description="A business associate in the sense of HIPAA.")
    ] = None
    financial_institution: Annotated[
        bool | None, Meta(description="A financial institution that the FTC supervises.")
    ] = None

    def said(self) -> dict[str, bool]:
        """What is said, by kind."""
        told: dict[str, bool | None] = msgspec.to_builtins(self)
        return {kind: value for kind, value in told.items() if value is not None}
