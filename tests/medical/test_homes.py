import subprocess
import sys

import pytest

from leyden import medical
from leyden.errors import DriverMissing
from leyden.medical.homes import HOMES, found


def test_every_public_name_is_found_where_the_table_says():
    assert all(getattr(medical, name) is found(name) for name in HOMES)
    assert set(HOMES) < set(medical.__all__)


def test_a_name_that_there_is_not_is_said():
    with pytest.raises(AttributeError, match="no 'segment'"):
        medical.segment  # noqa: B018


def test_a_missing_library_is_named_with_how_to_get_it(monkeypatch):
    monkeypatch.setitem(HOMES, "imagined", "no_such_file")
    with pytest.raises(DriverMissing, match=r"medical\.imagined needs leyden\.medical\.no_such_file.*pip install"):
        found("imagined")


def test_the_room_loads_neither_monai_nor_nibabel():
    code = "import leyden.medical, sys; print(*{'monai', 'nibabel', 'SimpleITK', 'nilearn'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
