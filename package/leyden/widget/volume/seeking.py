"""Where to look: the slice that holds most of something."""

from torch import Tensor
from torch.nn.functional import avg_pool2d

from leyden.widget.volume.labels import Part, compared
from leyden.widget.volume.overlay import Layer, layers_of, shown_by
from leyden.widget.volume.plane import planes_of
from leyden.widget.volume.subject import Place, Subject

__all__ = ["first_place", "fullest", "nowhere"]

_SHARE = 8  # of a slice's side that is looked at around a voxel


def first_place(subject: Subject, layer: Layer, part: Part) -> Place:
    """Where to look first: where most of a layer is, else of any that there is, else the middle."""
    for one in (layer, *reversed(layers_of(subject))):
        where = fullest(subject, one, part)
        if where is not None:
            return where
    z, y, x = (count // 2 for count in subject.size)
    return z, y, x


def fullest(subject: Subject, layer: Layer, part: Part) -> Place | None:
    """In the axial slice that holds most of a layer, the voxel around which most of it is.

    Args:
        subject: the case.
        layer: of a difference what is wrong counts.
        part: what of it.

    Returns:
        The voxel; None where there is nothing of it.
    """
    labels = shown_by(subject, layer)
    if labels is None:
        return None
    if layer == "difference":
        assert subject.prediction is not None, "a difference is offered only where there is a prediction"
        inside = compared(labels, subject.prediction, part) > 1
    else:
        inside = labels.member(part)
    axis = planes_of(subject.size, subject.spacing, subject.affine)[0].axis
    counts = inside.sum([other for other in range(3) if other != axis])
    if not bool(counts.any()):
        return None
    best = int(counts.argmax())
    found = _thickest(inside.select(axis, best))
    found.insert(axis, best)
    return found[0], found[1], found[2]


def nowhere(subject: Subject, layer: Layer, part: Part) -> str:
    """Why there is no slice to go to, and what to do."""
    offered = [one for one in layers_of(subject) if one != "none"]
    if not offered:
        return "there is no slice to go to: this case has neither labels nor a prediction"
    if layer == "none":
        return f"there is no slice to go to: choose what lies over the image first, {' or '.join(offered)}"
    return f"there is no slice to go to: {layer} holds nothing of {subject.parts[part]}; choose other labels"


def _thickest(inside: Tensor) -> list[int]:
    """The place inside around which most is inside; not the mean, which may lie between two parts."""
    near = tuple(max(3, count // _SHARE | 1) for count in inside.shape)  # odd: it has a middle
    around = avg_pool2d(inside[None, None].float(), near, 1, tuple(count // 2 for count in near))[0, 0]
    row, column = divmod(int((around * inside).argmax()), inside.shape[1])
    return [row, column]
