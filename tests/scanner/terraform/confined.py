"""Runs what wants to fill the memory, the disk or the day where both have an end.

Each case runs in a process of its own that may take neither a gigabyte nor twenty seconds of the
processor; both are far above what is taken, so that a busy machine does not fail the test.
"""

import json
import os
import resource
import time

from scanner.terraform.evaluate import evaluate_root
from scanner.terraform.roots import find_roots
from scanner.tree import Directory

SECONDS = 20
MEMORY = 1_000_000_000


def confined(function):
    """The result of a function as JSON, computed where memory and time are limited."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _limit()
        try:
            said = json.dumps(function())
        except BaseException as problem:  # noqa: BLE001  whatever it is must reach the test
            said = json.dumps(f"{type(problem).__name__}: {problem}")
        with os.fdopen(writer, "w") as pipe:
            pipe.write(said)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    assert said, f"ended by the limits: {os.waitstatus_to_exitcode(status)}"
    return json.loads(said)


def _limit():
    with open("/proc/self/statm") as file:  # noqa: PTH123
        used = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    spent = int(time.process_time())
    resource.setrlimit(resource.RLIMIT_CPU, (spent + SECONDS, spent + SECONDS))


def gaps_of(root):
    """Every Gap of every root module, as `file:line what`."""
    tree = Directory(root)
    return [
        f"{gap.place} {gap.what}"
        for each in find_roots(tree)
        for gap in evaluate_root(tree, each.directory).gaps
    ]
