"""The scraper, as ordinary Python."""

from math import isnan

import pytest
from switchyard_sdk import Fault
from switchyard_sdk.testing import Tested

from plugin import PLUGIN


def test_the_metric_is_asked_for() -> None:
    (fetch,) = Tested(PLUGIN).plan()
    assert fetch.families == ["gpu_temperature_celsius"]
    assert fetch.columns == ["custom/gpu-temperature"]


def test_its_value_fills_the_column() -> None:
    body = """# HELP gpu_temperature_celsius Hottest GPU.
gpu_temperature_celsius_max 90
gpu_temperature_celsius{gpu="0"} 61.5
"""
    (sample,) = Tested(PLUGIN).parse(body)
    assert sample.values == [61.5]


def test_a_metric_that_is_not_there_is_unknown() -> None:
    (sample,) = Tested(PLUGIN).parse("up 1\n")
    assert isnan(sample.values[0])


def test_any_other_status_is_a_fault() -> None:
    with pytest.raises(Fault, match="404"):
        Tested(PLUGIN).parse("", status=404)
