from dataclasses import dataclass

import pytest
import torch

from leyden.augment import Flip, Intensity, Maybe, Rotate, Spatial, about_centre, register, rotation, scaling, uniform
from leyden.augment.checking import laws
from leyden.augment.checking.trial import Trial, own_samples
from leyden.augment.label import Remap
from leyden.items import Item, Mask

SAMPLES = own_samples()


def trial_of(transform, name="picture", sample=None):
    return Trial.of(transform, 0, sample or SAMPLES[name])


@register
@dataclass(frozen=True, repr=False)
class Still(Intensity):
    "Changes nothing, and is derived from below by what does something wrong."

    def change(self, numbers, data):
        return data + 0


@register
class Stateful(Still):
    def numbers(self, generator, scene):
        return (torch.rand(()).item(),)


@register
class Forgetful(Still):
    def change(self, numbers, data):
        return data + torch.rand(data.shape)


@register
class Careless(Still):
    def change(self, numbers, data):
        return data.add_(1)


@register
class Wide(Still):
    def change(self, numbers, data):
        return data.clone()

    def fuse(self, fusion, numbers):
        return fusion.moved(about_centre(scaling((1.1, 1.1)), fusion.new_size), (9, 9))


@register
@dataclass(frozen=True)
class Framed(Spatial):
    def matrix(self, numbers, size):
        return about_centre(scaling((1.0,) * len(size)), size)

    def __repr__(self):
        return "<a frame>"


@register
@dataclass(frozen=True, eq=False, repr=False)
class Unequal(Intensity):
    def change(self, numbers, data):
        return data.clone()


@pytest.mark.parametrize("transform", [Maybe(Flip("x")) | Rotate(10), Still(), Remap(((1, 2),))])
@pytest.mark.parametrize("law", laws.__all__)
@pytest.mark.usefixtures("unchecked")
def test_a_good_transform_keeps_every_law(transform, law):
    for name in SAMPLES:
        assert getattr(laws, law)(trial_of(transform, name)) == ""


def test_a_repr_that_does_not_evaluate_is_found():
    assert laws.repr_evaluates_back(trial_of(Framed())).startswith("<a frame> does not evaluate")


def test_a_repr_of_something_unequal_is_found():
    assert "evaluates to something unequal" in laws.repr_evaluates_back(trial_of(Unequal()))


def test_the_global_generator_is_watched():
    assert "global generator" in laws.draws_are_values(trial_of(Stateful()))


def test_state_is_found():
    @register
    @dataclass(frozen=True, repr=False)
    class Counting(Still):
        def numbers(self, generator, scene):
            calls.append(uniform(generator))
            return (float(len(calls)),)

    calls = []
    assert "keep no state" in laws.draws_are_values(trial_of(Counting()))


def test_chance_outside_of_the_draw_is_found():
    assert "an Image" not in laws.replays_alike(trial_of(Still()))
    assert "a Image came out otherwise when replayed" in laws.replays_alike(trial_of(Forgetful()))


def test_a_changed_input_is_found():
    assert laws.input_is_untouched(trial_of(Careless())).startswith("it changed the Image it was given; work on a copy")


def test_an_item_that_stays_on_its_grid_is_found():
    @dataclass(frozen=True, eq=False)
    class Stuck(Item):
        @property
        def size(self):
            return (44, 52)

        def warp(self, move):
            return self

    sample = (SAMPLES["picture"]["image"], Stuck())
    assert "Stuck 44 x 52 instead of 9 x 9" in laws.sizes_agree(trial_of(Wide(), sample=sample))


def test_labels_made_up_are_found_unless_labels_are_to_change():
    from leyden.augment.fusing.fusion import Relabelling

    @register
    @dataclass(frozen=True, repr=False)
    class Sneaky(Still):
        def fuse(self, fusion, numbers):
            def shift(mask):
                return Mask(mask.data + 1)

            return fusion.relabelled(Relabelling(shift, shift))

    assert "labels [2, 4] appeared in a mask" in laws.labels_are_a_subset(trial_of(Sneaky()))
    assert laws.labels_are_a_subset(trial_of(Remap(((1, 9),)))) == ""


@register
class Blown(Still):
    def change(self, numbers, data):
        return data / 0


def test_values_that_are_none_are_found():
    assert "values came out as NaN or infinite" in laws.finite_stays_finite(trial_of(Blown()))


@register
@dataclass(frozen=True, repr=False)
class Inexact(Spatial):
    exact = True

    def matrix(self, numbers, size):
        return about_centre(rotation(13.0, (len(size) - 2, len(size) - 1), len(size)), size)


def test_a_turn_that_says_it_is_exact_is_found():
    assert "was interpolated; say `exact` only where" in laws.one_resample(trial_of(Inexact()))
