"""What a layout finds in a folder."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, final

from leyden.medical.case.study import Case
from leyden.medical.labelling import Scheme

__all__ = ["Found", "Part", "dicom_folders", "files_below", "is_volume"]

Part: TypeAlias = Literal["training", "test"]
"""Cases to learn from, with segmentations, or those to be told, without."""

_VOLUMES = (".nii", ".nii.gz", ".nrrd", ".mha", ".mhd")
_DICOM = (".dcm", ".ima")


@final
@dataclass(frozen=True)
class Found:
    """The cases of a folder.

    Args:
        cases: in order.
        modalities: what each should have, in the order of channels.
        scheme: what the codes of the segmentations mean, where the folder says it.
    """

    cases: tuple[Case, ...]
    modalities: tuple[str, ...]
    scheme: Scheme | None


def files_below(folder: Path) -> Iterator[Path]:
    """Every file below a folder in order, without the hidden ones: archives from macOS bring "._" beside each file.

    Links to folders are followed, but for those that lead back to a folder that they lie in.
    """
    for place, names, files in os.walk(folder, followlinks=True):
        names[:] = sorted(
            name for name in names if not name.startswith(".") and name != "__MACOSX" and not _leads_back(place, name)
        )
        yield from (Path(place, name) for name in sorted(files) if not name.startswith("."))


def is_volume(path: Path) -> bool:
    """Whether a file holds a volume, by its suffix."""
    return path.name.lower().endswith(_VOLUMES)


def dicom_folders(folder: Path) -> tuple[Path, ...]:
    """Every folder below one that holds DICOM files, by their suffix or, where they have none, by their first bytes."""
    return tuple(dict.fromkeys(path.parent for path in files_below(folder) if _is_dicom(path)))


def _leads_back(place: str, name: str) -> bool:
    path = Path(place, name)
    return path.is_symlink() and Path(place).resolve().is_relative_to(path.resolve())


def _is_dicom(path: Path) -> bool:
    if path.suffix:
        return path.suffix.lower() in _DICOM or (path.suffix[1:].isdigit() and _marked(path))
    return _marked(path)


def _marked(path: Path) -> bool:
    if not path.is_file():  # a link to nothing, or a pipe, which would be waited for
        return False
    try:
        with path.open("rb") as file:
            return file.read(132)[128:] == b"DICM"
    except OSError:  # not ours to read
        return False
