import pytest
import torch

from leyden.items import Image, Mask
from leyden.medical import Scan, scheme
from leyden.widget.volume.seeking import first_place, fullest, nowhere
from leyden.widget.volume.subject import subject_of

SIZE = (16, 16, 16)


def subject(label=None, prediction=None, affine=None):
    image = Image(torch.rand(1, *SIZE), affine=affine)
    return subject_of(Scan(image, label if label is None else Mask(label), ("t1",)), prediction, scheme=scheme("msd"))


@pytest.fixture
def label():
    made = torch.zeros(SIZE, dtype=torch.uint8)
    made[3, 1, 1] = 1
    made[4, 2:5, 2:5] = 1
    made[4, 12, 12] = 1  # by itself: it must not draw the place away from the lump
    return made


def test_the_fullest_slice_is_found_and_in_it_the_middle_of_the_largest_lump(label):
    assert fullest(subject(label), "truth", "codes") == (4, 3, 3)


def test_of_a_difference_what_is_wrong_counts(label):
    found = label.clone()
    found[9, 6:9, 6:9] = 2
    assert fullest(subject(label, found), "difference", "WT") == (9, 7, 7)
    assert fullest(subject(label, label), "difference", "WT") is None


def test_slices_are_the_axial_ones_wherever_their_axis_lies(label):
    turned = ((1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0))
    along_x = label.permute(1, 2, 0).contiguous()
    assert fullest(subject(along_x, affine=turned), "truth", "codes") == (3, 3, 4)


def test_where_there_is_nothing_it_is_the_middle(label):
    empty = torch.zeros_like(label)
    assert fullest(subject(empty), "truth", "codes") is None
    assert first_place(subject(empty), "truth", "codes") == first_place(subject(), "none", "codes") == (8, 8, 8)


def test_a_perfect_prediction_is_looked_at_where_it_is(label):
    assert first_place(subject(label, label), "difference", "codes") == (4, 3, 3)


def test_where_there_is_nothing_to_go_to_it_is_said_what_to_do(scan):
    labelled = subject_of(scan)
    assert nowhere(labelled, "none", "codes").endswith("choose what lies over the image first, truth")
    assert (
        nowhere(labelled, "truth", 2)
        == "there is no slice to go to: truth holds nothing of label 2; choose other labels"
    )
    bare = subject_of(scan._replace(label=None))
    assert nowhere(bare, "none", "codes") == "there is no slice to go to: this case has neither labels nor a prediction"
