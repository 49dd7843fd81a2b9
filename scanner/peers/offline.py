"""Runs Checkov so that it reaches no network and starts no program.

Checkov's own Python starts this file; ours never imports it. An audit hook cannot be taken away
again (https://docs.python.org/3/library/sys.html#sys.addaudithook).
"""

import runpy
import sys

NETWORK = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")
PROGRAMS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.startfile")
REFUSED = frozenset((*NETWORK, *PROGRAMS))


def refuse(event: str, _arguments: object) -> None:
    """Raise PermissionError for what would leave the process."""
    if event in REFUSED:
        raise PermissionError(f"{event} is refused here")


if __name__ == "__main__":
    sys.addaudithook(refuse)
    runpy.run_module("checkov.main", run_name="__main__")
