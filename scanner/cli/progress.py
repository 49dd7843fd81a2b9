"""One line that says what is being read, on a terminal, for work that takes over a second."""

import sys
import time
from collections.abc import Callable

PATIENCE = 1.0


def progress(*, quiet: bool) -> tuple[Callable[[str, int, int], None], Callable[[], None]]:
    """A function to be told of each step, and one that takes the line away at the end."""
    if quiet or not sys.stderr.isatty():
        return (lambda _name, _number, _total: None), (lambda: None)
    started = time.monotonic()
    shown = False

    def tell(name: str, number: int, total: int) -> None:
        nonlocal shown
        if time.monotonic() - started > PATIENCE:
            shown = True
            sys.stderr.write(f"\r\033[Kreading {name} ({number + 1} of {total})")
            sys.stderr.flush()

    def clear() -> None:
        if shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()

    return tell, clear
