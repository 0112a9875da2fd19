"""The laws that every transform keeps; each gives what is wrong and what to do, or nothing."""

from copy import deepcopy
from dataclasses import replace
from math import inf, nan
from typing import Any

import torch

from leyden.augment.chain.choice import Identity, Maybe, OneOf
from leyden.augment.chain.several import SomeOf
from leyden.augment.chain.transform import Chain
from leyden.augment.checking.trial import Trial
from leyden.augment.fusing.draw import Draw
from leyden.items import Image, Item, Keypoints, Mask, items_of
from leyden.items.grid import counting, size_text

__all__ = [
    "draws_are_values", "dtypes_are_kept", "finite_stays_finite", "input_is_untouched", "json_comes_back",
    "labels_are_a_subset", "one_resample", "replays_alike", "repr_evaluates_back", "sizes_agree",
]  # fmt: skip

_WRAPPERS = (Chain, Identity, Maybe, OneOf, SomeOf)


def repr_evaluates_back(trial: Trial) -> str:
    """A transform prints as the expression that makes an equal one, of the same hash."""
    transform = trial.transform
    classes = {type(transform), *_WRAPPERS, *(type(leaf) for _, leaf in transform.parts())}
    names = {"inf": inf, "nan": nan, **{each.__name__: each for each in classes}}
    try:
        again: object = eval(repr(transform), names)  # it prints what we are asked to check
    except (NameError, SyntaxError, TypeError) as error:
        return f"{transform!r} does not evaluate ({error}); make it a frozen dataclass with repr=False"
    if again == transform and hash(again) == hash(transform):
        return ""
    return f"{transform!r} evaluates to something unequal, {again!r}; give `arguments`, or plain frozen fields"


def draws_are_values(trial: Trial) -> str:
    """Equal generators give equal draws, and no other generator is read."""
    state = torch.get_rng_state()
    again = Trial.of(trial.transform, trial.seed, trial.sample).draw
    if not torch.equal(state, torch.get_rng_state()):
        return "it draws from torch's global generator; draw from the generator given, with leyden.augment.uniform"
    if again == trial.draw:
        return ""
    return f"equal seeds gave {trial.draw!r} and {again!r}; draw from the generator given and keep no state"


def json_comes_back(trial: Trial) -> str:
    """A draw written as JSON comes back as it was."""
    text = trial.draw.to_json()
    again = Draw.from_json(text)
    if again == trial.draw and again.to_json() == text:
        return ""
    return f"{trial.draw!r} came back from JSON as {again!r}; make its fields and numbers plain"


def replays_alike(trial: Trial) -> str:
    """A stored draw does byte for byte what the draw does, as often as it is asked."""
    first = trial.draw(deepcopy(trial.sample))
    for draw in (trial.draw, Draw.from_json(trial.draw.to_json())):
        again = draw(deepcopy(trial.sample))
        for one, other in zip(items_of(first), items_of(again), strict=True):
            if not _same_bytes(one, other):
                return (
                    f"a {type(one).__name__} came out otherwise when replayed; decide all in `numbers` "
                    "(seed_number for much chance), nothing in what acts"
                )
    return ""


def input_is_untouched(trial: Trial) -> str:
    """What it is given is as before, whether drawn for, acted on or inverted."""
    before = deepcopy(items_of(trial.sample))
    trial.draw(trial.sample)
    Trial.of(trial.transform, trial.seed, trial.sample)
    changed = [type(now).__name__ for now, was in zip(items_of(trial.sample), before, strict=True) if now != was]
    return f"it changed the {', '.join(changed)} it was given; work on a copy, as data.clone()" if changed else ""


def sizes_agree(trial: Trial) -> str:
    """Every item comes out on the grid that the draw says."""
    wrong = [
        f"{type(item).__name__} {size_text(item.size)}"
        for item in items_of(trial.draw(trial.sample))
        if item.size is not None and item.size != trial.draw.new_size
    ]
    if not wrong:
        return ""
    return f"{', '.join(wrong)} instead of {size_text(trial.draw.new_size)}; let `new_size` say what `matrix` is for"


def labels_are_a_subset(trial: Trial) -> str:
    """A mask shows no label that it did not have, but that of its outside."""
    if any(step.transform.kind == "label" for step in trial.draw.steps):
        return ""  # these are there to make labels
    for before, after in zip(items_of(trial.sample), items_of(trial.draw(trial.sample)), strict=True):
        if isinstance(before, Mask) and isinstance(after, Mask):
            new = set(after.data.unique().tolist()) - set(before.data.unique().tolist()) - {0, before.outside}
            if new:
                return f"labels {sorted(new)} appeared in a mask; move masks with Mask.warp, which interpolates nothing"
    return ""


def dtypes_are_kept(trial: Trial) -> str:
    """Items keep their dtype, but for bytes that become float32 where colours change."""
    draw = trial.draw
    for before in items_of(trial.sample):
        if isinstance(before, Image):
            for dtype in {before.data.dtype, torch.float16, torch.float64}:
                fault = _dtype_fault(replace(before, data=before.data.to(dtype)), draw)
                if fault:
                    return fault
        elif isinstance(before, Keypoints) and (fault := _dtype_fault(before, draw)):
            return fault
    return ""


def finite_stays_finite(trial: Trial) -> str:
    """No value of an image becomes infinite or no number (NaN)."""
    for before, after in zip(items_of(trial.sample), items_of(trial.draw(trial.sample)), strict=True):
        if isinstance(before, Image) and isinstance(after, Image) and before.data.isfinite().all():
            strange = (~after.data.isfinite()).sum().item()
            if strange:
                return f"{strange:,} values came out as NaN or infinite; mind divisions by 0, logarithms and roots"
    return ""


def one_resample(trial: Trial) -> str:
    """Each image and mask is interpolated once at most, and never where all steps say that they are exact."""
    exact = all(step.transform.exact for step in trial.draw.steps if step.transform.kind == "spatial")
    for item in items_of(trial.sample):
        if isinstance(item, Image | Mask):
            with counting() as counter:
                trial.draw(item)
            if counter.resamples > 1:
                return f"a {type(item).__name__} was interpolated {counter.resamples} times; give a `matrix` or `field`"
            if counter.resamples and exact:
                return f"a {type(item).__name__} was interpolated; say `exact` only where pixels are copied, always"
    return ""


def _dtype_fault(item: Image | Keypoints, draw: Draw) -> str:
    after: Any = draw(item)
    wanted = {item.data.dtype, torch.float32} if item.data.dtype == torch.uint8 else {item.data.dtype}
    if after.data.dtype in wanted:
        return ""
    return f"a {type(item).__name__} of {item.data.dtype} came out as {after.data.dtype}; cast back to the dtype given"


def _same_bytes(one: Item, other: Item) -> bool:
    if isinstance(one, Image) and isinstance(other, Image):
        return one.data.cpu().numpy().tobytes() == other.data.cpu().numpy().tobytes()
    return one == other
