"""A folder of class folders as labelled images."""

import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from operator import index as whole
from pathlib import Path
from typing import final, overload
from zipfile import is_zipfile

from leyden.data.pipe.element import map as map_step
from leyden.data.pipe.loader import parallel
from leyden.data.pipe.view import sliced
from leyden.data.read import IMAGE_SUFFIXES, read_image, smallest
from leyden.data.source.pattern import hidden
from leyden.data.source.stamp import Stamp, check_unchanged, naming, stamp_of
from leyden.data.source.zipped import Archive
from leyden.errors import DataError, EmptyFolder, TooFewClasses, UnreadableImage
from leyden.types import Rgb

__all__ = ["ImageFault", "LabelledImages", "check_images", "images_in"]


@final
@dataclass(frozen=True)
class ImageFault:
    """Something wrong in a folder of images.

    Args:
        path: the file or folder.
        problem: what is wrong with it, and what to do; names the path.
    """

    path: Path
    problem: str


@final
@dataclass(frozen=True, repr=False)
class LabelledImages:
    """The images of a folder and their classes: a container of pairs, each decoded when it is asked for.

    Args:
        folder: where they lie; it may be a zip archive, or a folder within one.
        classes: the names of the class folders that hold images, sorted; a label is a place in this row.
        paths: the image files, class by class.
        labels: their classes' places.
        ignored: hidden files, files that are no images by their suffix, and folders met twice through links.
        empty: class folders without an image; they are no classes.
        stamps: the files' sizes and times, to notice a change; none are compared if none are given.
        at_least: see `read_image`.
        archive: the zip archive that holds the files.
        shown: which of all images these are, after a slice; None for all.
    """

    folder: Path
    classes: tuple[str, ...]
    paths: tuple[Path, ...]
    labels: tuple[int, ...]
    ignored: tuple[Path, ...] = field(default=())
    empty: tuple[Path, ...] = field(default=())
    stamps: tuple[Stamp, ...] = field(default=())
    at_least: int | tuple[int, int] | None = field(default=None)
    archive: Archive | None = field(default=None)
    shown: range | None = field(default=None)

    def __len__(self) -> int:
        return len(self.paths)

    @overload
    def __getitem__(self, index: int) -> tuple[Rgb, int]: ...
    @overload
    def __getitem__(self, index: slice) -> "LabelledImages": ...
    def __getitem__(self, index: int | slice) -> "tuple[Rgb, int] | LabelledImages":
        if isinstance(index, slice):
            shown = (range(len(self)) if self.shown is None else self.shown)[index]
            part = {"paths": self.paths[index], "labels": self.labels[index], "stamps": self.stamps[index]}
            return replace(self, **part, shown=shown)
        place = whole(index)
        if not -len(self) <= place < len(self):
            raise IndexError(f"index {place} lies outside {self!r}, which has {len(self)} images")
        return self._picture(place), self.labels[place]

    def _picture(self, place: int) -> Rgb:
        path = self.paths[place]
        if self.archive is not None:
            content = self.archive.content(path.relative_to(self.archive.path).as_posix())
            with naming(str(path)):
                return read_image(content, at_least=self.at_least)
        if self.stamps:
            check_unchanged(path, self.stamps[place])
        return read_image(path, at_least=self.at_least)

    def __repr__(self) -> str:
        at_least = "" if self.at_least is None else f", at_least={self.at_least}"
        part = "" if self.shown is None else sliced(self.shown)
        return f"images_in({str(self.folder)!r}{at_least}){part}"


def images_in(
    folder: str | Path, *, check: bool = False, at_least: int | tuple[int, int] | None = None
) -> LabelledImages:
    """The images of a folder that holds one folder a class: `folder/rose/1.jpg`, `folder/tulip/any/depth/2.png`.

    Files are found by suffix and decoded by `read_image` when they are asked for. Links to folders are followed, but
    a folder met twice below one class counts once. Hidden files and other files are listed in `ignored`.
    Class folders without an image are left out, with a UserWarning that names them.

    Args:
        folder: where the class folders lie: a folder, a zip archive, or a folder within one: "photos.zip/train". Of an
            archive nothing is unpacked to disk.
        check: decode every image now, and report all that cannot be at once.
        at_least: the height and width, or the shorter side, that a later step shrinks the pictures to: JPEGs are then
            decoded smaller, and faster, see `read_image`.

    Returns:
        A container of (picture, class index). Reading a file that was written to since raises DataChanged.

    Raises:
        DataError: `at_least` is no positive size, or the archive cannot be opened.
        EmptyFolder: there is no such folder, or no image in class folders below it.
        TooFewClasses: only one folder below it holds images.
        UnreadableImage: `check` found faults; all are named.
    """
    if at_least is not None:
        smallest(at_least)
    images = replace(_found(Path(folder).expanduser()), at_least=at_least)
    root = images.folder
    if check and (faults := check_images(images)):
        listed = "\n".join(f"- {fault.problem}" for fault in faults)
        raise UnreadableImage(f"{len(faults)} of {len(images)} images in {root} have a fault:\n{listed}")
    if images.empty:
        names = ", ".join(repr(path.name) for path in images.empty)
        warnings.warn(f"class folders without an image in {root} are left out: {names}", UserWarning, stacklevel=2)
    return images


