"""Boxes of packets, and what two lists of them have in common or not.

A box is (family, source low, source high, destination low, destination high, protocol low, protocol
high, port low, port high), every bound included.
"""

from collections.abc import Sequence
from typing import TypeAlias

Box: TypeAlias = tuple[int, int, int, int, int, int, int, int, int]
Span: TypeAlias = tuple[int, int]


def meet(left: Sequence[Box], right: Sequence[Box]) -> list[Box]:
    """What boxes of two lists share."""
    out = []
    for f, a, b, c, d, p, q, t, u in left:
        for g, a2, b2, c2, d2, p2, q2, t2, u2 in right:  # few meet: mostly ports tell them apart
            if t2 > u or u2 < t or a2 > b or b2 < a or p2 > q or q2 < p or c2 > d or d2 < c:
                continue
            if f == g:  # max and min, which cost more to call than to spell out
                out.append((
                    f,
                    a2 if a2 > a else a, b2 if b2 < b else b,  # noqa: FURB136
                    c2 if c2 > c else c, d2 if d2 < d else d,  # noqa: FURB136
                    p2 if p2 > p else p, q2 if q2 < q else q,  # noqa: FURB136
                    t2 if t2 > t else t, u2 if u2 < u else u,  # noqa: FURB136
                ))  # fmt: skip
    return out


def covers(big: Box, small: Box) -> bool:
    """Whether one box holds another."""
    return (
        big[0] == small[0]
        and big[1] <= small[1] and small[2] <= big[2]
        and big[3] <= small[3] and small[4] <= big[4]
        and big[5] <= small[5] and small[6] <= big[6]
        and big[7] <= small[7] and small[8] <= big[8]
    )  # fmt: skip


def _without(box: Box, hole: Box) -> list[Box]:
    """The box minus a hole that meets it, as disjoint boxes."""
    out, rest = [], list(box)
    for low, high in ((1, 2), (3, 4), (5, 6), (7, 8)):
        if rest[low] < hole[low]:
            out.append((*rest[:high], hole[low] - 1, *rest[high + 1 :]))
            rest[low] = hole[low]
        if rest[high] > hole[high]:
            out.append((*rest[:low], hole[high] + 1, *rest[high:]))
            rest[high] = hole[high]
    return out  # type: ignore[return-value]


def subtract(left: Sequence[Box], right: Sequence[Box]) -> list[Box]:
    """The first boxes without the second."""
    rest = list(left)
    for hole in right:
        f, a, b, c, d, p, q, t, u = hole
        pieces: list[Box] = []
        for box in rest:
            if (
                box[0] != f or box[1] > b or box[2] < a or box[3] > d or box[4] < c
                or box[5] > q or box[6] < p or box[7] > u or box[8] < t
            ):  # fmt: skip
                pieces.append(box)
            else:
                pieces += _without(box, hole)
        rest = pieces
        if not rest:
            break
    return rest


def reduced(boxes: Sequence[Box]) -> tuple[Box, ...]:
    """Without boxes that lie inside another one."""
    if len(boxes) < 2:
        return tuple(boxes)
    if len(boxes) == 2:
        one, other = boxes
        return (one,) if covers(one, other) else _ordered(one, other)
    kept: list[Box] = []
    near: list[Box] = []  # those kept whose sources reach as far as those at hand
    at = (0, 0)
    for box in sorted(set(boxes), key=_outermost):
        f, a, b, c, d, p, q, t, u = box
        if at != (f, a):
            at = f, a
            near = [other for other in near if other[2] >= a and other[0] == f]
        for _, _, b2, c2, d2, p2, q2, t2, u2 in near:
            if b <= b2 and c2 <= c and d <= d2 and p2 <= p and q <= q2 and t2 <= t and u <= u2:
                break
        else:
            kept.append(box)
            near.append(box)
    kept.sort()
    return tuple(kept)


def _ordered(one: Box, other: Box) -> tuple[Box, ...]:
    if covers(other, one):
        return (other,)
    return (one, other) if one < other else (other, one)


def _outermost(box: Box) -> Box:
    """Orders boxes so that none comes before one that it lies inside of."""
    f, a, b, c, d, p, q, t, u = box
    return f, a, -b, c, -d, p, -q, t, -u
