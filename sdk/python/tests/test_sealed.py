"""What a component does not have. In a process of its own: what is replaced there stays replaced."""

import subprocess
import sys
from pathlib import Path

import pytest

SDK = Path(__file__).parents[1]


def run(script: str) -> list[str]:
    """The lines that a script prints after the seal is closed."""
    begin = """
import sys
original = sys.stdout
from switchyard_sdk.sealed import Seal
seal = Seal()
import datetime, random, time, os
from time import time as taken_out
def close():
    seal.close(lambda line: original.write(f"log: {line}\\n"))
def tell(function, *args):
    try:
        original.write(f"{function(*args)}\\n")
    except Exception as error:
        original.write(f"{type(error).__name__}: {error}\\n")
"""
    done = subprocess.run([sys.executable, "-B", "-c", begin + script], cwd=SDK, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("time.time", "`time.time`: a plugin has no clock; take `request.now_ms`"),
        ("taken_out", "`time.time`: a plugin has no clock; take `request.now_ms`"),
        ("datetime.datetime.now", "`datetime.now`: a plugin has no clock; take `request.now_ms`"),
        ("random.random", "`random.random`: a plugin has no chance of its own; take `Random(request.seed)`"),
        ("os.urandom, 3", "`os.urandom`: a plugin has no chance of its own; take `Random(request.seed)`"),
        ("open, '/dev/null'", "`open`: a plugin has no files; read them at the top of a module, when it is imported"),
    ],
)
def test_what_there_is_not_says_what_to_take(call: str, told: str) -> None:
    assert run(f"close()\ntell({call})") == [f"RuntimeError: {told}"]


def test_until_the_build_is_over_all_is_there() -> None:
    script = "print('built')\ntell(lambda: open('/dev/null').read() == '' and taken_out() > 0 and random.random() < 1)"
    assert run(script) == ["built", "True"]


def test_dates_can_be_made_of_numbers() -> None:
    script = "close()\ntell(lambda: datetime.datetime.fromtimestamp(0, datetime.timezone.utc).isoformat())"
    assert run(script) == ["1970-01-01T00:00:00+00:00"]


def test_nothing_is_imported_from_files() -> None:
    told = "ImportError: `import colorsys`: a plugin has no files to import from; import it at the top of a module"
    assert run("close()\ntell(__import__, 'colorsys')\ntell(lambda: __import__('json').__name__)") == [told, "json"]


def test_what_is_printed_is_logged_by_line() -> None:
    assert run("close()\nprint('a', 1)\nprint('b\\nc', end='')\nprint('d')") == ["log: a 1", "log: b", "log: cd"]


def test_a_line_that_does_not_end_is_cut() -> None:
    begun = run("close()\nfor _ in range(9): print('x' * 1000, end='')")
    assert begun == ["log: " + "x" * 8192]
    ended = run("close()\nprint('x' * 8193)")
    assert ended == ["log: " + "x" * 8192, "log: x"]


def test_a_line_that_was_begun_ends_with_the_call() -> None:
    script = "close()\nprint('a', end='')\nseal.end_lines()\nseal.end_lines()\nprint('b')"
    assert run(script) == ["log: a", "log: b"]
