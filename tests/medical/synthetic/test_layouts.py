import json

import pytest

from leyden.errors import MedicalError
from leyden.medical.labelling import read_scheme
from leyden.medical.synthetic.layouts import ORDERS, about_file, case_name, check_layout, files_of


def test_files_lie_where_the_real_data_have_them():
    assert files_of("brats", case_name("brats", 12), ("t1", "flair")) == [
        "BraTS2021_00012/BraTS2021_00012_t1.nii.gz",
        "BraTS2021_00012/BraTS2021_00012_flair.nii.gz",
        "BraTS2021_00012/BraTS2021_00012_seg.nii.gz",
    ]
    assert files_of("msd", case_name("msd", 11), ()) == ["imagesTr/BRATS_012.nii.gz", "labelsTr/BRATS_012.nii.gz"]


def test_the_folder_says_that_tumours_are_synthetic_and_whose_the_template_is(tmp_path):
    for layout, wanted in (("msd", "dataset.json"), ("brats", "README.txt")):
        name, text = about_file(layout, ["a"], ORDERS[layout], "mni152")
        assert name == wanted
        assert "ynthetic tumours on a real template, mni152" in text
        assert "ICBM" in text


def test_dataset_json_names_modalities_codes_and_cases(tmp_path):
    _, text = about_file("msd", ["BRATS_001", "BRATS_002"], ORDERS["msd"], "mni152")
    told = json.loads(text)
    assert told["modality"] == {"0": "FLAIR", "1": "T1w", "2": "t1gd", "3": "T2w"}
    assert told["numTraining"] == len(told["training"]) == 2
    assert told["training"][1] == {"image": "./imagesTr/BRATS_002.nii.gz", "label": "./labelsTr/BRATS_002.nii.gz"}
    (tmp_path / "dataset.json").write_text(text)
    assert read_scheme(tmp_path).name == "msd"


def test_an_unknown_layout_is_told():
    with pytest.raises(MedicalError, match="no layout named 'bids' to write; there are msd, brats"):
        check_layout("bids")
