import pytest
import torch

from leyden.errors import MedicalError
from leyden.items import Image
from leyden.medical.sliding.source import shape_text, tensor_of


def test_an_image_gives_its_values_uncopied() -> None:
    data = torch.rand(2, 3, 4)
    assert tensor_of(Image(data)) is data
    assert tensor_of(data) is data


@pytest.mark.parametrize("value", [float("nan"), float("inf")], ids=str)
def test_what_is_no_number_is_named_with_its_place(value: float) -> None:
    data = torch.zeros(2, 3, 4, 5)
    data[1, 2, 0, 3] = value
    with pytest.raises(MedicalError, match=r"NaN or infinity, 1 of 120 values, the first at \(1, 2, 0, 3\)"):
        tensor_of(data)


def test_values_whose_sum_overflows_are_fine() -> None:
    data = torch.full((1, 2, 2), 3e38)
    assert tensor_of(data) is data


@pytest.mark.parametrize(
    ("image", "found"),
    [
        (torch.zeros(1, 2, 2, dtype=torch.uint8), "torch.uint8 of 1 x 2 x 2"),
        (torch.zeros(1, 1, 2, 2, 2), "torch.float32 of 1 x 1 x 2 x 2 x 2"),
        ("a.nii", "str"),
    ],
    ids=["bytes", "a batch", "a path"],
)
def test_what_is_no_image_is_refused(image: object, found: str, unchecked: None) -> None:
    with pytest.raises(MedicalError, match=f"given {found}"):
        tensor_of(image)  # pyright: ignore[reportArgumentType]


def test_shapes_are_written_as_people_do() -> None:
    assert shape_text(torch.Size([4, 96])) == "4 x 96"
