"""Zip archives, read in place."""

from collections.abc import Callable
from pathlib import Path
from typing import final
from zipfile import BadZipFile, ZipFile

from leyden.data.pipe.step import spell
from leyden.data.pipe.view import Element
from leyden.data.source.indexed import Source
from leyden.data.source.pattern import hidden, matcher, natural
from leyden.data.source.stamp import Opened, check_file, naming
from leyden.data.source.suffix import check_readable, read_by_suffix
from leyden.errors import DataError

__all__ = ["Archive", "ZippedFiles", "zip_in"]

_ENCRYPTED = 0x1  # bit of a member's flags


@final
class Archive:
    """The files in a zip archive, each unpacked in memory when it is asked for; nothing is written.

    It can be pickled, and read on many threads and processes at once.

    Args:
        path: the archive.

    Attributes:
        names: its files, in the order people count.

    Raises:
        DataError: it is missing, empty or no zip archive.
    """

    def __init__(self, path: Path) -> None:
        check_file(path, what="zip archive")
        self.path = path
        self._opened = Opened(path, _opened)
        members = self._opened.get().namelist()
        self.names = tuple(sorted({name for name in members if not name.endswith("/")}, key=natural))

    def content(self, name: str) -> bytes:
        """The bytes of one file, compared with its checksum.

        Raises:
            DataChanged: the archive was written to since.
            DataError: the file is encrypted or damaged, or is not in the archive.
        """
        archive = self._opened.get()
        with naming(f"{self.path}/{name}"):
            if archive.getinfo(name).flag_bits & _ENCRYPTED:
                raise DataError("is encrypted; unpack the archive with its password, and read the folder")
            # members may be read at once: ZipFile guards its one file position, and inflates outside the guard
            return archive.read(name)


def _opened(path: Path) -> ZipFile:
    try:
        return ZipFile(path)
    except BadZipFile as error:
        raise DataError(f"{path} is no zip archive, or damaged ({error}); fetch it again") from error


@final
class ZippedFiles(Source):
    """The files of a zip archive as elements; see `zip_in`."""

    def __init__(
        self, archive: Archive, names: tuple[str, ...], read: Callable[[bytes], Element] | None, *, pattern: str
    ) -> None:
        self._archive, self._names, self._read, self._pattern = archive, names, read, pattern

    @property
    def names(self) -> tuple[str, ...]:
        """The members' names, element by element."""
        return tuple(self._names[row] for row in self.rows)

    def count(self) -> int:
        """See `Source.count`."""
        return len(self._names)

    def at(self, place: int) -> Element:
        """See `Source.at`."""
        name = self._names[place]
        content = self._archive.content(name)
        with naming(f"{self._archive.path}/{name}"):
            return read_by_suffix(name, content) if self._read is None else self._read(content)

    def expression(self) -> str:
        """See `Source.expression`."""
        read = "" if self._read is None else f", {spell(self._read)}"
        pattern = "" if self._pattern == "**/*" else f", pattern={self._pattern!r}"
        return f"zip_in({str(self._archive.path)!r}{read}{pattern})"


def zip_in(path: str | Path, read: Callable[[bytes], Element] | None = None, *, pattern: str = "**/*") -> ZippedFiles:
    """The files in a zip archive as a container, read in place: nothing is unpacked to disk.

    They are in the order people count: "2.png" before "10.png". Hidden files, and those that a Mac or Windows
    adds, are left out.

    Args:
        path: the archive.
        read: makes an element of the bytes of a file; by default each is read as its suffix says, as in `files_in`.
        pattern: which files; `*` is anything within a folder, `**/` any folders; small and capital letters are one.

    Raises:
        DataError: the archive is missing, empty or damaged, no file in it fits the pattern, or one has a suffix for
            which no reader is known.

    Examples:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "notes.zip"
        >>> with ZipFile(path, "w") as archive:
        ...     archive.writestr("one/10.txt", "ten")
        ...     archive.writestr("one/2.txt", "two")
        >>> notes = zip_in(path)
        >>> notes.names, list(notes)
        (('one/2.txt', 'one/10.txt'), ['two', 'ten'])
    """
    archive = Archive(Path(path).expanduser())
    wanted = matcher(pattern)
    names = tuple(name for name in archive.names if wanted(name) and not hidden(name))
    if not names:
        raise DataError(f"none of the {len(archive.names)} files in {archive.path} fits the pattern {pattern!r}")
    if read is None:
        check_readable(list(names), where=str(archive.path))
    return ZippedFiles(archive, names, read, pattern=pattern)
