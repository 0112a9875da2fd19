import numpy as np
import pytest
import torch

from leyden.errors import MedicalError
from leyden.medical.case.finding import cases_in
from leyden.medical.labelling import Scheme, scheme


def test_auto_says_which_layout_it_took(files, tmp_path):
    files.msd(tmp_path / "msd", "BRATS_001")
    files.brats(tmp_path / "brats", "BraTS2021_00000")
    assert [cases_in(tmp_path / name).layout for name in ("msd", "brats")] == ["msd", "brats"]


def test_the_msd_and_the_brats_copy_of_a_case_give_bit_identical_channels_and_regions(files, tmp_path):
    files.msd(tmp_path / "msd", "BRATS_001", codes=(2, 1, 3))
    files.brats(tmp_path / "b21", "BraTS2021_00000", codes=(1, 2, 4))
    files.brats(tmp_path / "b23", "BraTS-GLI-00000-000", ends=("t2f", "t1n", "t1c", "t2w"), codes=(1, 2, 3), join="-")
    sets = [cases_in(tmp_path / name) for name in ("msd", "b21", "b23")]
    assert [cases.scheme.name for cases in sets] == ["msd", "brats21", "brats23"]
    assert {cases.modalities for cases in sets} == {("t1", "t1ce", "t2", "flair")}
    first, *others = [(cases[0], cases.scheme.to_regions(cases[0].label)) for cases in sets]
    assert first[1].flatten(1).sum(1).tolist() == [4, 6, 2]  # TC, WT, ET
    for scan, regions in others:
        assert torch.equal(scan.image.data, first[0].image.data)
        assert torch.equal(regions, first[1])


def test_taking_label_2_of_msd_for_enhancing_tumour_gives_another_region(files, tmp_path):
    cases = cases_in(files.msd(tmp_path, "BRATS_001", codes=(2, 1, 3)))
    label = cases[0].label
    wrong = Scheme("2 is ET", {1: "", 2: "", 3: ""}, {"TC": (2, 3), "WT": (1, 2, 3), "ET": (2,)})
    right, other = cases.scheme.to_regions(label), wrong.to_regions(label)
    assert torch.equal(right[:2], other[:2])
    assert not torch.equal(right[2], other[2])
    assert not (right[2] & other[2]).any()


def test_modalities_are_chosen_and_ordered_by_any_of_their_names(files, tmp_path):
    files.brats(tmp_path, "BraTS2021_00000")
    scan = cases_in(tmp_path, modalities=["T2-FLAIR", "t1Gd"])[0]
    assert scan.modalities == ("flair", "t1ce")
    assert [int(channel[channel > 0].min()) for channel in scan.image.data] == [10, 30]


def test_a_scheme_is_given_by_name_or_as_it_is(files, tmp_path):
    files.brats(tmp_path, "BraTS2021_00000")
    own = Scheme("own", {1: "a", 2: "b", 4: "c"}, {"all": (1, 2, 4)})
    assert cases_in(tmp_path, scheme="brats18").scheme is scheme("brats18")
    assert cases_in(tmp_path, scheme=own).scheme is own
    with pytest.raises(MedicalError, match="no label scheme named 'brats99'"):
        cases_in(tmp_path, scheme="brats99")


def test_test_cases_of_msd_have_no_segmentations(files, tmp_path):
    files.msd(tmp_path, "BRATS_001", test=("BRATS_900",))
    held_out = cases_in(tmp_path, part="test")
    assert held_out.names == ("BRATS_900",)
    assert held_out[0].label is None
    assert cases_in(tmp_path).names == ("BRATS_001",)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"layout": "mds"}, "layout='mds' is none of 'auto', 'msd', 'brats', and no pattern such as layout="),
        ({"label": "{case}.nii"}, "goes with a pattern as layout; 'auto' knows where segmentations lie"),
        ({"part": "validation"}, "part is 'training' or 'test'; given 'validation'"),
        ({"part": "test"}, "only an MSD folder has part='test'; of another, give the folder"),
        ({"modalities": ["t1", "T1w"]}, "modalities are at least one, each once; given t1, t1"),
        ({"modalities": []}, "modalities are at least one, each once; given none"),
        ({"modalities": ["ADC", "t1"]}, "no case in .* shows ADC; there are flair, t1, t1ce, t2"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_makes_no_sense_is_refused(files, tmp_path, asked, told, unchecked):
    files.brats(tmp_path, "BraTS2021_00000")
    with pytest.raises(MedicalError, match=told):
        cases_in(tmp_path, **asked)


def test_everything_wrong_is_told_at_once(tmp_path, unchecked):
    with pytest.raises(MedicalError, match=r"no folder .*; layout='x' is none.*; part is"):
        cases_in(tmp_path / "none", layout="x", part="y")


def test_a_folder_without_a_case_is_told_with_what_it_holds(files, tmp_path):
    with pytest.raises(MedicalError, match="holds no volume"):
        cases_in(tmp_path)
    (tmp_path / "001").write_bytes(bytes(128) + b"DICM")
    with pytest.raises(MedicalError, match=r"holds no NIfTI, but DICOM, such as in .*; convert it with dcm2niix"):
        cases_in(tmp_path)
    files.save(tmp_path / "p1" / "scan.nii.gz", np.zeros((2, 2, 2), np.uint8))
    with pytest.raises(
        MedicalError, match=r"volumes \(1\), such as p1/scan.nii.gz, whose names do not fit layout 'brats'"
    ):
        cases_in(tmp_path)
    files.msd(tmp_path / "Task01", "BRATS_001")
    with pytest.raises(MedicalError, match=r"but .*Task01 is laid out as MSD; give that folder"):
        cases_in(tmp_path)


@pytest.mark.parametrize("label", [None, "elsewhere/{case}.nii.gz", "{case}/{case}_seg.nii"])
def test_a_pattern_that_takes_segmentations_for_a_channel_is_refused(files, tmp_path, label):
    for name in ("p1", "p2"):
        files.brats(tmp_path, name)
        files.save(tmp_path / "elsewhere" / f"{name}.nii.gz", files.drawn(1))
    with pytest.raises(
        MedicalError, match=r"p1_seg\.nii\.gz looks like a segmentation, and layout= takes it for the mod"
    ):
        cases_in(tmp_path, layout="{case}/{case}_{modality}.nii.gz", label=label)
    asked = {"layout": "{case}/{case}_{modality}.nii.gz", "label": label}
    assert cases_in(tmp_path, **asked, modalities=["t1", "flair"]).modalities == ("t1", "flair")
    assert cases_in(tmp_path, **asked, modalities=["seg"]).modalities == ("seg",)


def test_one_name_for_several_is_told(files, tmp_path):
    files.brats(tmp_path, "BraTS2021_00000")
    with pytest.raises(MedicalError, match=r"modalities are several names; write modalities=\['flair'\]"):
        cases_in(tmp_path, modalities="flair")


def test_what_the_folder_declares_is_kept_beside_what_was_given(files, tmp_path):
    cases = cases_in(files.msd(tmp_path, "BRATS_001"), scheme="brats23")
    assert (cases.scheme.name, cases.declared.name) == ("brats23", "msd")
    assert cases[:1].declared is cases.declared
