"""The cases of a folder, whatever its layout."""

from collections.abc import Sequence
from pathlib import Path

from leyden.errors import MedicalError
from leyden.medical.case.container import Cases
from leyden.medical.case.layout import Found, Part, find_brats, find_by_pattern, find_msd, is_msd
from leyden.medical.case.layout.found import dicom_folders, files_below, is_volume
from leyden.medical.case.modality import is_segmentation, modality_of
from leyden.medical.labelling import Scheme, as_scheme

__all__ = ["cases_in"]

_PATTERN = "layout='{case}/{modality}.nii.gz', label='{case}/seg.nii.gz'"


def cases_in(
    folder: str | Path, *, layout: str = "auto", label: str | None = None, modalities: Sequence[str] | None = None,
    scheme: str | Scheme | None = None, part: Part = "training",
) -> Cases:  # fmt: skip
    """Find the cases of a folder; nothing is read but names and dataset.json.

    What is wrong with single cases is said by `inspect`, and by reading them.

    Args:
        folder: where they lie.
        layout: "msd" (dataset.json, imagesTr, labelsTr, imagesTs), "brats" (2017 to this day), "auto" to take what fits
            and name it; or a pattern of names, such as "{case}/{modality}.nii.gz", with "*" for any part of a name,
            "**/" for any folders and "{subject}" for the patient of several time points.
        label: with a pattern, that of the segmentations, such as "{case}/seg.nii.gz".
        modalities: the channels, in order, by any usual name; left out, ("t1", "t1ce", "t2", "flair"), then others.
            For a pattern without "{modality}" what the volumes in each file show.
        scheme: what the codes mean, or its name; left out, what dataset.json or the year in the names says, which
            `inspect` compares with it. Where neither does, codes are not checked.
        part: of an MSD folder.

    Raises:
        MedicalError: no such folder, no case in it, no such layout, scheme or modality; with what is there instead.

    Examples:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = [(folder / f"BraTS2021_00000_{name}.nii.gz").touch() for name in ("flair", "t1", "t1ce", "t2", "seg")]
        >>> cases = cases_in(folder)
        >>> cases.layout, cases.names, cases.modalities, cases.scheme.name
        ('brats', ('BraTS2021_00000',), ('t1', 't1ce', 't2', 'flair'), 'brats21')
    """
    folder = Path(folder).expanduser()
    asked = None if modalities is None else _asked(modalities)
    _check(folder, layout, label, asked, part)
    taken, found = _found(folder, layout, label=label, asked=asked, part=part)
    if not found.cases:
        raise MedicalError(_nothing(folder, taken))
    _check_known(folder, found, asked)
    known = found.scheme if scheme is None else as_scheme(scheme)
    return Cases(folder, taken, found.cases, asked or found.modalities, known, found.scheme)


def _asked(modalities: Sequence[str]) -> tuple[str, ...]:
    if isinstance(modalities, str):
        raise MedicalError(f"modalities are several names; write modalities=[{modalities!r}]")
    return tuple(map(modality_of, modalities))


def _check(folder: Path, layout: str, label: str | None, asked: tuple[str, ...] | None, part: str) -> None:
    faults = []
    if not folder.is_dir():
        faults.append(f"no folder {str(folder)!r}, seen from {Path.cwd()}; check the path, and unpack an archive first")
    if layout not in ("auto", "msd", "brats") and "{" not in layout:
        faults.append(f"layout={layout!r} is none of 'auto', 'msd', 'brats', and no pattern such as {_PATTERN}")
    if label is not None and "{" not in layout:
        faults.append(f"label={label!r} goes with a pattern as layout; {layout!r} knows where segmentations lie")
    if part not in ("training", "test"):
        faults.append(f"part is 'training' or 'test'; given {part!r}")
    elif part == "test" and (layout not in ("auto", "msd") or (layout == "auto" and not is_msd(folder))):
        faults.append("only an MSD folder has part='test'; of another, give the folder in which the test cases lie")
    if asked is not None and len(set(asked)) < max(1, len(asked)):
        faults.append(f"modalities are at least one, each once; given {', '.join(asked) or 'none'}")
    if faults:
        raise MedicalError("; ".join(faults))


def _found(
    folder: Path, layout: str, *, label: str | None, asked: tuple[str, ...] | None, part: Part
) -> tuple[str, Found]:
    if "{" in layout:
        return layout, find_by_pattern(folder, layout, label=label, frames=None if "{modality}" in layout else asked)
    if layout == "msd" or (layout == "auto" and is_msd(folder)):
        return "msd", find_msd(folder, part)
    return "brats", find_brats(folder)


def _check_known(folder: Path, found: Found, asked: tuple[str, ...] | None) -> None:
    there = {name for case in found.cases for name in case.modalities} | set(found.modalities)
    if missing := [name for name in asked or () if name not in there]:
        raise MedicalError(f"no case in {folder} shows {', '.join(missing)}; there are {', '.join(sorted(there))}")
    if asked is None and (drawn := sorted(filter(is_segmentation, there))):
        path = next(one.path for case in found.cases for one in case.images if one.modality == drawn[0])
        raise MedicalError(
            f"{path} looks like a segmentation, and layout= takes it for the modality {drawn[0]!r}; give the pattern "
            "of segmentations with label=, and name the channels with modalities=(...)"
        )


def _nothing(folder: Path, layout: str) -> str:
    """Say why a folder has no case, with what is in it."""
    inner = [place for place in sorted(folder.iterdir()) if place.is_dir() and is_msd(place)]
    if inner:
        return f"{folder} holds no case, but {inner[0]} is laid out as MSD; give that folder"
    volumes = [path.relative_to(folder).as_posix() for path in files_below(folder) if is_volume(path)]
    if volumes:
        told = f"volumes ({len(volumes)}), such as {', '.join(volumes[:3])}, whose names do not fit layout {layout!r}"
        return f"{folder} holds {told}; say how they are called, such as {_PATTERN}"
    if dicom := dicom_folders(folder):
        return f"{folder} holds no NIfTI, but DICOM, such as in {dicom[0]}; convert it with dcm2niix"
    return f"{folder} holds no volume (.nii.gz, .nii, .nrrd, .mha); check the path, and unpack archives first"
