import json

import pytest

from leyden.errors import MedicalError
from leyden.medical import read_scheme, scheme


def written(folder, labels):
    (folder / "dataset.json").write_text(json.dumps({"labels": labels}))
    return folder


def test_the_decathlon_task_is_scheme_msd(tmp_path):
    labels = {"0": "background", "1": "edema", "2": "non-enhancing tumor", "3": "enhancing tumour"}
    assert read_scheme(written(tmp_path, labels)) == scheme("msd")


def test_names_count_and_not_their_order(tmp_path):
    labels = {"0": "background", "1": "enhancing tumour", "2": "edema", "3": "non-enhancing tumor"}
    assert dict(read_scheme(written(tmp_path, labels)).regions) == {"TC": (1, 3), "WT": (1, 2, 3), "ET": (1,)}


def test_nnunet_names_to_codes_are_read(tmp_path):
    labels = {"background": 0, "NCR": 1, "SNFH": 2, "ET": 3}
    assert read_scheme(written(tmp_path, labels)) == scheme("brats23")


def test_nnunet_regions_are_taken_as_they_are(tmp_path):
    labels = {"background": 0, "whole": [1, 2], "inner": [2]}
    assert dict(read_scheme(written(tmp_path, labels)).regions) == {"whole": (1, 2), "inner": (2,)}


def test_any_other_dataset_gets_a_region_a_label(tmp_path):
    found = read_scheme(written(tmp_path, {"0": "background", "1": "liver", "2": "cancer"}))
    assert dict(found.regions) == {"liver": (1,), "cancer": (2,)}


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"labels": []}', '{"labels": {"a": "b"}}', '{"labels": {"0": "x"}}']
)
def test_what_tells_no_labels_is_one_error_with_the_file(tmp_path, content):
    (tmp_path / "dataset.json").write_text(content)
    with pytest.raises(MedicalError, match=r"dataset\.json.*by\s+name"):
        read_scheme(tmp_path)


def test_a_folder_without_the_file_says_so(tmp_path):
    with pytest.raises(MedicalError, match="does not exist"):
        read_scheme(tmp_path)