def check_images(images: str | Path | LabelledImages) -> list[ImageFault]:
    """Decode every image of a folder and report what is wrong with any; costs one full read, on all cores.

    Args:
        images: what `images_in` gave, or the folder it would be given.

    Returns:
        One fault for every image that cannot be decoded and for every class folder without an image, in their order.

    Raises:
        EmptyFolder: as `images_in` does.
        TooFewClasses: as `images_in` does.
    """
    if not isinstance(images, LabelledImages):
        images = _found(Path(images).expanduser())
    faults = parallel(map_step(range(len(images)), partial(_fault_of, images)))
    empty = [ImageFault(path, f"{path} holds no image; fill it or remove it") for path in images.empty]
    return [fault for fault in faults if fault is not None] + empty


def _fault_of(images: LabelledImages, place: int) -> ImageFault | None:
    try:
        images[place]
    except DataError as error:
        return ImageFault(images.paths[place], str(error))
    return None


def _found(root: Path) -> LabelledImages:
    """The images below a folder, in a zip archive, or below a folder in one; refuses what training cannot use."""
    path = next((place for place in (root, *root.parents) if place.is_file()), None)
    if path is not None and is_zipfile(path):
        images = _listed(Archive(path), root)
    else:
        _check_folder(root)
        images = _scanned(root)
    _check_classes(images)
    return images


def _listed(archive: Archive, root: Path) -> LabelledImages:
    """Every image in the class folders of an archive, or of a folder in it; refuses nothing."""
    classes: dict[str, list[Path]] = {}
    ignored: list[Path] = []
    for path in sorted(archive.path / name for name in archive.names):
        if not path.is_relative_to(root):
            continue
        name = path.relative_to(root).as_posix()
        if "/" not in name or hidden(name) or path.suffix.lower() not in IMAGE_SUFFIXES:
            ignored.append(path)
        else:
            classes.setdefault(name.split("/")[0], []).append(path)
    images = _arranged(root, classes, ignored)
    return replace(images, stamps=(), archive=archive)


def _check_folder(root: Path) -> None:
    if not root.exists():
        raise EmptyFolder(f"no folder {str(root)!r}, seen from {Path.cwd()}; check the path")
    if not root.is_dir():
        raise EmptyFolder(
            f"{str(root)!r} is a file; give a folder of class folders, or a zip archive of them (unpack others first)"
        )


def _scanned(root: Path) -> LabelledImages:
    """Every image below the class folders of a folder; refuses nothing."""
    above = {_identity(place) for place in (root.resolve(), *root.resolve().parents)}
    classes: dict[str, list[Path]] = {}
    ignored: list[Path] = []
    try:
        for entry in _entries(root):
            if not entry.is_dir() or _hidden(entry) or _identity(entry) in above:
                ignored.append(entry)
                continue
            classes[entry.name] = sorted(_images_below(entry, set(above), ignored))
    except OSError as error:
        raise DataError(f"cannot list all of {root}: {error}; check its permissions") from error
    return _arranged(root, classes, ignored)


def _arranged(root: Path, classes: dict[str, list[Path]], ignored: list[Path]) -> LabelledImages:
    filled = [name for name, paths in classes.items() if paths]
    paths = tuple(path for name in filled for path in classes[name])
    return LabelledImages(
        root,
        classes=tuple(filled),
        paths=paths,
        labels=tuple(label for label, name in enumerate(filled) for _ in classes[name]),
        ignored=tuple(ignored),
        empty=tuple(root / name for name, inside in classes.items() if not inside),
        stamps=tuple(map(stamp_of, paths)),
    )


def _images_below(folder: Path, met: set[tuple[int, int]], ignored: list[Path]) -> Iterator[Path]:
    met.add(_identity(folder))
    for entry in _entries(folder):
        if _hidden(entry):
            ignored.append(entry)
        elif entry.is_dir():
            if _identity(entry) in met:
                ignored.append(entry)
            else:
                yield from _images_below(entry, met, ignored)
        elif _is_image(entry):
            yield entry
        else:
            ignored.append(entry)


def _check_classes(images: LabelledImages) -> None:
    root, wanted = images.folder, "images_in wants one folder a class: folder/rose/1.jpg, folder/tulip/2.jpg"
    if not images.paths:
        loose = [
            path.name
            for path in images.ignored
            if path.parent == root and not _hidden(path) and _is_image(path, zipped=images.archive is not None)
        ]
        if loose:
            raise EmptyFolder(
                f"images that lie directly in {root} have no class ({len(loose)} found, first {loose[0]!r}); {wanted}"
            )
        raise EmptyFolder(
            f"no image in {root}, nor in any folder below it; {wanted}; with suffixes {' '.join(IMAGE_SUFFIXES)}"
        )
    if len(images.classes) == 1:
        name = images.classes[0]
        inner = sorted({path.relative_to(root / name).parts[0] for path in images.paths if path.parent != root / name})
        declared = "" if images.archive is None else f" In a declaration, inside = {name!r} says so."
        advice = f"did you mean images_in({str(root / name)!r})?{declared}" if len(inner) > 1 else wanted
        also = f" ({', '.join(path.name for path in images.empty)} hold no image)" if images.empty else ""
        raise TooFewClasses(f"{root} has only one class, {name!r}{also}; training needs at least two; {advice}")


def _entries(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:
        return sorted(folder / entry.name for entry in entries)


def _is_image(path: Path, *, zipped: bool = False) -> bool:
    # a link that leads nowhere is an image that cannot be read: it must be reported, not passed over
    return path.suffix.lower() in IMAGE_SUFFIXES and (zipped or path.is_file() or path.is_symlink())


def _hidden(path: Path) -> bool:
    return path.name.startswith(".")


def _identity(folder: Path) -> tuple[int, int]:
    status = folder.stat()
    return status.st_dev, status.st_ino
