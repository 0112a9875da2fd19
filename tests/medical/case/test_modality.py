import pytest

from leyden.medical.case.modality import MODALITIES, is_segmentation, modality_of, ordered


@pytest.mark.parametrize(
    ("names", "meant"),
    [
        (("t1", "T1", "t1n", "T1w", "T1-weighted"), "t1"),
        (("t1ce", "T1c", "t1gd", "T1Gd", "T1w with contrast", "T1 post", "t1-ce"), "t1ce"),
        (("t2", "T2w", "t2"), "t2"),
        (("flair", "FLAIR", "t2f", "T2-FLAIR", "t2_flair"), "flair"),
    ],
    ids=MODALITIES,
)
def test_one_modality_has_one_name_here(names, meant):
    assert {modality_of(name) for name in names} == {meant}


def test_what_is_not_known_keeps_its_name():
    assert [modality_of(name) for name in ("ADC", "t1map", "CT")] == ["ADC", "t1map", "CT"]


def test_channels_have_one_order_whatever_that_of_the_files():
    assert ordered(["flair", "CT", "t2", "t1ce", "t1"]) == (*MODALITIES, "CT")
    assert ordered([]) == ()


@pytest.mark.parametrize("name", ["seg", "SEG", "tumor-mask", "gt", "label", "Segmentation"])
def test_what_names_a_drawing_is_no_modality(name):
    assert is_segmentation(name)


@pytest.mark.parametrize("name", ["t1", "ADC", "segmented", "masked_t1", "pgt", "labelled", "brainmask"])
def test_what_only_sounds_like_one_is(name):
    assert not is_segmentation(name)
