import subprocess
import sys

import pytest

from leyden import widget
from leyden.widget.homes import HOMES, found


def test_every_public_name_is_found_where_the_table_says():
    assert all(getattr(widget, name) is found(name) for name in HOMES)
    assert set(HOMES) == set(widget.__all__)


def test_a_name_that_there_is_not_is_said():
    with pytest.raises(AttributeError, match=r"leyden\.widget has no 'SegmentPanel'; see leyden\.widget\.__all__"):
        widget.SegmentPanel  # noqa: B018


SCRIPT = """
import sys
from importlib import import_module
from leyden.widget.homes import HOMES, load_view
for name in sys.argv[1:]:
    kind = getattr(import_module(f"leyden.widget.{HOMES[name]}"), name)
    load_view(name)
    print(name, kind in kind._views, "pytorch_lightning" in sys.modules)
load_view("PanelOfSomebodyElse")
"""


def test_a_panel_loads_what_draws_it_and_lightning_only_where_it_is_about_training():
    still = ["AugmentPanel", "DataPanel", "OnnxPanel", "PrunePanel", "VolumePanel"]
    others = sorted({name for name in HOMES if name.endswith("Panel")} - set(still))
    command = [sys.executable, "-c", SCRIPT, *still, *others, "Workbench"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = [line.split() for line in done.stdout.splitlines()]
    assert told == [[name, "True", str(name not in still)] for name in command[3:]]
