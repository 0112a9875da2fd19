"""Laws of places: points lie where images and masks show them, and what is undone is where it was."""

import torch
from torch import Tensor, nn

from leyden.augment.checking.trial import Trial, blob_sample
from leyden.augment.fusing.draw import Draw
from leyden.errors import DrawError
from leyden.items import Image, Item, Keypoints, Mask, Size, items_of

__all__ = ["colours_come_back", "places_come_back", "points_agree", "still_steps_stay"]

_NEAR = 0.5
"""Pixels, times the stretch where a draw enlarges, that the middle of a blob may be off its point along each axis."""

_NEAREST = 0.75
"""The same for masks, whose pixels are whole: half a pixel when they are drawn, and a quarter for their ragged edge."""

_BLOB = 4.0
"""Pixels around the middle of a blob in which all of it lies."""

_LEAST = 0.5
"""A blob that is shrunk more is too few pixels to have a middle."""

_BACK = 1e-5
"""Pixels that a point may be off after forth and back, in double precision."""

_ROOM = 12
"""Pixels that the shortest side needs for a blob in its first quarter."""

_FAINT = 1e-3
"""Of the range that comes out: what changes less where a blob was, or was not, has gone."""

_STAYS = 0.2
"""Of a side, how far from the blob the largest change may be; a mirror image is half a side away."""

_COLOUR = 1e-4
"""Of the range of the image, that a value may be off after forth and back."""


def points_agree(trial: Trial) -> str:
    """Points lie on the blobs of images and masks, to half a pixel."""
    size = trial.draw.size
    blobs = blob_sample(size, channels=2)
    # zeros outside, or mirror images would pass for blobs; points without pairs, so that rows keep their blob
    draw = Draw.fused(trial.draw.spatial.fusion.bordered("zeros"), trial.draw.spatial.steps)
    moved = draw((blobs["image"], blobs["mask"]))
    points = Keypoints(blobs["points"].data, size)
    places = draw(points).data
    for place, label, channel in zip(places, (1, 3), moved[0].data, strict=True):
        stretch = _stretch(draw, points.data)
        if not _in_view(place, stretch, trial.draw.new_size):
            continue
        for name, weights, near in (("image", channel - 0.1, _NEAR), ("mask", moved[1].data == label, _NEAREST)):
            fault = _off(weights.double().clamp_min(0), place, near=near * max(1.0, stretch))
            if fault:
                return f"a point is {fault} its blob in the {name}; move all items with the same Move"
    return ""


def places_come_back(trial: Trial) -> str:
    """Points undone are where they were, to 1e-5 pixels; pixels that were only copied come back bit for bit."""
    draw = trial.draw.spatial
    before = blob_sample(draw.size, channels=1)
    points = before["points"].data
    error = (draw.invert(draw(Keypoints(points, draw.size))).data - points).abs().max().item()
    if not error <= _BACK:
        return f"points came back {error:.2g} pixels off; give a `matrix` that can be inverted, or a `field` not folded"
    if draw.resamples == 0:
        there = draw.invert(draw(before["mask"]))
        seen = draw.invert(draw(Mask(torch.ones(draw.size, dtype=torch.uint8)))).data.bool()
        if not torch.equal(there.data[seen], before["mask"].data[seen]):
            return "pixels that were only copied came back elsewhere; say `exact` only where pixels are copied"
    return ""


def colours_come_back(trial: Trial) -> str:
    """Colours undone are what they were, unless the step says that there is no way back."""
    draw = Draw(
        trial.draw.new_size, tuple(step for step in trial.draw.steps if step.transform.kind in ("linear", "intensity"))
    )
    for item in items_of(trial.draw.spatial(trial.sample)):
        if isinstance(item, Image) and draw.steps:
            before = Image(item.data.double() / (255 if item.data.dtype == torch.uint8 else 1))
            try:
                back = draw.invert(draw(before)).data
            except DrawError:
                return ""  # it says so, which is what is asked
            error = (back - before.data).abs().max().item()
            if not error <= _COLOUR:
                return f"values came back {error:.2g} off; mend `undo`, or leave it out where there is no way back"
    return ""


