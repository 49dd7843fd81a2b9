"""Text from outside, without what would steer a terminal or hide words from a reader."""

import re

STEERING = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Controls, marks of direction, what is invisible, and what is no character by itself."""


def plain(text: str) -> str:
    r"""The text on one line, with a visible mark in place of each such character.

    >>> plain("web\n\u202e1")
    'web��1'
    """
    return STEERING.sub("\ufffd", text)
