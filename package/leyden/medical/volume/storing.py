"""Files that are there whole or not at all."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from leyden.errors import DiskFull, MedicalError

__all__ = ["replacing"]

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def replacing(path: Path, size: int) -> Iterator[Path]:
    """Give a place to write to, beside the goal; what is written there takes the goal's place once all is well.

    Args:
        path: the goal; a file that is there stays as it is until then.
        size: bytes about to be written, at most; to tell a full disk where a library only says that it failed.

    Raises:
        DiskFull: there is no room.
        MedicalError: the folder is not there, or cannot be written to.
    """
    part = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        yield part
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        part.replace(path)
    except (OSError, RuntimeError) as error:
        if not path.parent.is_dir():
            raise MedicalError(f"{path} cannot be written: {path.parent} is no folder; make it first") from error
        free = shutil.disk_usage(path.parent).free
        if getattr(error, "errno", None) in _FULL or (isinstance(error, RuntimeError) and free < size):
            raise DiskFull(
                f"no room for {path} ({size / 1e6:,.1f} MB before compression, {free / 1e6:,.1f} MB free); nothing was "
                "written; free some room or name another folder"
            ) from error
        raise MedicalError(f"{path} cannot be written: {error}; check its permissions") from error
    finally:
        with suppress(OSError):  # there is none, or a disk that is only read from refuses even to look
            part.unlink()
