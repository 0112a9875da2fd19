import pytest
import torch

from leyden.errors import PanelError
from leyden.items import Image, Mask
from leyden.medical import Scan, scheme
from leyden.widget.volume.subject import subject_of

SIZE = (4, 5, 6)


def made(data, label=None, names=("t1",), **options):
    return subject_of(Scan(Image(data), label, names, "case"), **options)


def test_a_picture_a_wrong_prediction_and_missing_names_are_refused_at_once():
    with pytest.raises(PanelError, match=r"case cannot be shown: its image is 2 x 4 x 5, a picture") as told:
        made(torch.rand(2, 4, 5))
    assert "it has 2 channels and names 1 modalities (t1)" in str(told.value)
    with pytest.raises(PanelError, match="the label is 1 x 1 x 1, the image 4 x 5 x 6") as told:
        made(
            torch.rand(2, *SIZE),
            Mask(torch.zeros(1, 1, 1).byte()),
            ("t1", "t1"),
            prediction=torch.zeros(3, 3, 3).byte(),
        )
    assert "two of its modalities are called 't1'" in str(told.value)
    assert "the prediction is 3 x 3 x 3" in str(told.value)


def test_no_scan_is_said_to_be_none():
    with pytest.raises(PanelError, match=r"shows a leyden.medical.Scan, given a Tensor"):
        subject_of(torch.rand(1, *SIZE))


def test_an_image_by_itself_gets_numbers_for_names():
    assert subject_of(Image(torch.rand(2, *SIZE))).modalities == ("channel 0", "channel 1")


def test_voxels_that_are_not_finite_are_counted_and_left_out_of_windows():
    data = torch.rand(2, *SIZE)
    data[1, 0, 0, 0], data[1, 1, 1, 1] = float("nan"), float("inf")
    subject = made(data, names=("t1", "t2"))
    assert subject.broken == {"t2": 2}
    low, high = subject.span("t2")
    assert 0 <= low < high <= 1
    assert subject.tails("t2")[1] <= 1


def test_a_modality_without_any_number_is_refused_by_name():
    data = torch.rand(2, *SIZE)
    data[1] = float("nan")
    with pytest.raises(PanelError, match="flair holds no finite value at all"):
        made(data, names=("t1", "flair"))


def test_background_does_not_count_in_the_percentiles():
    data = torch.zeros(1, 10, 10, 10)
    data[0, 0] = torch.arange(1, 101).view(10, 10).float()
    subject = made(data)
    assert subject.span("t1") == (0.0, 100.0)
    assert subject.tails("t1") == pytest.approx((1.99, 99.01))


@pytest.mark.parametrize("value", [0.0, 7.0])
def test_a_constant_image_has_a_window(value):
    subject = made(torch.full((1, *SIZE), value))
    assert subject.span("t1") == subject.tails("t1") == (value, value + 1)


def test_dice_is_that_of_the_formula_and_1_where_both_are_empty():
    truth, found = torch.zeros(2, *SIZE).byte().unbind()
    truth[0, 0, :4], found[0, 0, 2:5] = 2, 2
    subject = made(torch.rand(1, *SIZE), Mask(truth), prediction=found, scheme=scheme("brats21"))
    assert subject.tally("WT") == (2, 2, 1, 0)
    assert subject.dice("WT") == pytest.approx(2 * 2 / (4 + 3))
    assert subject.dice("ET") == 1.0
    assert made(torch.rand(1, *SIZE), Mask(truth)).dice("codes") is None


def test_a_voxel_with_another_label_counts_against_all_labels():
    truth, found = torch.full((2, *SIZE), 1).byte().unbind()
    found = found.clone()
    found[0] = 2
    assert made(torch.rand(1, *SIZE), Mask(truth), prediction=found).dice("codes") == pytest.approx(3 / 4)


def test_an_empty_label_has_no_codes_but_names_for_those_of_the_scheme():
    subject = made(torch.rand(1, *SIZE), Mask(torch.zeros(SIZE).byte()), scheme=scheme("msd"))
    assert subject.codes == ()
    assert subject.parts[3] == "enhancing tumour"


def test_without_spacing_a_voxel_counts_as_a_millimetre():
    assert made(torch.rand(1, *SIZE)).spacing == (1.0, 1.0, 1.0)


@pytest.mark.parametrize("value", [7.0, -1e17, 1e30])
def test_a_window_of_one_value_has_two_ends_however_large_it_is(value):
    low, high = made(torch.full((1, *SIZE), value, dtype=torch.float64)).span("t1")
    assert low < high


@pytest.mark.parametrize("shift", [0.0, 0.05, 0.4])
def test_labels_of_the_size_of_the_image_that_lie_elsewhere_are_refused(shift):
    here = ((0.0, 0.0, 1.0, 0.0), (0.0, 1.0, 0.0, 0.0), (3.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))
    there = ((0.0, 0.0, 1.0, shift), *here[1:])
    codes = torch.zeros(SIZE, dtype=torch.uint8)
    scan = Scan(Image(torch.rand(1, *SIZE), affine=here), Mask(codes, affine=there), ("t1",), "case")
    if shift < 0.1:
        assert subject_of(scan, Mask(codes)).truth is not None
        return
    with pytest.raises(PanelError, match=r"the label lies up to 0\.4 mm off the image: bring it to the grid"):
        subject_of(scan)
    flipped = ((0.0, 0.0, -1.0, 5.0), *here[1:])
    with pytest.raises(PanelError, match=r"the prediction lies up to 5 mm off the image"):
        subject_of(scan._replace(label=None), Mask(codes, affine=flipped))
