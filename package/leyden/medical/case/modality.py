"""What the modalities of brain MRI are called, from one dataset to the next."""

import re
from collections.abc import Iterable

__all__ = ["MODALITIES", "is_segmentation", "modality_of", "ordered"]

MODALITIES = ("t1", "t1ce", "t2", "flair")
"""T1, T1 with contrast agent, T2 and FLAIR: the names here, and the order of channels unless another is asked for."""

_ALIASES = {
    "t1": ("t1", "t1n", "t1w", "t1weighted", "t1native", "t1pre"),
    "t1ce": ("t1ce", "t1c", "t1gd", "t1gad", "t1post", "t1km", "t1wce", "t1cew", "t1wgd", "t1wpost", "t1contrast",
             "t1withcontrast", "t1wwithcontrast", "t1weightedwithcontrast", "t1wcontrast", "postcontrastt1",
             "contrastenhancedt1", "cegadt1w", "cegadoliniumt1w"),
    "t2": ("t2", "t2w", "t2weighted"),
    "flair": ("flair", "t2f", "t2flair", "fla", "flairw", "t2wflair"),
}  # fmt: skip
_DRAWN = {"seg", "segm", "segmentation", "label", "labels", "labelmap", "mask", "gt", "groundtruth"}
_KNOWN = {alias: name for name, aliases in _ALIASES.items() for alias in aliases}


def modality_of(name: str) -> str:
    """Give the name a modality has here; of one that is not known, its own.

    Examples:
        >>> [modality_of(name) for name in ("T1n", "t1gd", "T1w with contrast", "T2w", "t2f", "FLAIR", "ADC")]
        ['t1', 't1ce', 't1ce', 't2', 'flair', 'flair', 'ADC']
    """
    return _KNOWN.get(re.sub(r"[^a-z0-9]", "", name.lower()), name)


def is_segmentation(name: str) -> bool:
    """Whether what stands where files name their modality says that somebody drew on them.

    Examples:
        >>> [is_segmentation(name) for name in ("Seg", "tumor_mask", "T1w", "gt", "segmented_t1")]
        [True, True, False, True, False]
    """
    return not _DRAWN.isdisjoint(re.split(r"[^a-z]+", name.lower()))


def ordered(names: Iterable[str]) -> tuple[str, ...]:
    """Put modalities into the order of channels: the four known ones first, then the others as they come.

    Examples:
        >>> ordered(["ADC", "flair", "t2", "flair", "t1"])
        ('t1', 't2', 'flair', 'ADC')
    """
    given = list(dict.fromkeys(names))
    return (*(name for name in MODALITIES if name in given), *(name for name in given if name not in MODALITIES))
