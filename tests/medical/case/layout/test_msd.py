import json

import pytest

from leyden.errors import MedicalError
from leyden.medical.case.layout.msd import find_msd, is_msd


def test_frames_are_what_dataset_json_says_by_name(files, tmp_path):
    files.msd(tmp_path, "BRATS_001", "BRATS_002")
    found = find_msd(tmp_path, "training")
    assert [case.name for case in found.cases] == ["BRATS_001", "BRATS_002"]
    assert {series.modality: series.frame for series in found.cases[0].images} == {
        "flair": 0,
        "t1": 1,
        "t1ce": 2,
        "t2": 3,
    }
    assert found.modalities == ("t1", "t1ce", "t2", "flair")
    assert found.scheme.name == "msd"
    assert found.cases[1].label == tmp_path / "labelsTr" / "BRATS_002.nii.gz"


def test_modalities_in_another_order_are_found_all_the_same(files, tmp_path):
    files.msd(tmp_path, "BRATS_001")
    told = files.told | {"modality": {"3": "FLAIR", "10": "ADC", "0": "T1w", "2": "T2w", "1": "t1gd"}}
    (tmp_path / "dataset.json").write_text(json.dumps(told))
    frames = {series.modality: series.frame for series in find_msd(tmp_path, "training").cases[0].images}
    assert frames == {"t1": 0, "t1ce": 1, "t2": 2, "flair": 3, "ADC": 10}


def test_what_macos_leaves_is_no_case(files, tmp_path):
    files.msd(tmp_path, "BRATS_001")
    for folder in ("imagesTr", "labelsTr"):
        (tmp_path / folder / "._BRATS_001.nii.gz").write_bytes(b"\0")
    assert [case.name for case in find_msd(tmp_path, "training").cases] == ["BRATS_001"]


def test_a_lone_image_and_a_lone_segmentation_stay_cases(files, tmp_path):
    files.msd(tmp_path, "BRATS_001", "BRATS_002")
    (tmp_path / "labelsTr" / "BRATS_001.nii.gz").unlink()
    (tmp_path / "imagesTr" / "BRATS_002.nii.gz").unlink()
    first, second = find_msd(tmp_path, "training").cases
    assert first.label is None
    assert second.images == ()


def test_the_form_of_nnunet_is_read(files, tmp_path):
    told = {
        "channel_names": {"0": "FLAIR", "1": "T1w"},
        "labels": {"background": 0, "edema": 1, "non-enhancing": 2, "ET": 3},
    }
    files.save(tmp_path / "imagesTr/case_7_0000.nii.gz", files.shade(1))
    files.save(tmp_path / "imagesTr/case_7_0001.nii.gz", files.shade(2))
    files.save(tmp_path / "labelsTr/case_7.nii.gz", files.drawn(1))
    (tmp_path / "dataset.json").write_text(json.dumps(told))
    (case,) = find_msd(tmp_path, "training").cases
    assert case.name == "case_7"
    assert [(series.modality, series.path.name, series.frame) for series in case.images] == [
        ("flair", "case_7_0000.nii.gz", None), ("t1", "case_7_0001.nii.gz", None),
    ]  # fmt: skip


def test_a_folder_says_of_itself_that_it_is_msd(files, tmp_path):
    assert not is_msd(tmp_path)
    assert is_msd(files.msd(tmp_path, "BRATS_001"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "dataset.json does not exist, and tells modalities and labels"),
        ("{", r"does not tell modalities \(JSONDecodeError: .*\); it wants"),
        ('{"labels": {"1": "a"}}', r"does not tell modalities \(KeyError"),
        (
            '{"modality": {"0": "T1w", "1": "t1"}, "labels": {"1": "a"}}',
            "tells the modalities t1, t1; each file needs distinct",
        ),
        ('{"modality": {"a": "T1w"}, "labels": {"1": "a"}}', r"does not tell modalities \(ValueError"),
    ],
    ids=["none", "no json", "no modality", "twice", "no number"],
)
def test_a_dataset_json_that_says_nothing_is_told(files, tmp_path, text, told):
    files.msd(tmp_path, "BRATS_001")
    (tmp_path / "dataset.json").unlink()
    if text is not None:
        (tmp_path / "dataset.json").write_text(text)
    with pytest.raises(MedicalError, match=told):
        find_msd(tmp_path, "training")


def test_a_missing_part_is_told(files, tmp_path):
    files.msd(tmp_path, "BRATS_001")
    with pytest.raises(MedicalError, match="has no folder imagesTs; the test cases of this layout lie there"):
        find_msd(tmp_path, "test")


def test_two_files_of_one_case_for_the_same_are_refused(files, tmp_path):
    files.msd(tmp_path, "BRATS_001", "BRATS_002")
    for part in ("imagesTr", "labelsTr"):
        (tmp_path / part / "BRATS_002.nii").touch()
    told = r"two files of one case for the same: imagesTr/BRATS_002\.nii and imagesTr/BRATS_002\.nii\.gz; labelsTr"
    with pytest.raises(MedicalError, match=told):
        find_msd(tmp_path, "training")


@pytest.mark.parametrize(
    ("told", "frames"), [({"0": "T2", "2": "ADC"}, {"t2": 0, "ADC": 2}), ({"1": "T2", "2": "ADC"}, {"t2": 1, "ADC": 2})]
)
def test_frames_go_by_their_number_and_not_by_their_rank(files, tmp_path, told, frames):
    files.msd(tmp_path, "BRATS_001")
    (tmp_path / "dataset.json").write_text(json.dumps(files.told | {"modality": told}))
    assert {one.modality: one.frame for one in find_msd(tmp_path, "training").cases[0].images} == frames


def test_a_frame_below_0_is_refused(files, tmp_path):
    files.msd(tmp_path, "BRATS_001")
    (tmp_path / "dataset.json").write_text(json.dumps(files.told | {"modality": {"-1": "T2", "0": "ADC"}}))
    with pytest.raises(MedicalError, match="what frame -1 shows; frames are counted from 0"):
        find_msd(tmp_path, "training")


def test_4d_files_whose_names_end_in_four_digits_stay_whole(files, tmp_path):
    names = ("CASE_0002", "CASE_0003", "CASE_0004")
    files.msd(tmp_path, "BRATS_001", test=names)
    found = find_msd(tmp_path, "test")
    assert tuple(case.name for case in found.cases) == names
    assert [len(case.images) for case in found.cases] == [4, 4, 4]


def test_a_channel_that_lacks_is_still_one_of_its_case(files, tmp_path):
    files.msd(tmp_path, "BRATS_001")
    for channel in (0, 2, 3):
        files.save(tmp_path / f"imagesTs/CASE_000{channel}.nii.gz", files.shade(1))
    (case,) = find_msd(tmp_path, "test").cases
    assert (case.name, case.modalities) == ("CASE", ("flair", "t1ce", "t2"))
