"""One line that says what is being read, on a terminal, for work that takes over a second."""

import shutil
import sys
from collections.abc import Callable
from threading import Lock, Timer

from scanner.reports.words import clean

PATIENCE = 1.0
_ERASE = "\r\033[K"


class _Line:
    """The line as it stands; the timer that first shows it runs beside the work."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._text = ""
        self._shown = False
        self._timer = Timer(PATIENCE, self._show)
        self._timer.daemon = True
        self._timer.start()

    def tell(self, name: str, number: int, total: int) -> None:
        with self._lock:
            self._text = f"reading {clean(name)} ({number + 1} of {total})"
            if self._shown:
                self._write()

    def clear(self) -> None:
        self._timer.cancel()
        with self._lock:
            if self._shown:
                sys.stderr.write(_ERASE)
                sys.stderr.flush()
            self._text, self._shown = "", False

    def _show(self) -> None:
        with self._lock:
            if self._text:
                self._shown = True
                self._write()

    def _write(self) -> None:
        # A line that wraps could not be erased.
        width = shutil.get_terminal_size().columns - 1
        sys.stderr.write(_ERASE + self._text[:width])
        sys.stderr.flush()


def progress(*, quiet: bool) -> tuple[Callable[[str, int, int], None], Callable[[], None]]:
    """A function to be told of each step, and one that takes the line away at the end."""
    if quiet or not sys.stderr.isatty():
        return (lambda _name, _number, _total: None), (lambda: None)
    line = _Line()
    return line.tell, line.clear
