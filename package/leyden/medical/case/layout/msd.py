"""The layout of the Medical Segmentation Decathlon: one 4-D file a case, told by a dataset.json."""

import json
import re
from collections import defaultdict
from pathlib import Path

from leyden.errors import MedicalError
from leyden.medical.case.layout.found import Found, Part, is_volume
from leyden.medical.case.modality import modality_of, ordered
from leyden.medical.case.study import Case, Series
from leyden.medical.labelling import read_scheme
from leyden.medical.volume.frames import frames_in

__all__ = ["find_msd", "is_msd"]

_FOLDERS: dict[Part, tuple[str, str]] = {"training": ("imagesTr", "labelsTr"), "test": ("imagesTs", "labelsTs")}
_CHANNEL = re.compile(r"(.+)_(\d{4})")


def is_msd(folder: Path) -> bool:
    """Whether a folder says of itself that it is laid out so."""
    return (folder / "dataset.json").is_file() and any((folder / images).is_dir() for images, _ in _FOLDERS.values())


def find_msd(folder: Path, part: Part) -> Found:
    """Find the cases of a folder with dataset.json, imagesTr and labelsTr, imagesTs.

    Which frame of a file shows which modality is what dataset.json says by name. nnU-Net's form, `channel_names` and
    one file a channel (`case_0000.nii.gz`), is read as well.

    Raises:
        MedicalError: no such folder, a dataset.json without modalities or labels, or two files of one case for the
            same, such as `.nii` beside `.nii.gz`.
    """
    channels = _channels(folder / "dataset.json")
    images, labels = (folder / name for name in _FOLDERS[part])
    if not images.is_dir():
        raise MedicalError(f"{folder} has no folder {images.name}; the {part} cases of this layout lie there")
    volumes, drawings = _volumes(images), _volumes(labels) if labels.is_dir() else []
    _check_twice(folder, [*volumes, *drawings])
    drawn = {_stem(path): path for path in drawings}
    shown: dict[str, list[Series]] = {name: [] for name in drawn}
    whole = _numbered(volumes)
    for path in volumes:
        name, frames = _stem(path), {None: channels[0]} if list(channels) == [0] else channels
        if (match := _CHANNEL.fullmatch(name)) and name not in drawn and int(match[2]) in channels:
            # names of 4-D files may end in four digits too: where channels seem to lack, a look into the header tells
            single = whole[match[1]] >= set(channels) or frames_in(path) <= 1
            name, frames = (match[1], {None: channels[int(match[2])]}) if single else (name, frames)
        shown.setdefault(name, []).extend(Series(channel, path, frame) for frame, channel in frames.items())
    cases = tuple(Case(name, tuple(shown[name]), drawn.get(name)) for name in sorted(shown))
    return Found(cases, ordered(channels.values()), read_scheme(folder))


def _numbered(volumes: list[Path]) -> dict[str, set[int]]:
    """The numbers in which names end, as nnU-Net counts channels."""
    numbers: dict[str, set[int]] = defaultdict(set)
    for match in filter(None, (_CHANNEL.fullmatch(_stem(path)) for path in volumes)):
        numbers[match[1]].add(int(match[2]))
    return numbers


def _channels(path: Path) -> dict[int, str]:
    """The modalities by their frames, which are counted from 0."""
    try:
        told = json.loads(path.read_text(encoding="utf-8-sig"))
        names = told.get("modality") or told["channel_names"]
        channels = {int(key): modality_of(str(names[key])) for key in sorted(names, key=int)}
    except FileNotFoundError as error:
        raise MedicalError(f"{path} does not exist, and tells modalities and labels in this layout") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise MedicalError(
            f"{path} does not tell modalities ({type(error).__name__}: {error}); it wants "
            '{"modality": {"0": "FLAIR", "1": "T1w", ...}}'
        ) from error
    told = [channels[frame] for frame in channels]
    if not told or len(set(told)) < len(names):
        raise MedicalError(f"{path} tells the modalities {', '.join(told) or 'none'}; each file needs distinct ones")
    if min(channels) < 0:
        raise MedicalError(f"{path} tells what frame {min(channels)} shows; frames are counted from 0")
    return channels


def _volumes(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if is_volume(path) and not path.name.startswith("."))


def _check_twice(folder: Path, paths: list[Path]) -> None:
    named: dict[Path, list[str]] = defaultdict(list)
    for path in paths:
        named[path.parent / _stem(path)].append(path.relative_to(folder).as_posix())
    twice = [" and ".join(names) for names in named.values() if len(names) > 1]
    if twice:
        raise MedicalError(
            f"{folder} has two files of one case for the same: {'; '.join(twice[:5])}; remove one of each"
        )


def _stem(path: Path) -> str:
    return path.name.removesuffix(".gz").rpartition(".")[0]
