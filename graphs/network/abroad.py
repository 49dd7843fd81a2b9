"""Walks to the internet: they leave out what leads to private addresses alone."""

from collections.abc import Iterator
from dataclasses import dataclass

from graphs.addresses import is_public
from graphs.network.paths import Path
from graphs.network.wan import Wan
from graphs.nodes import TransitAttachment


@dataclass(frozen=True)
class Abroad(Wan):
    """A transit gateway is not entered for private addresses: in a large estate that would be a
    walk to each of its networks, and no host on the internet is there."""

    def enter_transit(self, path: Path, attachment: TransitAttachment) -> Iterator[Path]:
        """From an attachment to public addresses."""
        return super().enter_transit(path, attachment) if is_public(path.prefix) else iter(())
