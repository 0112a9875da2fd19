"""Which function reads a file, by its suffix."""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import TypeAlias

import numpy as np
import torch
from torch import Tensor

from leyden.data.pipe.view import Element
from leyden.data.read import IMAGE_SUFFIXES, read_image
from leyden.data.source.sound import read_sound
from leyden.data.volume import read_volume
from leyden.errors import DataError

__all__ = ["Reader", "check_readable", "read_by_suffix"]

Reader: TypeAlias = Callable[[Path | bytes], Element]
"""Makes an element of a file, or of the bytes of one."""


def read_by_suffix(name: str, source: Path | bytes) -> Element:
    """Read a file as its suffix says.

    Pictures become RGB tensors (`read_image`), `.nii` and `.nii.gz` volumes (`read_volume`), `.wav` sound
    (`read_sound`), `.npy` a tensor, `.json` what it holds, `.txt` and `.md` text in UTF-8.

    Args:
        name: the file's name.
        source: the file, or its bytes.

    Raises:
        DataError: no reader is known for the suffix, or the file cannot be read.
    """
    reader = _reader(name)
    if reader is None:
        raise DataError(_unknown([name]))
    return reader(source)


def check_readable(names: list[str], *, where: str) -> None:
    """Refuse names that `read_by_suffix` would refuse, all at once.

    Args:
        names: the files' names.
        where: the folder or archive, for the error.

    Raises:
        DataError: there are such names.
    """
    if unknown := [name for name in names if _reader(name) is None]:
        raise DataError(f"{len(unknown)} of {len(names)} files in {where}: {_unknown(unknown)}")


def _reader(name: str) -> Reader | None:
    lower = name.lower()
    return next((reader for suffixes, reader in _READERS.items() if lower.endswith(suffixes)), None)


def _unknown(names: list[str]) -> str:
    known = " ".join(suffix for suffixes in _READERS for suffix in suffixes)
    return (
        f"no reader is known for {', '.join(map(repr, names[:3]))}{', ...' if len(names) > 3 else ''}; "
        f"give read=function, or a pattern that leaves them out; known: {known}"
    )


def _content(source: Path | bytes) -> bytes:
    return source if isinstance(source, bytes) else source.read_bytes()


def _text(source: Path | bytes) -> str:
    return _content(source).decode("utf-8-sig")


def _json(source: Path | bytes) -> Element:
    return json.loads(_content(source))


def _array(source: Path | bytes) -> Tensor:
    return torch.from_numpy(np.load(BytesIO(_content(source)), allow_pickle=False))


_READERS: dict[tuple[str, ...], Reader] = {
    IMAGE_SUFFIXES: read_image,
    (".nii", ".nii.gz"): read_volume,
    (".wav",): read_sound,
    (".npy",): _array,
    (".json",): _json,
    (".txt", ".md"): _text,
}
