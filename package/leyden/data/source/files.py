"""A folder of files, and two such folders in pairs."""

import os
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Literal, final
from unicodedata import normalize

from leyden.data.pipe.source import Columns
from leyden.data.pipe.step import spell
from leyden.data.pipe.view import Element
from leyden.data.source.indexed import Source
from leyden.data.source.pattern import hidden, matcher, natural
from leyden.data.source.stamp import Stamp, check_unchanged, naming, stamp_of
from leyden.data.source.suffix import check_readable, read_by_suffix
from leyden.errors import DataError, EmptyFolder

__all__ = ["Files", "files_in", "paired"]


@final
class Files(Source):
    """The files of a folder as elements; see `files_in`.

    Attributes:
        folder: where they lie.
    """

    def __init__(
        self, folder: Path, names: tuple[str, ...], read: Callable[[Path], Element] | None, *, pattern: str
    ) -> None:
        self.folder = folder
        self._names, self._read, self._pattern = names, read, pattern
        self._stamps: tuple[Stamp, ...] = tuple(stamp_of(folder / name) for name in names)

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files, element by element."""
        return tuple(self.folder / self._names[row] for row in self.rows)

    def count(self) -> int:
        """See `Source.count`."""
        return len(self._names)

    def at(self, place: int) -> Element:
        """See `Source.at`."""
        path = self.folder / self._names[place]
        check_unchanged(path, self._stamps[place])
        with naming(str(path)):
            return read_by_suffix(path.name, path) if self._read is None else self._read(path)

    def expression(self) -> str:
        """See `Source.expression`."""
        read = "" if self._read is None else f", {spell(self._read)}"
        pattern = "" if self._pattern == "**/*" else f", pattern={self._pattern!r}"
        return f"files_in({str(self.folder)!r}{read}{pattern})"


def files_in(folder: str | Path, read: Callable[[Path], Element] | None = None, *, pattern: str = "**/*") -> Files:
    """The files of a folder and of all folders below it as a container, each read when it is asked for.

    They are in the order people count: "2.png" before "10.png". Hidden files, and those that Windows adds (Thumbs.db),
    are left out; links are followed, but no folder is entered from within itself.

    Args:
        folder: where they lie.
        read: makes an element of a path; by default each file is read as its suffix says: pictures by `read_image`,
            `.nii` and `.nii.gz` by `read_volume`, `.wav` by `read_sound`, `.npy` as a tensor, `.json`, `.txt`, `.md`.
        pattern: which files; `*` is anything within a folder, `**/` any folders; small and capital letters are one.

    Raises:
        EmptyFolder: there is no such folder, or no file in it fits the pattern.
        DataError: a file has a suffix for which no reader is known, and `read` is not given.

    Examples:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "10.txt").write_text("ten"), (folder / "2.txt").write_text("two")
        >>> list(files_in(folder)), [path.name for path in files_in(folder).paths]
        (['two', 'ten'], ['2.txt', '10.txt'])
        >>> list(files_in(folder, lambda path: path.stat().st_size, pattern="1*"))
        [3]
    """
    root = Path(folder).expanduser()
    if not root.is_dir():
        what = "is a file; for a zip archive see zip_in(path)" if root.exists() else f"is not there, from {Path.cwd()}"
        raise EmptyFolder(f"files_in wants a folder: {str(root)!r} {what}; check the path")
    wanted = matcher(pattern)
    try:
        names = tuple(sorted((name for name in _names_below(root, "", ()) if wanted(name)), key=natural))
    except OSError as error:
        raise DataError(f"cannot list all of {root}: {error}; check its permissions") from error
    if not names:
        raise EmptyFolder(f"no file in {root} fits the pattern {pattern!r} (hidden files are left out)")
    if read is None:
        check_readable(list(names), where=str(root))
    return Files(root, names, read, pattern=pattern)


def _names_below(folder: Path, before: str, above: tuple[tuple[int, int], ...]) -> Iterator[str]:
    status = folder.stat()
    here = (status.st_dev, status.st_ino)
    if here in above:
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if hidden(entry.name):
                continue
            if entry.is_dir():
                yield from _names_below(folder / entry.name, f"{before}{entry.name}/", (*above, here))
            elif entry.is_file() or entry.is_symlink():  # a link that leads nowhere is a file that cannot be read
                yield before + entry.name


def paired(
    images: Files,
    masks: Files,
    *,
    by: Callable[[str], str] | None = None,
    unmatched: Literal["raise", "warn"] = "raise",
) -> Columns:
    """Two folders side by side, file by file of one name: elements are (image, mask).

    Args:
        images: they give the order.
        masks: their partners.
        by: makes the key that partners share of a name relative to its folder, such as "a/1_mask.png"; by default the
            name without suffixes: "a/1.jpg" and "a/1.nii.gz" are partners.
        unmatched: what to do with files that have no partner: raise, or leave them out with a UserWarning.

    Raises:
        DataError: files have no partner, or several of one folder have the same key.

    Examples:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> for name in ("1.txt", "2.txt", "1_mask.txt", "2_mask.txt"):
        ...     _ = (folder / name).write_text(name)
        >>> masks = files_in(folder, pattern="*_mask.txt")
        >>> list(paired(files_in(folder, pattern="?.txt"), masks, by=lambda name: name[0]))
        [('1.txt', '1_mask.txt'), ('2.txt', '2_mask.txt')]
    """
    one, other = (_keyed(files, by or _stem) for files in (images, masks))
    lone = [str(images.paths[row]) for key, row in one.items() if key not in other]
    lone += [str(masks.paths[row]) for key, row in other.items() if key not in one]
    if lone:
        message = f"{len(lone)} files have no partner: {', '.join(lone[:5])}{', ...' if len(lone) > 5 else ''}"
        if unmatched == "raise" or len(lone) == len(one) + len(other):
            raise DataError(f"{message}; add them, give by=key, or leave them out with unmatched='warn'")
        warnings.warn(f"{message}; they are left out", UserWarning, stacklevel=2)
    keys = [key for key in one if key in other]
    return Columns(tuple(_picked(files, [row[key] for key in keys]) for files, row in ((images, one), (masks, other))))


def _picked(files: Files, places: list[int]) -> Files:
    return files if places == list(range(len(files))) else files.chosen([files.rows[place] for place in places])


def _keyed(files: Files, by: Callable[[str], str]) -> dict[str, int]:
    keys = [by(path.relative_to(files.folder).as_posix()) for path in files.paths]
    if twice := [key for key, times in Counter(keys).items() if times > 1]:
        raise DataError(f"several files of {files!r} have one key: {twice[:5]}; give by=key, or a narrower pattern")
    return {key: row for row, key in enumerate(keys)}


def _stem(name: str) -> str:
    path = PurePosixPath(normalize("NFC", name))  # a Mac writes accents apart from their letters
    return (path.parent / path.name.split(".")[0]).as_posix()
