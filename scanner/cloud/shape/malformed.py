"""Answers that do not have the form of AWS's: what of them cannot be read is told, the rest stays.

Input: an account's answers and what makes resources of them. Output: the resources, and the answers
as far as they could be read: for what is left out stands a refusal of its call.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from graphs.resource import Resource
from scanner.cloud.shape.answers import Answers, Item
from scanner.cloud.snapshot import MALFORMED, Answer
from scanner.errors import CloudProblem

Shape = Callable[[Answers], Iterator[Resource]]
UNREADABLE: Final = "not in the form of AWS's answers"
"""The refusal that stands for what could not be read."""
MOST_ITEMS: Final = 20
"""How much of one answer is left out before all of it is."""
MOST_TURNS: Final = 200


def readable(answers: Answers, shapes: Sequence[Shape]) -> tuple[Answers, list[Resource]]:
    """What can be read, and its resources. Raises CloudProblem where next to nothing can be."""
    found: list[Resource] = []
    turns = MOST_TURNS
    for shape in shapes:
        while True:
            try:
                found += list(shape(answers))
                break
            except MALFORMED as problem:
                turns -= 1
                if not turns or not answers.touched:
                    what = f"the answers of {answers.swept.account} are {UNREADABLE}"
                    raise CloudProblem(f"{what}: {problem!r}", fix="sweep again") from None
                answers = _without(answers)
    return answers, found


def _without(answers: Answers) -> Answers:
    """The answers but for the item that was read last, or the answer where it is no list."""
    guilty, item = answers.touched[0]
    swept = answers.swept
    told = [each for each in swept.answers if each is not guilty]
    lost = replace(guilty, data={}, refused=UNREADABLE)
    before = sum(each == lost for each in told)
    if item is not None and before < MOST_ITEMS:
        told.append(replace(guilty, data=_but(guilty, item)))
    return Answers(replace(swept, answers=(*told, lost)), answers.taken)


def _but(answer: Answer, item: Item) -> dict[str, object]:
    """The data of an answer without one item of its lists."""
    return {
        name: [each for each in value if each is not item] if isinstance(value, list) else value
        for name, value in answer.data.items()
    }
