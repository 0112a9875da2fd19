"""Cases into packed files."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote
from zlib import crc32

from leyden.data import Container
from leyden.errors import DiskFull, MedicalError
from leyden.medical.case import Cases, as_cases
from leyden.medical.packed.container import SUFFIX, PackedCases
from leyden.medical.packed.header import Source, read_header
from leyden.medical.packed.sizing import predict_size
from leyden.medical.packed.stored import PackedCase
from leyden.medical.packed.writing import coded, write_case

__all__ = ["Progress", "pack"]

Progress: TypeAlias = Callable[[int, int], object]
"""What is told how many cases are done, and how many there are."""

_LONGEST = 160
"""Characters of a file's name; systems allow 255 bytes."""


def pack(
    cases: Container | Cases,
    folder: str | Path,
    *,
    budget: int | None = None,
    progress: Progress | None = None,
) -> PackedCases:
    """Write cases, cropped, into a folder, one file each, whose parts are read without the rest; see `PackedCases`.

    Whole numbers that 16 bits hold, as scanners and BraTS give them, are kept exactly; others are rounded to 65,535
    steps (`PackedCase.error` says how far). A BraTS case takes about 38 MB. A file is there whole or not at all. Cases
    of files (`Cases`) that lie there already, and whose files have not been written to since, are left as they are.

    `leyden.data.cache` keeps any element of any pipe, and reads it back whole; this is another thing, as it knows what
    a scan is: a fifth of the bytes, and a patch, normalised by the whole brain, is read without the rest.

    Args:
        cases: scans, each with a name of its own; a part of `Cases`, as of `leyden.data.split`, keeps what these know.
        folder: made if need be; what else lies there stays.
        budget: bytes that these cases may take in all, or None for what the disk has; `predict_size` says before
            anything is written whether they will do.
        progress: called as `progress(done, total)` after each case.

    Raises:
        MedicalError: more than the budget; no case, or several of one name; or one that cannot be packed: a picture,
            values that are no numbers, labels that are no bytes. Those before it stay packed.
        DiskFull: there is no room; nothing half written is left behind.
    """
    cases = as_cases(cases) or cases
    folder = Path(folder).expanduser()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MedicalError(f"{folder} cannot be made ({error.strerror}); name another folder") from error
    held = _held(cases, folder)
    if len(held) < len(cases):
        _check_room(cases, held, folder, budget)
    return PackedCases(folder, tuple(_one_by_one(cases, held, folder, budget, progress)))


def _one_by_one(
    cases: Container | Cases, held: dict[int, PackedCase], folder: Path, budget: int | None, progress: Progress | None
) -> Iterator[PackedCase]:
    """Pack what is not held."""
    names, used = set[str](), sum(case.header.bytes for case in held.values())
    for place in range(len(cases)):
        if place in held:
            case = held[place]
        else:
            case = _packed(cases, place, folder, taken=names, left=None if budget is None else budget - used)
            used += case.header.bytes
        names.add(case.name)
        yield case
        if progress is not None:
            progress(place + 1, len(cases))


def _held(cases: Container | Cases, folder: Path) -> dict[int, PackedCase]:
    """Find the cases that lie packed in the folder as they are now."""
    if not len(cases):
        raise MedicalError("there is no case to pack; given an empty container")
    held = dict[int, PackedCase]()
    if not isinstance(cases, Cases):
        return held
    for place, case in enumerate(cases.cases):
        path = folder / _file(case.name)
        if not path.exists():
            continue
        try:
            header = read_header(path)
        except MedicalError:  # damaged or of another version: written anew
            continue
        kept = PackedCase(path, header)
        same = (kept.name, kept.modalities, header.scheme) == (case.name, cases.modalities, cases.scheme)
        if same and header.sources == _sources(cases, place):
            held[place] = kept
    return held


def _packed(cases: Container | Cases, place: int, folder: Path, *, taken: set[str], left: int | None) -> PackedCase:
    """Pack one case, if there is so much left of the budget."""
    scan = cases[place]
    if not scan.name:
        raise MedicalError(f"the case at {place} has no name; give it one: scan._replace(name='...')")
    if scan.name in taken:
        raise MedicalError(f"two cases are called {scan.name!r}; each needs its own name, as its file is called so")
    known = isinstance(cases, Cases)
    subject, scheme = (cases.subjects[place], cases.scheme) if known else (scan.name, None)
    case = coded(scan, subject=subject, scheme=scheme, sources=_sources(cases, place))
    if left is not None and case.header.bytes > left:
        raise MedicalError(
            f"case {scan.name!r} takes {case.header.bytes / 1e6:,.1f} MB and {left / 1e6:,.1f} MB of the budget are "
            f"left; the {place} before it stay packed in {folder}. Give a larger budget or fewer cases"
        )
    return write_case(case, folder / _file(scan.name))


def _check_room(cases: Container | Cases, held: dict[int, PackedCase], folder: Path, budget: int | None) -> None:
    """Refuse, before anything is written, what is foretold not to fit."""
    if isinstance(cases, Cases):
        cases = cases.chosen([place for place in range(len(cases)) if place not in held])
    wanted = predict_size(cases)
    taken, free = sum(case.header.bytes for case in held.values()), shutil.disk_usage(folder).free
    if budget is not None and taken + wanted.bytes > budget:
        there = f", beside {taken / 1e6:,.1f} MB that are packed already" if taken else ""
        raise MedicalError(
            f"over the budget of {budget / 1e6:,.1f} MB: {wanted}{there}; nothing was written. Give a larger budget or "
            "fewer cases"
        )
    if wanted.bytes > free:
        raise DiskFull(f"{folder} has {free / 1e6:,.1f} MB left, wanted: {wanted}; nothing was written. Free some room")


def _sources(cases: Container | Cases, place: int) -> tuple[Source, ...]:
    """The files that a case is made of, each once, as they are now."""
    if not isinstance(cases, Cases):
        return ()
    case = cases.cases[place]
    taken: dict[Path, list[int | None]] = {}
    for each in filter(None, map(case.series, cases.modalities)):
        taken.setdefault(each.path, []).append(each.frame)
    drawn = [] if case.label is None else [Source.of(case.label)]
    return (*(Source.of(path, tuple(frames)) for path, frames in taken.items()), *drawn)


def _file(name: str) -> str:
    """The name of a case's file: its own, where file systems can bear it."""
    plain = quote(name, safe=" ()+,=@")
    plain = f"%2E{plain[1:]}" if plain.startswith(".") else plain  # a dot in front hides files, and marks half-written
    if len(plain) > _LONGEST:
        plain = f"{plain[:_LONGEST]}-{crc32(name.encode()):08x}"
    return plain + SUFFIX
