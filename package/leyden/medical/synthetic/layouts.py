"""Where the files of a case lie in each layout, and what a folder says of itself."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias, get_args

from leyden.errors import MedicalError
from leyden.medical.synthetic.growth.kind import KINDS
from leyden.medical.synthetic.head.template import licence_of

__all__ = ["ORDERS", "Layout", "about_file", "case_name", "check_layout", "files_of"]

Layout: TypeAlias = Literal["msd", "brats"]
"""`msd`: imagesTr, labelsTr and dataset.json, as Task01_BrainTumour. `brats`: a folder a case, as BraTS 2021."""

ORDERS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "msd": ("flair", "t1", "t1ce", "t2"), "brats": ("t1", "t1ce", "t2", "flair"),
})  # fmt: skip
"""The modalities in the order in which each layout has them."""

_MSD_NAMES = {"flair": "FLAIR", "t1": "T1w", "t1ce": "t1gd", "t2": "T2w"}
_MSD_LABELS = {"0": "background", "1": "edema", "2": "non-enhancing tumor", "3": "enhancing tumour"}


def check_layout(layout: str) -> None:
    """Refuse what is no layout.

    Raises:
        MedicalError: there is none of that name.
    """
    if layout not in get_args(Layout):
        raise MedicalError(f"no layout named {layout!r} to write; there are {', '.join(get_args(Layout))}")


def case_name(layout: str, number: int) -> str:
    """Give the name of a case, as the real data have it.

    Args:
        layout: `msd` or `brats`.
        number: of the case, from 0.

    Examples:
        >>> case_name("msd", 0), case_name("brats", 0)
        ('BRATS_001', 'BraTS2021_00000')
    """
    return f"BRATS_{number + 1:03d}" if layout == "msd" else f"BraTS2021_{number:05d}"


def files_of(layout: str, name: str, modalities: tuple[str, ...]) -> list[str]:
    """Give the files of a case from the folder on: one with all modalities, or one each; that of the label last.

    Args:
        layout: `msd` or `brats`.
        name: of the case.
        modalities: in order.

    Examples:
        >>> files_of("msd", "BRATS_001", ("flair", "t1"))
        ['imagesTr/BRATS_001.nii.gz', 'labelsTr/BRATS_001.nii.gz']
    """
    if layout == "msd":
        return [f"{part}/{name}.nii.gz" for part in ("imagesTr", "labelsTr")]
    return [f"{name}/{name}_{what}.nii.gz" for what in (*modalities, "seg")]


def about_file(layout: str, names: list[str], modalities: tuple[str, ...], anatomy: str) -> tuple[str, str]:
    """Give the name and the text of the file in which a folder tells of itself: dataset.json, or README.txt.

    Args:
        layout: `msd` or `brats`.
        names: of the cases.
        modalities: in order.
        anatomy: what they are made of.
    """
    kinds = ", ".join(f"{name} {share:.0%}" for name, share in KINDS.items())
    about = (
        f"Synthetic tumours on a real template, {anatomy}: no patient was scanned, and nothing measured on them says "
        f"anything about patients. Licence of the template: {licence_of(anatomy)}. Kinds of tumour, where none was "
        f"asked for: {kinds}. Made by leyden.medical.write_phantoms."
    )
    if layout == "brats":
        return "README.txt", f"{about}\n"
    entries = [dict(zip(("image", "label"), _entry(name), strict=True)) for name in names]
    told = {
        "name": "BRATS", "description": about, "reference": "the layout is that of Task01_BrainTumour",
        "licence": licence_of(anatomy), "release": "1.0", "tensorImageSize": "4D",
        "modality": {str(place): _MSD_NAMES[modality] for place, modality in enumerate(modalities)},
        "labels": _MSD_LABELS, "numTraining": len(names), "numTest": 0, "training": entries, "test": [],
    }  # fmt: skip
    return "dataset.json", json.dumps(told, indent=2) + "\n"


def _entry(name: str) -> list[str]:
    return [f"./{file}" for file in files_of("msd", name, ())]
