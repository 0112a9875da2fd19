import pytest
import torch

from leyden.items import Mask
from leyden.medical import scheme
from leyden.widget.volume.labels import KINDS, Labels, compared, labels_of, named_parts

SIZE = (4, 4, 4)
BRATS = scheme("brats21")


def codes(*spots, size=SIZE):
    made = torch.zeros(size, dtype=torch.uint8)
    for place, code in spots:
        made[place] = code
    return made


def test_every_kind_of_error_is_counted_as_by_hand_on_a_4x4x4():
    truth = codes(((0, 0, 0), 2), ((0, 0, 1), 2), ((0, 0, 2), 1), ((1, 1, 1), 4))
    found = codes(((0, 0, 0), 2), ((0, 0, 2), 2), ((3, 3, 3), 2), ((3, 3, 2), 1), ((1, 1, 1), 4))
    kinds = compared(Labels(truth, BRATS), Labels(found, BRATS), "codes")
    assert torch.bincount(kinds.flatten(), minlength=5).tolist() == [64 - 6, 2, 1, 2, 1]
    assert [int(kinds[place]) for place in ((0, 0, 0), (0, 0, 1), (3, 3, 3), (0, 0, 2))] == [1, 2, 3, 4]
    assert len(KINDS) == 4


@pytest.mark.parametrize(
    ("part", "counts"), [("WT", [59, 2, 1, 2]), ("TC", [61, 1, 1, 1]), ("ET", [63, 1, 0, 0]), (2, [60, 1, 1, 2])]
)
def test_of_a_region_or_a_code_there_are_three_kinds(part, counts):
    truth = codes(((0, 0, 0), 2), ((0, 0, 1), 2), ((0, 0, 2), 1))
    found = codes(((0, 0, 0), 2), ((0, 0, 2), 2), ((3, 3, 3), 2), ((3, 3, 2), 1))
    truth[1, 1, 1] = found[1, 1, 1] = 4
    if part == "WT":
        found[0, 0, 2] = 0
        counts = [58, 2, 2, 2]
    kinds = compared(Labels(truth, BRATS), Labels(found, BRATS), part)
    assert torch.bincount(kinds.flatten(), minlength=4).tolist() == counts


def test_maps_of_regions_count_as_they_are_even_where_they_contradict_each_other():
    maps = torch.zeros(3, *SIZE, dtype=torch.uint8)
    maps[2, 0, 0, 0] = 1  # enhancing, and neither core nor whole tumour
    labels, faults = labels_of(maps, SIZE, scheme=BRATS, what="the prediction")
    assert faults == []
    assert [int(labels.member(name).sum()) for name in ("TC", "WT", "ET")] == [0, 0, 1]
    assert int(labels.codes[0, 0, 0]) == 4


def test_regions_of_codes_are_those_of_the_scheme():
    drawn = torch.randint(0, 3, SIZE, generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    drawn[drawn == 3] = 4
    labels = Labels(drawn, BRATS)
    for name, wanted in zip(BRATS.regions, BRATS.to_regions(drawn), strict=True):
        assert torch.equal(labels.member(name), wanted.bool())


def test_a_slice_of_labels_is_no_copy():
    labels = Labels(codes(((2, 1, 1), 1)), BRATS)
    thin = labels.within(axis=0, place=2)
    assert thin.size == (1, 4, 4)
    assert thin.codes.untyped_storage().data_ptr() == labels.codes.untyped_storage().data_ptr()


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (Mask(torch.zeros(5, 4, 4, dtype=torch.uint8)), "the label is 5 x 4 x 4, the image 4 x 4 x 4"),
        (torch.zeros(4, 4), "the label is 4 x 4, the image 4 x 4 x 4"),
        (torch.full(SIZE, 0.5), "regions as (probability > 0.5)"),
        (torch.full(SIZE, 300), "codes from 300 to 300"),
        (torch.full(SIZE, 3), "3 is unknown"),
        (torch.zeros(2, *SIZE).byte(), "given 2 maps"),
        ("seg.nii.gz", "the label is a str; give a Mask"),
    ],
    ids=["size", "flat", "probabilities", "large codes", "unknown codes", "too few maps", "no tensor"],
)
def test_what_is_no_label_of_the_image_is_said(value, told):
    labels, faults = labels_of(value, SIZE, scheme=BRATS, what="the label")
    assert labels is None
    assert told in faults[0]


def test_maps_need_a_scheme():
    assert "give scheme=" in labels_of(torch.zeros(3, *SIZE).byte(), SIZE, scheme=None, what="the prediction")[1][0]


def test_floats_that_are_0_and_1_are_taken_as_labels():
    labels, faults = labels_of(torch.ones(SIZE), SIZE, scheme=None, what="it")
    assert faults == []
    assert labels.codes.dtype == torch.uint8


def test_parts_have_names():
    parts = named_parts(BRATS, (1, 2, 4))
    assert parts["TC"] == "region TC"
    assert parts[4] == "enhancing tumour"
    assert list(parts)[:2] == ["codes", "regions"]
