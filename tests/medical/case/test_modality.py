import pytest

from leyden.medical.case.modality import MODALITIES, modality_of, ordered


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
