import pytest
import torch

from leyden.augment.fusing.fusion import Fusion
from leyden.augment.spatial import Affine, Rotate, Scale, Shear, Spatial, Translate, Zoom
from leyden.errors import DrawError
from leyden.items import Image

ALL = Affine(degrees=30, zoom=(0.7, 1.4), translate=0.2, shear=20)


def fused(*steps: tuple[Spatial, tuple[float, ...]], size):
    fusion = Fusion.of(size)
    for transform, numbers in steps:
        fusion = transform.fuse(fusion, numbers)
    return torch.tensor(fusion.matrix)


def test_a_picture_is_zoomed_sheared_turned_and_shifted():
    numbers = ALL.draw(torch.Generator().manual_seed(3), Image(torch.rand(1, 20, 30))).steps[0].numbers
    turn, zoom, down, right, shear = numbers
    chain = (Zoom(1, 1), (zoom,)), (Shear(20), (shear,)), (Rotate(30), (turn,)), (Translate(0.2), (down, right))
    torch.testing.assert_close(fused((ALL, numbers), size=(20, 30)), fused(*chain, size=(20, 30)))


def test_a_volume_turns_about_z_then_y_then_x_and_is_sheared_three_ways():
    size = (10, 20, 30)
    numbers = ALL.draw(torch.Generator().manual_seed(3), Image(torch.rand(1, *size))).steps[0].numbers
    turns, zoom, shifts, shears = numbers[:3], numbers[3:4], numbers[4:7], numbers[7:]
    # three shears at once are lines that lean by all of them; the linear part is unit upper triangular
    lean = torch.eye(4, dtype=torch.float64)
    for (row, column), degrees in zip([(2, 1), (2, 0), (1, 0)], shears, strict=True):
        lean[row, column] = torch.tan(torch.deg2rad(torch.tensor(degrees, dtype=torch.float64)))
    centre = torch.eye(4, dtype=torch.float64)
    centre[:3, 3] = torch.tensor([(count - 1) / 2 for count in size])
    turned = [(Rotate(30, axis=axis), (angle,)) for axis, angle in zip(("z", "y", "x"), turns, strict=True)]
    before, after = fused((Zoom(1, 1), zoom), size=size), fused(*turned, (Translate(0.2), shifts), size=size)
    expected = after.double() @ centre @ lean @ centre.inverse() @ before.double()
    torch.testing.assert_close(fused((ALL, numbers), size=size).double(), expected, atol=1e-4, rtol=0)


def test_numbers_stay_in_their_ranges():
    generator, image = torch.Generator().manual_seed(0), Image(torch.rand(1, 8, 8))
    drawn = torch.tensor([ALL.draw(generator, image).steps[0].numbers for _ in range(300)])
    lows, highs = torch.tensor([-30, 0.7, -0.2, -0.2, -20]), torch.tensor([30, 1.4, 0.2, 0.2, 20])
    assert (drawn >= lows).all()
    assert (drawn <= highs).all()
    assert (drawn.amin(0) < lows + 0.1 * (highs - lows)).all()
    assert (drawn.amax(0) > highs - 0.1 * (highs - lows)).all()


def test_without_parameters_nothing_moves():
    image = Image(torch.rand(2, 5, 6, 7))
    assert Affine()(torch.Generator(), image) == image
    assert Affine().describe() == "affine (nothing)"


def test_all_faults_are_told_at_once():
    with pytest.raises(DrawError) as caught:
        Affine(degrees=0.26, zoom=(0, 1), translate=float("nan"), shear=90)
    message = str(caught.value)
    for words in ("turns of degrees", "14.9", "a zoom of finite 0 < low", "shifts of finite", "shears of -90 < low"):
        assert words in message


def test_one_factor_an_axis_is_scale():
    assert len(Scale(0.9, 1.1).ranges((4, 4, 4))) == 3
    assert len(Affine(zoom=(0.9, 1.1)).ranges((4, 4, 4))) == 3 + 1 + 3 + 3


def test_scans_turn_and_lean_in_mm_as_by_its_parts():
    size, spacing = (20, 30), (2.0, 0.5)
    numbers = ALL.draw(torch.Generator().manual_seed(3), Image(torch.rand(1, *size), spacing=spacing)).steps[0].numbers
    turn, zoom, down, right, shear, *metric = numbers
    assert tuple(metric) == spacing
    chain = [(Zoom(1, 1), (zoom,)), (Shear(20), (shear, *metric)), (Rotate(30), (turn, *metric))]
    chain.append((Translate(0.2), (down, right)))
    torch.testing.assert_close(fused((ALL, numbers), size=size), fused(*chain, size=size))
