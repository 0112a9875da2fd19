import json

import pytest

from leyden.errors import MedicalError
from leyden.medical import Scheme, read_scheme, scheme
from leyden.medical.labelling import contradictions


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


@pytest.mark.parametrize("tumour", [3, [3]])
def test_one_code_beside_lists_of_codes_is_a_region_too(tmp_path, tumour):
    labels = {"background": 0, "whole": [1, 2, 3], "inner": [2, 3], "bright": tumour, "ignore": 4}
    found = read_scheme(written(tmp_path, labels))
    assert dict(found.regions) == {"whole": (1, 2, 3), "inner": (2, 3), "bright": (3,)}
    assert found.known == (0, 1, 2, 3, 4)


@pytest.mark.parametrize("core", ["NCR", "NCR/NET", "necrotic core", "non enhancing tumor"])
@pytest.mark.parametrize("oedema", ["ED", "edema", "SNFH", "peritumoral edema"])
def test_parts_of_brain_tumours_are_known_by_their_usual_abbreviations(tmp_path, core, oedema):
    found = read_scheme(written(tmp_path, {"0": "background", "1": core, "2": oedema, "3": "ET"}))
    assert found == scheme("brats23")


def test_letters_within_other_words_are_no_abbreviations(tmp_path):
    found = read_scheme(written(tmp_path, {"1": "bed nucleus", "2": "planet", "3": "net of vessels", "4": "medulla"}))
    assert list(found.regions) == ["bed nucleus", "planet", "net of vessels", "medulla"]


def test_a_file_that_begins_with_a_byte_order_mark_is_read(tmp_path):
    labels = {"0": "background", "1": "liver"}
    (tmp_path / "dataset.json").write_text(json.dumps({"labels": labels}), encoding="utf-8-sig")
    assert dict(read_scheme(tmp_path).regions) == {"liver": (1,)}


def test_schemes_contradict_each_other_only_where_a_code_is_another_part_of_the_tumour():
    own = Scheme("own", {1: "edema", 2: "lesion", 3: "ET"}, {"all": (1, 2, 3)})
    assert contradictions(own, scheme("msd")) == []
    assert contradictions(own, scheme("brats23")) == [
        "1 is 'edema' by own and 'necrotic and non-enhancing core' by brats23"
    ]
    assert contradictions(scheme("brats21"), scheme("brats23")) == []
