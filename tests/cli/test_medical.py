import json
import sys
from typing import get_args

import pytest

from leyden.cli import medical
from leyden.medical.synthetic import KINDS, Anatomy, Layout


def call(capsys, *arguments):
    with pytest.raises(SystemExit) as exit_:
        medical.medical_commands([*map(str, arguments)], prog_name="leyden medical")
    return exit_.value.code, capsys.readouterr()


def test_phantoms_are_written_and_what_they_are_is_said(tmp_path, capsys):
    code, shown = call(capsys, "phantom", tmp_path / "out", "-n", 2, "--size", "24,28,24", "--seed", 4)
    assert code == 0
    assert "2 phantoms, synthetic tumours on a real template (mni152)" in shown.out
    assert "2/2" in shown.err
    assert json.loads((tmp_path / "out" / "dataset.json").read_text())["numTraining"] == 2


def test_options_reach_the_files(tmp_path, capsys):
    code, _ = call(
        capsys, "phantom", tmp_path, "-n", 1, "--size", 24, "--layout", "brats", "--kind", "tiny", "--thick", 16,
        "--without", "t1", "--without", "t2",
    )  # fmt: skip
    assert code == 0
    assert [path.name.split("_")[2] for path in sorted((tmp_path / "BraTS2021_00000").iterdir())] == [
        "flair.nii.gz", "seg.nii.gz", "t1ce.nii.gz",
    ]  # fmt: skip


def test_foreseeable_errors_are_one_line(tmp_path, capsys):
    (tmp_path / "dataset.json").touch()
    code, shown = call(capsys, "phantom", tmp_path, "-n", 1, "--size", 24)
    assert code == 1
    assert "error: " in shown.err
    assert "nothing is written over" in shown.err
    code, shown = call(capsys, "phantom", tmp_path, "--size", "24x24")
    assert code == 1
    assert "--size is one whole number or three with commas, not '24x24'" in shown.err


def test_the_choices_offered_are_those_of_the_room():
    assert get_args(medical._Kind) == tuple(KINDS)
    assert get_args(medical._Anatomy) == get_args(Anatomy)
    assert get_args(medical._Layout) == get_args(Layout)


def test_the_command_line_does_without_nibabel():
    assert "nibabel" not in vars(medical)
    assert "leyden.cli.medical" in sys.modules
