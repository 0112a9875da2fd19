import itertools

import pytest
import torch
from PIL import Image

from leyden.errors import DataError, EmptyFolder, TooFewClasses, UnreadableImage
from leyden.recipe import own_images, photos
from leyden.recipe.labelled import PHOTOGRAPHS


def distance(first, second):
    """Pixels between two tiles of one photograph; 0 where they touch or overlap."""
    gaps = []
    for axis in ("top", "left"):
        low, high = sorted((first, second), key=lambda tile: getattr(tile, axis))
        gaps.append(max(0, getattr(high, axis) - (getattr(low, axis) + low.side)))
    return max(gaps)


@pytest.mark.parametrize(("tile", "seed"), [(32, 0), (36, 7), (17, 1)])
def test_no_held_out_pixel_is_nearer_than_a_tile_to_a_training_pixel(tile, seed):
    tiles = photos(tile=tile, train=30, held_out=15, seed=seed)
    pairs = itertools.product(tiles.train.tiles, tiles.held_out.tiles)
    assert min(distance(a, b) for a, b in pairs if a.label == b.label) >= tile


def test_every_class_has_its_number_of_tiles_and_all_lie_inside_their_photograph():
    tiles = photos(train=3, held_out=2)
    assert tiles.classes == tuple(PHOTOGRAPHS)
    assert [label for _, label in tiles.held_out] == [label for label in range(17) for _ in range(2)]
    assert all(image.shape == (3, 32, 32) for image, _ in tiles.train)


def test_equal_seeds_give_equal_tiles_and_other_seeds_others():
    first, second, other = photos(train=2), photos(train=2), photos(train=2, seed=1)
    assert first.train.tiles == second.train.tiles
    assert torch.equal(first.train[5][0], second.train[5][0])
    assert first.train.tiles != other.train.tiles


def test_a_tile_too_large_for_the_smallest_photograph_is_refused():
    with pytest.raises(DataError, match=r"8 <= tile <= 36.*tile=64"):
        photos(tile=64)


def test_the_largest_tile_fits_every_photograph():
    assert len(photos(tile=36, train=1, held_out=1).train) == 17


def paint(folder, name, count, suffix=".png", mode="RGB"):
    (folder / name).mkdir(parents=True)
    for number in range(count):
        shade = 40 * number + len(name)
        Image.new(mode, (20 + number, 30), shade if mode in "LP" else (shade, 0, 9)[: len(mode)]).save(
            folder / name / f"{number}{suffix}"
        )


def test_own_images_are_parted_class_by_class_and_nothing_is_in_both(tmp_path):
    paint(tmp_path, "grüne Äpfel", 10)
    paint(tmp_path, "pears", 2, suffix=".jpg")
    found = own_images(tmp_path, held_out=0.3, seed=1)
    assert set(found.classes) == {"grüne Äpfel", "pears"}
    labels = [label for _, label in found.held_out]
    assert sorted(labels.count(label) for label in (0, 1)) == [1, 3]
    assert len(found.train) + len(found.held_out) == 12
    sizes = {tuple(image.shape) for image, label in found.train if found.classes[label].startswith("gr")}
    assert sizes.isdisjoint({tuple(i.shape) for i, label in found.held_out if found.classes[label].startswith("gr")})


def test_one_class_or_one_image_a_class_is_said(tmp_path):
    paint(tmp_path / "one", "only", 3)
    with pytest.raises(TooFewClasses, match="only"):
        own_images(tmp_path / "one")
    paint(tmp_path / "two", "many", 3)
    paint(tmp_path / "two", "lonely", 1)
    with pytest.raises(TooFewClasses, match="'lonely' has 1 image"):
        own_images(tmp_path / "two")


def test_no_images_and_broken_images_are_said_with_their_names(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(EmptyFolder, match="empty"):
        own_images(tmp_path / "empty")
    paint(tmp_path / "set", "a", 2)
    paint(tmp_path / "set", "b", 2)
    (tmp_path / "set" / "a" / "zero.png").touch()
    (tmp_path / "set" / "b" / "torn.jpg").write_bytes(b"\xff\xd8\xff\xe0 not a picture")
    with pytest.raises(UnreadableImage, match=r"(?s)zero\.png.*torn\.jpg"):
        own_images(tmp_path / "set")


def test_a_set_for_a_small_network_decodes_jpegs_smaller_and_stays_the_same_set(tmp_path):
    for name in ("dark", "light"):
        (tmp_path / name).mkdir()
        for number in range(4):
            shade = (200 * (name == "light") + 10 * number,) * 3
            Image.new("RGB", (400, 320), shade).save(tmp_path / name / f"{number}.jpg")
    found = own_images(tmp_path, held_out=0.5)
    small = found.at_least(60)
    assert found.train[0][0].shape == (3, 320, 400)
    assert small.train[0][0].shape == (3, 80, 100)  # a quarter: an eighth would leave 40, fewer than 60
    for one, other in ((found.train, small.train), (found.held_out, small.held_out)):
        assert [label for _, label in one] == [label for _, label in other]
        assert [int(image[0, 0, 0]) for image, _ in one] == [int(image[0, 0, 0]) for image, _ in other]
    assert small.at_least(300).train[0][0].shape == (3, 320, 400)
    assert (small.classes, small.how) == (found.classes, found.how)


def test_tiles_that_lie_in_memory_are_left_as_they_are():
    tiles = photos(train=2, held_out=1)
    assert tiles.at_least(8) is tiles
