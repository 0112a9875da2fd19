"""One case of a dataset: which files show one patient at one time."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, final

__all__ = ["Case", "Series"]


class Series(NamedTuple):
    """Where one modality of a case lies.

    Attributes:
        modality: what it shows.
        path: of the file.
        frame: the volume in it, counted from 0, where the file holds all modalities (4-D); None where it holds one.
    """

    modality: str
    path: Path
    frame: int | None = None


@final
@dataclass(frozen=True)
class Case:
    """The files of one patient at one time.

    Args:
        name: of the case, one of its kind in a dataset.
        images: one entry a modality, in any order.
        label: the segmentation; None where there is none.
        subject: the patient; time points of one patient have the same. The name, if left out.

    Examples:
        >>> case = Case("BraTS-GLI-00000-000", (Series("t1", Path("t1n.nii.gz")),), None, "BraTS-GLI-00000")
        >>> case.series("t1").path.name, case.series("flair")
        ('t1n.nii.gz', None)
    """

    name: str
    images: tuple[Series, ...]
    label: Path | None = None
    subject: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "subject", self.subject or self.name)

    @property
    def modalities(self) -> tuple[str, ...]:
        """What there is, in the order of the files."""
        return tuple(series.modality for series in self.images)

    def series(self, modality: str) -> Series | None:
        """Where a modality lies; None if the case lacks it."""
        return next((series for series in self.images if series.modality == modality), None)
