"""Errors: one family, and one that carries its reasons."""

import subprocess
import sys

import pytest

import leyden.errors
from leyden.errors import GraphError, LeydenError


def test_every_error_is_of_the_family():
    made = [getattr(leyden.errors, name) for name in leyden.errors.__all__]
    assert all(issubclass(kind, LeydenError) for kind in made)


def test_a_graph_error_carries_its_faults_and_says_its_message_only():
    error = GraphError("why", (1, 2))
    assert str(error) == "why"
    assert error.faults == (1, 2)


FAILING = """
from pathlib import Path
from leyden.assets import find

def mine(name):
    return find(name)

try:
    Path("nowhere").read_text()
except OSError:
    mine("@@@@")
"""


def shown(tmp_path, code, **environment):
    """What IPython shows of code that fails."""
    script = tmp_path / "mine.ipy"
    script.write_text(code, encoding="utf-8")
    command = [sys.executable, "-m", "IPython", "--colors=nocolor", "--no-banner", str(script)]
    held = {"IPYTHONDIR": str(tmp_path / "ipython"), "PATH": "", **environment}
    return subprocess.run(command, capture_output=True, text=True, env=held, check=False).stdout


def test_a_notebook_shows_an_error_under_the_users_own_lines_alone(tmp_path):
    told = shown(tmp_path, FAILING)
    assert "UnknownAsset: no asset named '@@@@'" in told
    assert "return find(name)" in told
    assert 'mine("@@@@")' in told
    assert "raise UnknownAsset" not in told
    assert "FileNotFoundError" not in told
    assert "registry.py" not in told


def test_the_whole_way_is_one_variable_away(tmp_path):
    told = shown(tmp_path, FAILING, LEYDEN_TRACEBACK="full")
    assert "raise UnknownAsset" in told
    assert "FileNotFoundError" in told


@pytest.mark.parametrize(
    "raised",
    ["GraphError('why', (1, 2))", "SearchError('why', search=3)", "LeydenError()", "UnknownCodes('why\\nnot')"],
)
def test_every_kind_of_error_can_be_shown(tmp_path, raised):
    told = shown(tmp_path, f"from leyden.errors import *\nraise {raised}\n")
    assert raised.split("(")[0] in told
    assert "Unexpected exception" not in told
