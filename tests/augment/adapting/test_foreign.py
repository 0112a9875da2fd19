import pytest
import torch

from leyden.augment.adapting import adapt
from leyden.errors import DrawError
from leyden.items import Image


def test_what_is_of_no_known_library_is_refused():
    with pytest.raises(DrawError, match=r"a function is of no library that can be adapted \(torchvision, .*monai\)"):
        adapt(lambda image: image)
    with pytest.raises(DrawError, match="the class Linear is of no library"):
        adapt(torch.nn.Linear)


def test_a_class_derived_from_one_of_a_library_is_of_that_library(albumentations):
    own = type("Mine", (albumentations.HorizontalFlip,), {"__module__": "__main__"})
    assert adapt(own()).library == "albumentations"


def test_it_prints_without_its_place_in_memory(albumentations):
    assert repr(adapt(albumentations.HorizontalFlip())) == "adapt(HorizontalFlip)"


def test_it_prints_as_the_transform_does_in_one_line(torchvision):
    assert repr(adapt(torchvision.HorizontalFlip())) == "adapt(HorizontalFlip())"


def test_errors_say_in_which_transform(albumentations):
    broken = type("Broken", (albumentations.HorizontalFlip,), {"__call__": lambda self, **given: given["nothing"]})
    with pytest.raises(KeyError) as caught:
        adapt(broken())(torch.Generator(), Image(torch.rand(1, 2, 2)))
    assert caught.value.__notes__ == ["in adapt(Broken)"]


def test_one_number_is_drawn_a_call(albumentations):
    one, other = torch.Generator().manual_seed(0), torch.Generator().manual_seed(0)
    adapt(albumentations.Double())(one, Image(torch.rand(1, 2, 2)))
    torch.rand((), generator=other, dtype=torch.float64)
    assert torch.equal(one.get_state(), other.get_state())


def test_there_is_no_draw_of_what_another_library_decides(albumentations):
    with pytest.raises(DrawError, match=r"adapt\(HorizontalFlip\) has no draw, because its library decides"):
        adapt(albumentations.HorizontalFlip()).draw(torch.Generator(), Image(torch.rand(1, 4, 4)))
