"""Whose scan it is."""

import re

from leyden.data import Container, traced

__all__ = ["subject_of", "subjects_of"]

_VISIT = re.compile(r"(BraTS-[A-Za-z]+-\d+)-\d{3}", re.IGNORECASE)


def subject_of(name: str) -> str:
    """Give the subject of a case by its name: BraTS' names since 2023 end in the number of the visit; others are whole.

    Scans of one subject resemble each other, so a split by scan tests on what was trained on. With this as `groups`,
    `leyden.data.split` and `leyden.data.kfolds` keep each subject on one side.

    Examples:
        >>> subject_of("BraTS-GLI-00012-001"), subject_of("BRATS_457"), subject_of("BraTS2021_00012")
        ('BraTS-GLI-00012', 'BRATS_457', 'BraTS2021_00012')
        >>> import leyden as ly
        >>> names = [f"BraTS-GLI-0000{subject}-00{visit}" for subject in range(5) for visit in range(2)]
        >>> parts = ly.data.split(names, (0.6, 0.2), seed=0, groups=[subject_of(name) for name in names])
        >>> [len(part) for part in parts]  # training, validation, test
        [6, 2, 2]
        >>> [len({subject_of(name) for name in part}) for part in parts]
        [3, 1, 1]
    """
    found = _VISIT.fullmatch(name)
    return found[1] if found else name


def subjects_of(cases: Container) -> tuple[str, ...] | None:
    """Give whose each case is, as the container says; None where it says nothing.

    A part of `leyden.data.split` knows what the cases know that it was parted from.
    """
    beneath, places = traced(cases)
    told = getattr(beneath, "subjects", None)
    return None if told is None or len(told) != len(beneath) else tuple(told[place] for place in places)
