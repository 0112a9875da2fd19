"""The layouts of BraTS, 2017 to this day: one folder a case, one file a modality, told by the end of its name."""

import re
from collections import defaultdict
from pathlib import Path

from leyden.errors import MedicalError
from leyden.medical.case.layout.found import Found, dicom_folders, files_below, is_volume
from leyden.medical.case.modality import MODALITIES, modality_of
from leyden.medical.case.study import Case, Series
from leyden.medical.labelling import Scheme, scheme

__all__ = ["find_brats"]

_NAME = re.compile(r"(.+?)[_-](t1|t1n|t1ce|t1c|t1gd|t2|t2w|flair|t2f|t2[_-]?flair|segm?)\.nii(?:\.gz)?", re.IGNORECASE)
_SINCE_2023 = re.compile(r"(BraTS-[A-Za-z]+-\d+)-(\d{3})", re.IGNORECASE)
_YEARS = {f"brats{year}": f"brats{year}" for year in (17, 18, 19, 20)} | {"brats2021": "brats21"}
_OTHER_CODES = ("brats-ped", "brats-men-rt")  # what their codes mean has changed between the years


def find_brats(folder: Path) -> Found:
    """Find the cases below a folder, at any depth (HGG, LGG, by centre).

    Files are `Brats18_CBICA_AAB_1_flair.nii.gz`, `BraTS2021_00000_t1ce.nii.gz`, `BraTS-GLI-00000-000-t1c.nii.gz` and so
    on. The names tell the year, and so what the codes mean, and, since 2023, which time points are of one patient.
    A segmentation called otherwise than its case (BraTS 2020 has one) belongs to the case that lies in its folder.

    Raises:
        MedicalError: a modality or a segmentation twice in one case.
    """
    shown: dict[tuple[Path, str], list[Series]] = defaultdict(list)
    drawn: dict[tuple[Path, str], list[Path]] = defaultdict(list)
    for path in filter(is_volume, files_below(folder)):
        if not (match := _NAME.fullmatch(path.name)):
            continue
        key, kind = (path.parent, match[1]), match[2].lower()
        if kind.startswith("seg"):
            drawn[key].append(path)
        else:
            shown[key].append(Series(modality_of(kind), path))
    for place, name in [key for key in drawn if key not in shown]:
        beside = [key for key in shown if key[0] == place]
        if len(beside) == 1 and beside[0] not in drawn:
            drawn[beside[0]] = drawn.pop((place, name))
    _check_twice(shown, drawn)
    keys = sorted({*shown, *drawn}, key=lambda key: (key[1], str(key[0])))
    labels = {key: paths[0] for key, paths in drawn.items()}
    cases = [Case(key[1], tuple(shown.get(key, ())), labels.get(key), _subject(key[1])) for key in keys]
    known = {key[0] for key in keys}
    foreign = [place for place in dicom_folders(folder) if place != folder and not known & {place, *place.parents}]
    cases += [Case(place.relative_to(folder).as_posix(), (Series("DICOM", place),)) for place in foreign]
    return Found(tuple(cases), MODALITIES, _told([case.name for case in cases if case.label]))


def _check_twice(shown: dict[tuple[Path, str], list[Series]], drawn: dict[tuple[Path, str], list[Path]]) -> None:
    faults = [
        f"{name} has several segmentations: {', '.join(path.name for path in paths)}"
        for (_, name), paths in drawn.items()
        if len(paths) > 1
    ]
    for (_, name), series in shown.items():
        names = [one.modality for one in series]
        faults += [
            f"{name} has {modality} twice: {', '.join(one.path.name for one in series if one.modality == modality)}"
            for modality in dict.fromkeys(names)
            if names.count(modality) > 1
        ]
    if faults:
        raise MedicalError(f"{'; '.join(faults)}; remove one of each")


def _subject(name: str) -> str:
    match = _SINCE_2023.fullmatch(name)
    return match[1] if match else name


def _told(names: list[str]) -> Scheme | None:
    """The scheme that names tell; None where some do not, or not all the same."""
    told = {_year(name) for name in names}
    if None in told or not told:
        return None
    schemes = [scheme(name) for name in sorted(filter(None, told))]
    alike = all(one.codes == schemes[0].codes and one.regions == schemes[0].regions for one in schemes)
    return schemes[-1] if alike else None


def _year(name: str) -> str | None:
    if name.lower().startswith(_OTHER_CODES):
        return None
    if match := _SINCE_2023.fullmatch(name):
        return "brats24" if int(match[2]) >= 100 else "brats23"  # after treatment, time points count from 100
    return _YEARS.get(name.split("_")[0].lower())