def still_steps_stay(trial: Trial) -> str:
    """What is no spatial step changes a blob where it lies, not elsewhere."""
    kept = tuple(step for step in trial.draw.steps if step.transform.kind in ("linear", "intensity", "label"))
    draw, size = Draw(trial.draw.new_size, kept), trial.draw.new_size
    if not kept or min(size) < _ROOM:
        return ""
    places = torch.meshgrid(*(torch.arange(count, dtype=torch.float64) for count in size), indexing="ij")
    middle = torch.tensor([(count - 1) / 4 for count in size], dtype=torch.float64)  # mirrored, it is half a side away
    square = sum(((place - centre) ** 2 for place, centre in zip(places, middle, strict=True)), torch.zeros(size))
    for item in items_of(trial.draw.spatial(trial.sample)):
        pair = _without_and_with(item, square, places[-1] / max(size[-1] - 1, 1))
        try:
            shown = [draw(each).data.double().reshape(-1, *size) for each in pair]
        except DrawError:
            continue  # not for this item
        change = _blurred(shown[1] - shown[0]) / (shown[1].max() - shown[1].min()) if pair else torch.zeros(size)
        if change.max() > _FAINT:  # else it took the blob away
            found = torch.stack(torch.unravel_index(change.argmax(), change.shape)).double()
            if ((found - middle).abs() > _STAYS * torch.tensor(size)).any():
                return f"it moves what a {type(item).__name__} shows, and nothing that lies on it; make it a Spatial"
    return ""


def _without_and_with(item: Item, square: Tensor, ramp: Tensor) -> list[Image] | list[Mask]:
    """Give items like this one without a blob and with one, by squared distances from its middle; none for others."""
    if isinstance(item, Image):
        scale = 255 if item.data.dtype == torch.uint8 else 1
        shades = [scale * (0.2 + 0.2 * ramp + share * (-square / 8).exp()) for share in (0.0, 0.5)]
        return [Image(shade.to(item.data.dtype).expand(len(item.data), *shade.shape)) for shade in shades]
    if isinstance(item, Mask) and item.data.any():
        label = item.data[item.data != 0][0]
        return [Mask(torch.where(square < edge, label, 0).to(item.data.dtype)) for edge in (0, 9)]
    return []


def _blurred(change: Tensor) -> Tensor:
    """Give how much changed around every place, all channels together."""
    pool = {2: nn.functional.avg_pool2d, 3: nn.functional.avg_pool3d}[change.ndim - 1]
    return pool(change.abs().sum(0)[None, None], 5, stride=1, padding=2)[0, 0]


def _stretch(draw: Draw, places: Tensor) -> float:
    """Give how long a pixel about these places becomes."""
    apart = draw.spatial(Keypoints(torch.cat((places, places + 1)), draw.size)).data
    return (apart[len(places) :] - apart[: len(places)]).abs().max().item()


def _in_view(place: Tensor, stretch: float, size: Size) -> bool:
    """Tell whether all of a blob shows, in enough pixels to have a middle."""
    edge = torch.tensor(size, dtype=torch.float64) - 1
    far = _BLOB * stretch
    return stretch > _LEAST and bool(((place >= far) & (place <= edge - far)).all())


def _off(weights: Tensor, place: Tensor, *, near: float) -> str:
    """Say how far the middle of what is shown lies from a place; nothing if it is near."""
    weights = weights * (weights > weights.max() / 2)  # the foot of a blob may be cut off
    if not weights.sum() > 0:
        return f"at {', '.join(f'{number:.1f}' for number in place.tolist())}, and nothing shows of"
    axes = [torch.arange(count, dtype=torch.float64) for count in weights.shape]
    middle = torch.stack([(grid * weights).sum() / weights.sum() for grid in torch.meshgrid(*axes, indexing="ij")])
    distance = (middle - place).abs().max().item()
    return f"{distance:.2g} pixels off" if distance > near else ""
