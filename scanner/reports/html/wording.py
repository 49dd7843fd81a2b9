"""What the page calls things: in the words of those who answer for them, not of those who build."""

from dataclasses import dataclass

from scanner.reports.html.markup import Markup, tag
from scanner.reports.words import Placed, place
from scanner.result import Gap, Hop, Path

ADMINISTRATOR = "administrator"
UNCLASSIFIED = "unclassified"


@dataclass(frozen=True, slots=True)
class Loss:
    """What a class of data is called, and what losing it means."""

    name: str
    means: str


LOSSES = {
    ADMINISTRATOR: Loss(
        "control of an account", "Whoever has it can read, change and delete everything in it."
    ),
    "payment": Loss(
        "payment data", "Card and payment records; fraud, and the card schemes' rules."
    ),
    "health": Loss(
        "health records", "Among the most protected data there is; notification duties."
    ),
    "customer": Loss("customer data", "Personal data of customers; notification duties, trust."),
    "employee": Loss("employee records", "Personal data of staff; notification duties."),
    "secrets": Loss("passwords and keys", "They open other systems, here or elsewhere."),
    "state": Loss("infrastructure state", "It names every resource and holds passwords in clear."),
    "backup": Loss("backups", "Copies of the data, and the way back after an attack."),
    "audit": Loss("audit records", "The record of who did what, needed to investigate."),
    UNCLASSIFIED: Loss("unclassified data", "Nothing says what it is: a tag or a setting could."),
}
"""By class, the gravest first."""

# The least likelihood of each word. A word stands for a range; the number stands beside it.
LIKELY = ((0.75, "very likely"), (0.5, "likely"), (0.2, "possible"), (0.05, "unlikely"))

STATUSES = {
    "broken": "broken",
    "accepted": "waived",
    "incomplete": "cannot be told yet",
    "met": "met, as far as was read",
    "not-applicable": "nothing here to apply to",
    "not-checkable": "not for software to check",
}


def loss(kind: str) -> Loss:
    """What the loss of a class means; an unusual class keeps its own name."""
    return LOSSES.get(kind) or Loss(f"{kind} data", "A class of data of your own.")


def gravity(kind: str) -> int:
    """The place of a class in the order of what hurts most."""
    order = tuple(LOSSES)
    return order.index(kind if kind in order else UNCLASSIFIED)


def likely(likelihood: float) -> str:
    """A likelihood in words.

    >>> likely(0.8), likely(0.06), likely(0.01)
    ('very likely', 'unlikely', 'remote')
    """
    return next((word for least, word in LIKELY if likelihood >= least), "remote")


def percent(share: float) -> str:
    """A share in percent, without a zero that would say never.

    >>> percent(0.32), percent(0.001)
    ('32%', 'under 1%')
    """
    return f"{share:.0%}" if share >= 0.005 or not share else "under 1%"


def capital(text: str) -> str:
    """A text that begins a sentence."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """A text as a sentence."""
    return capital(text) if text.endswith((".", "!", "?")) else f"{capital(text)}."


def hardest(path: Path) -> Hop:
    """The step that is least likely to succeed: what keeps the path from being likelier."""
    return min(path.hops, key=lambda hop: hop.plausibility)


def where(thing: Placed) -> Markup | None:
    """File and line."""
    said = place(thing)
    return tag("code", said, class_="place") if said else None


def severity(word: str) -> Markup:
    """The badge of a severity."""
    known = word if word in ("critical", "high", "medium", "low", "info") else "info"
    return tag("span", capital(word), class_=f"severity {known}")


def kind_of(gap: Gap) -> str:
    """What went wrong, in words."""
    return capital(gap.kind.replace("-", " "))
