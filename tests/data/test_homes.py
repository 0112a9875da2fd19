import subprocess
import sys

import pytest

from leyden import data
from leyden.data.homes import found


def test_the_module_is_found_and_loaded_once():
    assert data.Module is found("Module")


def test_a_name_that_there_is_not_is_said():
    with pytest.raises(AttributeError, match=r"leyden\.data has no 'Models'; see dir\(leyden\.data\)"):
        data.Models  # noqa: B018


def test_lightning_comes_with_the_module_alone():
    code = "import sys; from leyden import data; print('pytorch_lightning' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
