from dataclasses import dataclass

import pytest
import torch

from leyden.augment import Flip, Intensity, Labelling, Resize, Rotate, Spatial, register, scaling, shift
from leyden.augment.checking import places
from leyden.augment.checking.trial import Trial, own_samples
from leyden.augment.colour import Gamma
from leyden.augment.spatial import Elastic
from leyden.items import Keypoints, Mask

SAMPLES = own_samples()


def trial_of(transform, name="picture"):
    return Trial.of(transform, 0, SAMPLES[name])


@register
@dataclass(frozen=True, repr=False)
class Lossy(Intensity):
    def change(self, numbers, data):
        return data * 2

    def undo(self, numbers, data):
        return data


@pytest.mark.parametrize("transform", [Flip("x") | Rotate(20), Elastic(0.05), Resize(30), Gamma(0.7, 0.8)])
@pytest.mark.parametrize("law", places.__all__)
@pytest.mark.usefixtures("unchecked")
def test_a_good_transform_keeps_every_law(transform, law):
    for name in SAMPLES:
        assert getattr(places, law)(trial_of(transform, name)) == ""


def test_points_that_go_elsewhere_are_found(monkeypatch):
    right = Keypoints.warp
    monkeypatch.setattr(Keypoints, "warp", lambda points, move: _pushed(right(points, move)))
    assert "a point is 1.9 pixels off its blob in the image" in places.points_agree(trial_of(Flip("y")))


def test_blobs_out_of_sight_prove_nothing():
    @register
    @dataclass(frozen=True, repr=False)
    class Away(Spatial):
        def matrix(self, numbers, size):
            return shift((500.0,) * len(size))

    assert places.points_agree(trial_of(Away())) == ""


def test_a_matrix_that_loses_digits_is_found():
    @register
    @dataclass(frozen=True, repr=False)
    class Far(Spatial):
        def matrix(self, numbers, size):
            return ((1.0, 0.0, 1e13), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))

    assert "pixels off; give a `matrix` that can be inverted" in places.places_come_back(trial_of(Far()))


def test_an_undo_that_does_not_undo_is_found_and_none_is_fine():
    assert "off; mend `undo`" in places.colours_come_back(trial_of(Lossy()))
    assert scaling((1.0,)) == ((1.0,),)


def _pushed(points):
    return Keypoints(points.data + torch.tensor([0.0, 2.0], dtype=points.data.dtype), points.size)


@register
@dataclass(frozen=True, repr=False)
class MirrorOfColours(Intensity):
    def change(self, numbers, data):
        return data.flip(-1)


@register
@dataclass(frozen=True, repr=False)
class MirrorOfLabels(Labelling):
    def relabel(self, numbers, mask):
        return Mask(mask.data.flip(-1))


@pytest.mark.parametrize("name", list(SAMPLES))
@pytest.mark.parametrize(("transform", "kind"), [(MirrorOfColours(), "Image"), (MirrorOfLabels(), "Mask")])
def test_what_moves_pixels_and_is_no_spatial_step_is_found(transform, kind, name):
    assert f"it moves what a {kind} shows" in places.still_steps_stay(trial_of(transform, name))
