"""What reaches a terminal and what reaches a pipe; what is imported for it."""

import re
import subprocess
import sys

import pytest

START = ("-c", "from scanner.startup import main; main()")
HEAVY = {"networkx", "rich", "yaml", "msgspec", "jsonschema", "re2", "boto3", "scipy", "sqlalchemy"}
SLOW = """
import sys, time
from scanner.cli.progress import progress
tell, clear = progress(quiet=False)
tell("live\\x1b[2J", 0, 2)
time.sleep(float(sys.argv[1]))
tell("x" * 500, 1, 2)
clear()
print("done")
"""


def test_piped_output_has_no_escapes_and_is_100_wide(shell, estate):
    done = shell("scan", estate)
    assert "\x1b" not in done.stdout + done.stderr
    assert 90 < max(map(len, done.stdout.splitlines())) <= 100


@pytest.mark.parametrize(("columns", "least"), [(80, 70), (160, 101)])
def test_columns_set_the_width(run, estate, monkeypatch, columns, least):
    monkeypatch.setenv("COLUMNS", str(columns))
    assert least <= max(map(len, run("scan", estate).out.splitlines())) <= columns


def test_colour_on_a_terminal(terminal, estate):
    code, said = terminal(*START, "scan", estate)
    assert code == 1
    assert "\x1b[1;37;41m CRITICAL \x1b[0m" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colour_where_it_is_not_wanted(terminal, estate, environment):
    _, said = terminal(*START, "scan", estate, **environment)
    assert " CRITICAL " in said
    assert not re.search(r"\x1b\[[\d;]*m", said)


def test_a_progress_line_comes_after_a_second_and_goes(terminal):
    _, said = terminal("-c", SLOW, "1.3")
    assert "reading live\ufffd[2J (1 of 2)" in said
    assert said.endswith("\r\x1b[Kdone\r\n")
    assert "x" * 70 in said
    assert "x" * 80 not in said, "a line that wraps could not be taken away"


def test_quick_work_has_no_progress_line(terminal):
    assert terminal("-c", SLOW, "0.1") == (0, "done\r\n")


def test_a_reader_that_leaves_is_no_error(estate):
    done = subprocess.run(
        f'"{sys.executable}" -c "from scanner.startup import main; main()" scan {estate} | head -1',
        shell=True,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.startswith("Pathwarden ")
    assert done.stderr == ""


def test_a_reader_that_is_gone_is_no_error(estate):
    done = subprocess.run(
        f'"{sys.executable}" -c "from scanner.startup import main; main()" scan {estate} | true',
        shell=True, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert done.stderr == ""


def imported(*arguments):
    """Which modules a command imports."""
    program = (
        "import sys\n"
        "from scanner.startup import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print('\\n' + ' '.join(sorted(m for m in sys.modules if '.' not in m)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return set(done.stdout.splitlines()[-1].split())


def test_the_version_costs_next_to_nothing():
    assert imported("--version") & HEAVY == set()


def test_a_scan_imports_nothing_of_the_cloud(estate):
    found = imported("scan", estate)
    assert "networkx" in found
    assert found & {"boto3", "botocore", "scipy", "numpy", "sqlalchemy", "jsonschema"} == set()
