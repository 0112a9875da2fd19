import json
from types import SimpleNamespace

import nibabel
import numpy as np
import pytest

TOLD = {
    "modality": {"0": "FLAIR", "1": "T1w", "2": "t1gd", "3": "T2w"},
    "labels": {"0": "background", "1": "edema", "2": "non-enhancing tumor", "3": "enhancing tumour"},
}
SHADES = {"flair": 10, "t1": 20, "t1ce": 30, "t2": 40}
AFFINE = np.array([[-1.0, 0, 0, 30], [0, -1, 0, 40], [0, 0, 1.5, -10], [0, 0, 0, 1]])
SIZE = (6, 5, 4)  # x y z


def shade(value, size=SIZE):
    """A brain of values about one, with a border of 0."""
    data = np.zeros(size, np.int16)
    data[1:-1, 1:-1, 1:] = value + np.arange(np.prod([size[0] - 2, size[1] - 2, size[2] - 1])).reshape(
        size[0] - 2, size[1] - 2, size[2] - 1
    )
    return data


def drawn(*codes):
    """A segmentation with one code a row of x, within the brain."""
    data = np.zeros(SIZE, np.uint8)
    for row, code in enumerate(codes, 1):
        data[row, 2, 1:3] = code
    return data


def save(path, data, affine=AFFINE):
    path.parent.mkdir(parents=True, exist_ok=True)
    nibabel.save(nibabel.Nifti1Image(data, affine, dtype=data.dtype), path)
    return path


def brats(folder, name, *, ends=("flair", "t1", "t1ce", "t2"), codes=(1, 2, 4), join="_", label="seg", affine=AFFINE):
    """One case of BraTS: the ends in the order of flair, t1, t1ce, t2."""
    for end, value in zip(ends, SHADES.values(), strict=False):
        save(folder / name / f"{name}{join}{end}.nii.gz", shade(value), affine)
    if codes is not None:
        save(folder / name / f"{name}{join}{label}.nii.gz", drawn(*codes), affine)
    return folder / name


def msd(folder, *names, codes=(2, 1, 3), test=()):
    """An MSD folder; the codes mean what brats gives 1, 2, 4 for."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "dataset.json").write_text(json.dumps(TOLD))
    for name in (*names, *test):
        part = "Ts" if name in test else "Tr"
        save(folder / f"images{part}" / f"{name}.nii.gz", np.stack([shade(value) for value in SHADES.values()], -1))
        if name in names:
            save(folder / "labelsTr" / f"{name}.nii.gz", drawn(*codes))
    return folder


@pytest.fixture
def files():
    """What writes tiny folders by hand."""
    return SimpleNamespace(
        told=TOLD, affine=AFFINE, size=SIZE, shades=SHADES, shade=shade, drawn=drawn, save=save, brats=brats, msd=msd
    )
