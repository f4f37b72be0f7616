"""Errors, told without files. In a process of its own: what is closed there stays closed."""

import subprocess
import sys
from pathlib import Path

import pytest

SDK = Path(__file__).parents[1]

SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
from switchyard_sdk.traces import Traces
import plugin
traces = Traces(plugin.__file__)
traces.close()
import builtins
builtins.open = None
try:
    getattr(plugin, sys.argv[2])()
except Exception as error:
    print(traces.whole(error))
    print("--")
    print(traces.brief(error))
"""

PLUGIN = """\
from switchyard_sdk import Needs


def divides():
    return 1 / 0


def chained():
    try:
        divides()
    except ZeroDivisionError as error: raise ValueError("two\\nlines") from error


def elsewhere():
    Needs(columns="a")
"""


def tell(folder: Path, function: str) -> tuple[str, str]:
    """The whole and the brief of the error that a function of the plugin raises."""
    (folder / "plugin.py").write_text(PLUGIN)
    script = [sys.executable, "-B", "-c", SCRIPT, str(folder), function]
    done = subprocess.run(script, cwd=SDK, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    whole, brief = done.stdout.split("\n--\n")
    return whole, brief.strip()


@pytest.mark.parametrize(
    ("function", "lines", "brief"),
    [
        (
            "divides",
            ['  File "plugin.py", line 5, in divides', "    return 1 / 0"],
            "division by zero (plugin.py, line 5)",
        ),
        (
            "chained",
            [
                "ZeroDivisionError: division by zero",
                'except ZeroDivisionError as error: raise ValueError("two\\nlines") from error',
            ],
            "ValueError: two lines (plugin.py, line 11)",
        ),
        (
            "elsewhere",
            ['    Needs(columns="a")', "    raise TypeError("],
            "expected a list: ['a'] (plugin.py, line 15)",
        ),
    ],
)
def test_errors_are_told_with_their_lines(tmp_path: Path, function: str, lines: list[str], brief: str) -> None:
    whole, told = tell(tmp_path, function)
    for line in lines:
        assert line in whole
    assert str(tmp_path) not in whole
    assert told.endswith(brief)
    assert "\n" not in told
