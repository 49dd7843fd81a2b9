"""How often a service is called: one bucket per account, region and service.

EC2 gives each account and region a bucket of calls, which whatever runs there needs as well
(Amazon EC2 API reference, "Request throttling"): a sweep takes a part of it, at an even pace.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

BURST = 1.0
"""Seconds of calls that may be made at once after a pause."""


@dataclass
class Bucket:
    """Lets `rate` calls a second through. `clock` and `sleep` are the machine's."""

    rate: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _due: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def take(self) -> None:
        """Wait for one's turn.

        >>> waits = []
        >>> bucket = Bucket(2.0, clock=lambda: 100.0, sleep=waits.append)
        >>> for _ in range(5): bucket.take()
        >>> waits
        [0.5, 1.0, 1.5]
        """
        with self._lock:
            now = self.clock()
            self._due = max(self._due, now - BURST) + 1 / self.rate
            wait = self._due - now
        if wait > 0:
            self.sleep(wait)


@dataclass
class Budget:
    """The buckets of one sweep, made when they are first needed."""

    rate: float
    _buckets: dict[tuple[str, str, str], Bucket] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def take(self, account: str, region: str, service: str) -> None:
        """Wait until this account's, region's and service's bucket lets one call through."""
        with self._lock:
            bucket = self._buckets.setdefault((account, region, service), Bucket(self.rate))
        bucket.take()
