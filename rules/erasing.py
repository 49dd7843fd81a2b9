"""Which programs can delete what a bucket holds so that nobody can bring it back."""

from collections.abc import Iterator
from dataclasses import dataclass

from graphs.estate import Estate
from graphs.evidence import Evidence
from graphs.nodes import Bucket, Role, Service
from graphs.unknown import Answer
from rules.words import listed


@dataclass(frozen=True, slots=True)
class Eraser:
    """A role that can, and the names of the programs that act as it."""

    role: Role
    names: str
    danger: Answer
    evidence: Evidence


def erasers(estate: Estate, bucket: Bucket) -> Iterator[Eraser]:
    """The roles of services that can erase objects of a bucket, in order of id.

    In a bucket with versions a plain deletion hides an object; to erase it takes a right of its
    own (Amazon S3 User Guide, "Deleting object versions from a versioning-enabled bucket"). A
    locked version stays, whoever asks.
    """
    programs: dict[str, list[str]] = {}
    for service in estate.all(Service).items:
        if isinstance(service.role, str):
            programs.setdefault(service.role, []).append(service.name)
    for role in estate.index.many(sorted(programs), Role):
        hide = estate.permissions.can(role.id, "s3:DeleteObject", bucket)
        erase = estate.permissions.can(role.id, "s3:DeleteObjectVersion", bucket)
        plain, versions = hide.answer & ~bucket.versioned, erase.answer & bucket.versioned
        danger = (plain | versions) & ~bucket.locked
        if danger.possible:
            way = hide if plain.possible else erase
            yield Eraser(role, listed(programs[role.id]), danger, way.evidence)
