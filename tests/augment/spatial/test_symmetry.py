from collections import Counter
from itertools import product

import pytest
import torch
from scipy import stats

from leyden.augment import Transform
from leyden.augment.spatial import Cubic, Dihedral, Rot90
from leyden.errors import DrawError
from leyden.items import Image, Keypoints, Mask


def drawn(transform: Transform, size: tuple[int, ...], times: int):
    generator, image = torch.Generator().manual_seed(0), Image(torch.rand(1, *size))
    return [transform.draw(generator, image) for _ in range(times)]


@pytest.mark.parametrize(
    ("transform", "size", "count"),
    [
        (Rot90(), (4, 5), 4),
        (Rot90("y"), (3, 4, 5), 4),
        (Dihedral(), (4, 5), 8),
        (Dihedral("x"), (3, 4, 5), 8),
        (Cubic(mirrored=False), (3, 4, 5), 24),
        (Cubic(), (3, 4, 5), 48),
    ],
)
def test_all_symmetries_come_and_each_as_often(transform, size, count):
    seen = Counter(draw.steps[0].numbers for draw in drawn(transform, size, 20 * count))
    assert len(seen) == count
    assert stats.chisquare(list(seen.values())).pvalue > 0.01


def test_quarter_turns_are_those_of_torch():
    for size, axis, plane in [
        ((4, 6), "z", (0, 1)),
        ((3, 4, 6), "z", (1, 2)),
        ((3, 4, 6), "y", (0, 2)),
        ((3, 4, 6), "x", (0, 1)),
    ]:
        data = torch.rand(2, *size)
        expected = [torch.rot90(data, k, [axis + 1 for axis in plane]) for k in range(4)]
        for draw in drawn(Rot90(axis), size, 20):
            turned = draw(Image(data)).data
            assert any(turned.shape == other.shape and torch.equal(turned, other) for other in expected)


def test_the_square_has_its_eight_pictures():
    picture = torch.arange(9.0).view(1, 3, 3)
    expected = {
        tuple(torch.rot90(side, k, (1, 2)).flatten().tolist()) for side in (picture, picture.flip(2)) for k in range(4)
    }
    assert {tuple(draw(Image(picture)).data.flatten().tolist()) for draw in drawn(Dihedral(), (3, 3), 100)} == expected


@pytest.mark.parametrize("mirrored", [True, False])
def test_a_cube_is_copied_with_its_mask_and_points(mirrored):
    size = (3, 4, 5)
    volume = torch.arange(60.0).view(1, *size)
    corners = torch.tensor([[z, y, x] for z, y, x in product((0, 2), (0, 3), (0, 4))], dtype=torch.float64)
    for draw in drawn(Cubic(mirrored=mirrored), size, 30):
        sample = Image(volume), Mask(volume[0].to(torch.uint8)), Keypoints(corners, size)
        image, mask, points = draw(sample)
        assert draw.resamples == 0
        assert torch.equal(image.data[0], mask.data.float())
        assert sorted(image.data.flatten().tolist()) == list(range(60))
        at = points.data.long()
        before = corners.long()
        assert torch.equal(
            image.data[0, at[:, 0], at[:, 1], at[:, 2]], volume[0, before[:, 0], before[:, 1], before[:, 2]]
        )
        assert draw.invert(image) == Image(volume)
        assert mirrored or not draw.fusion.move().mirrors


def test_pairs_change_places_only_where_the_picture_is_mirrored():
    size = (6, 6)
    eyes = Keypoints(torch.tensor([[2.0, 1.0], [2.0, 4.0]]), size, pairs=((0, 1),))
    plain = Keypoints(eyes.data, size)
    for draw in drawn(Dihedral(), size, 40):
        order = [1, 0] if draw.fusion.move().mirrors else [0, 1]
        assert torch.equal(draw(eyes).data, draw(plain).data[order])


def test_what_needs_another_grid_is_refused():
    picture = Image(torch.rand(1, 4, 4))
    with pytest.raises(DrawError, match=r"Cubic\(\) needs a volume; .* use Dihedral"):
        Cubic().draw(torch.Generator(), picture)
    with pytest.raises(DrawError, match=r"Rot90\(axis='x'\) needs a volume"):
        Rot90("x").draw(torch.Generator(), picture)


@pytest.mark.usefixtures("unchecked")
def test_unknown_axes_are_refused():
    for make in (Rot90, Dihedral):
        with pytest.raises(DrawError, match="an axis x, y or z"):
            make("w")  # pyright: ignore[reportArgumentType]
