import subprocess
import sys

import pytest

from leyden.cli.progress import run_job
from leyden.errors import DataError


def test_a_folder_without_classes_is_refused_before_a_bar_is_shown(tmp_path, capsys):
    (tmp_path / "set").mkdir()
    with pytest.raises(DataError, match="set"):
        run_job(tmp_path / "set", tmp_path / "out", size=32, epochs=1, seed=0)
    assert capsys.readouterr().err == ""
    assert not (tmp_path / "out").exists()


def test_commands_that_train_nothing_load_no_lightning():
    code = "import leyden.cli.app, sys; print('pytorch_lightning' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
