import subprocess
import sys

import pytest

import leyden as ly
from leyden.errors import CatalogError, MedicalError

TOML = """
[[datasets]]
name = "brats"

    [datasets.storage]
    driver = "folder"
    type = "scans"
    path = "{path}"
    {more}
"""


def declare(folder, path, more=""):
    (folder / "Data.toml").write_text(TOML.format(path=path, more=more))
    return folder


def test_scans_are_read_by_name_in_a_process_that_never_imported_the_room(files, tmp_path):
    files.msd(tmp_path / "msd", "BRATS_001")
    declare(tmp_path, "msd", 'modalities = ["FLAIR"]')
    look = 'print(ly.data.catalog("Data.toml")["brats"][0].modalities, "monai" in sys.modules)'
    code = f"import sys, leyden as ly; {look}"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "('flair',) False\n"


def test_one_line_switches_to_the_real_data(files, tmp_path):
    files.msd(tmp_path / "msd", "BRATS_001")
    files.brats(tmp_path / "real", "BraTS2021_00000")
    layouts = [ly.data.catalog(declare(tmp_path, path))["brats"].layout for path in ("msd", "real")]
    assert layouts == ["msd", "brats"]


def test_a_pattern_stands_in_the_file(files, tmp_path):
    files.save(tmp_path / "ours/p1/T1.nii.gz", files.shade(1))
    files.save(tmp_path / "ours/p1/drawn.nii.gz", files.drawn(4))
    more = 'layout = "{{case}}/{{modality}}.nii.gz"\nlabel = "{{case}}/drawn.nii.gz"\nscheme = "brats21"'.replace(
        "{{", "{"
    )
    cases = ly.data.catalog(declare(tmp_path, "ours", more.replace("}}", "}")))["brats"]
    assert cases.modalities == ("t1",)
    assert cases[0].label.data.max() == 4


def test_what_is_wrong_is_told_when_the_file_is_read_or_with_the_dataset(files, tmp_path):
    with pytest.raises(CatalogError, match="has no key 'layuot'; closest: 'layout'"):
        ly.data.catalog(declare(tmp_path, "msd", 'layuot = "msd"'))
    with pytest.raises(CatalogError, match="part must be one of 'training', 'test'"):
        ly.data.catalog(declare(tmp_path, "msd", 'part = "validation"'))
    (tmp_path / "msd").mkdir()
    with pytest.raises(MedicalError, match=r"^dataset 'brats' \(.*Data.toml:2\): .* holds no volume"):
        ly.data.catalog(declare(tmp_path, "msd"))["brats"]
