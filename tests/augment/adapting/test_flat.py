import pytest
import torch

from leyden.augment.adapting.flat import laid_out, like, parts_of, picture_items, working
from leyden.errors import DrawError
from leyden.items import Image, Keypoints, Label
from leyden.items.heatmap import Heatmap

IMAGE = Image(torch.rand(3, 4, 5))


def test_a_sample_is_listed_and_laid_out_again():
    sample = {"image": IMAGE, "rest": (Label(1), "a.png")}
    items, size = picture_items(sample, "somebody")
    assert (items, size) == ([IMAGE, Label(1)], (4, 5))
    assert laid_out(sample, [IMAGE, Label(2)]) == {"image": IMAGE, "rest": (Label(2), "a.png")}


def test_all_that_does_not_fit_is_said_at_once():
    with pytest.raises(
        DrawError, match=r"somebody has nothing like Heatmap; .*; somebody works on pictures; .*volumes"
    ):
        picture_items((Heatmap(torch.rand(1, 2, 2, 2)), Image(torch.rand(1, 2, 2, 2))), "somebody")
    with pytest.raises(DrawError, match="somebody wants an image in the sample"):
        picture_items(Keypoints(torch.rand(1, 2), (4, 4)), "somebody")


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64, torch.uint8])
def test_dtypes_go_there_and_come_back(dtype):
    data = torch.ones(1, 2, 2).to(dtype)
    assert working(data).dtype in (torch.uint8, torch.float32)
    assert like(working(data), data).dtype == dtype


def test_bytes_that_became_real_stay_real():
    assert like(torch.rand(1), torch.ones(1, dtype=torch.uint8)).dtype == torch.float32


def test_compositions_are_taken_apart(monai):
    one, two, three = monai.Half(), monai.RandFlip(), monai.Half()
    assert parts_of(monai.Compose([one, monai.Compose((two, three))])) == [one, two, three]
    assert parts_of(one) == [one]
