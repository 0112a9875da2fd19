"""Folders of phantoms, in the layouts of the real data."""

import gzip
from collections.abc import Callable, Sequence
from errno import ENOSPC
from pathlib import Path

import numpy as np

from leyden.errors import MedicalError
from leyden.items import Size
from leyden.medical.scan import Scan
from leyden.medical.synthetic.generating import make_phantom
from leyden.medical.synthetic.growth import Kind
from leyden.medical.synthetic.head import Anatomy
from leyden.medical.synthetic.layouts import ORDERS, Layout, about_file, case_name, check_layout, files_of
from leyden.medical.synthetic.options import Options
from leyden.medical.volume.header import nifti_of
from leyden.medical.volume.storing import replacing

__all__ = ["Progress", "write_folder", "write_phantoms"]

Progress = Callable[[int, int], object]
"""Called with how many cases are done, and how many there will be."""

_SCHEMES = {"msd": "msd", "brats": "brats21"}


def write_phantoms(
    folder: str | Path, count: int, *, size: int | Size = 64, seed: int = 0, layout: Layout = "msd",
    anatomy: Anatomy = "mni152", kind: Kind | None = None, thick: float = 0.0, tilt: float = 0.0,
    without: str | Sequence[str] = (), progress: Progress | None = None,
) -> Path:  # fmt: skip
    """Write phantoms as files of 16 bits, in a layout that real data have; the same options give the same files.

    Each file is there whole or not at all; the one in which the folder says what it is, synthetic tumours on a real
    template, comes last.

    Args:
        folder: where; made if need be. Nothing in it is written over.
        count: cases, the first of them `phantom(seed)`, the next `phantom(seed + 1)` and so on.
        size: as of `phantom`, like all below that is not told here.
        seed: of the first case; test cases want seeds that training cases do not have.
        layout: `msd`: imagesTr, labelsTr and dataset.json, codes 1 oedema, 2 core, 3 enhancing; `brats`: a folder a
            case, as BraTS 2021, codes 1 core, 2 oedema, 4 enhancing.
        anatomy: the template.
        kind: of tumour.
        thick: mm.
        tilt: degrees.
        without: a modality, or several.
        progress: called after each case with how many are done, and the count.

    Returns:
        The folder.

    Raises:
        MedicalError: an option that there is not, or a file that is there already.
        DiskFull: there is no room.
    """
    check_layout(layout)
    options = Options(
        size=size, anatomy=anatomy, scheme=_SCHEMES[layout], kind=kind, thick=thick, tilt=tilt, without=without
    )  # fmt: skip
    return write_folder(Path(folder).expanduser(), range(seed, seed + count), options, layout, progress=progress)


def write_folder(
    folder: Path, seeds: range, options: Options, layout: Layout, *, progress: Progress | None = None
) -> Path:
    """Write the phantoms of some seeds; see `write_phantoms`.

    Args:
        folder: where.
        seeds: a case each.
        options: how they are made.
        layout: where files lie.
        progress: called after each case.

    Raises:
        MedicalError: no seeds, or a file that is there already.
        DiskFull: there is no room.
    """
    if not seeds or seeds[0] < 0:
        raise MedicalError(
            f"phantoms want a count of 1 or more and a seed of 0 or more; given {len(seeds)} from {seeds}"
        )
    modalities = tuple(name for name in ORDERS[layout] if name in options.modalities)
    names = [case_name(layout, number) for number in range(len(seeds))]
    about, text = about_file(layout, names, modalities, options.anatomy)
    _refuse_existing(folder, [about, *(file for name in names for file in files_of(layout, name, modalities))])
    for number, (seed, name) in enumerate(zip(seeds, names, strict=True)):
        scan = make_phantom(seed, options)
        _write_case(scan, [folder / file for file in files_of(layout, name, modalities)], modalities)
        if progress:
            progress(number + 1, len(seeds))
    with replacing(folder / about, len(text)) as part:
        part.write_text(text, "utf-8")
    return folder


def _refuse_existing(folder: Path, files: list[str]) -> None:
    there = [file for file in files if (folder / file).exists()]
    if there:
        raise MedicalError(
            f"{folder} holds {', '.join(there[:3])}{f' and {len(there) - 3} more' if len(there) > 3 else ''} already, "
            "and nothing is written over; name another folder, or delete them"
        )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if error.errno == ENOSPC:
            raise
        raise MedicalError(f"{folder} cannot be made ({error.strerror}); name another folder") from error


def _write_case(scan: Scan, files: list[Path], modalities: tuple[str, ...]) -> None:
    """Write the images, one file for all or one each, and the label into the last."""
    data = scan.image.data.numpy().astype(np.int16)
    data = data[[scan.modalities.index(one) for one in modalities]]
    assert scan.label is not None  # phantoms have one
    parts = [data] if len(files) == 2 else list(data[:, None])
    for file, numbers in zip(files, [*parts, scan.label.data.numpy()[None]], strict=True):
        _make(file.parent)
        content = nifti_of(numbers, affine=scan.image.affine, spacing=None)
        # the standard library's, and no time: the same bytes wherever zlib is the same
        packed = gzip.compress(content, compresslevel=1, mtime=0)
        with replacing(file, len(packed)) as part:
            part.write_bytes(packed)
