"""A folder of class folders as labelled images."""

import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from operator import index as whole
from pathlib import Path
from typing import final, overload

from leyden.data.pipe.element import map as map_step
from leyden.data.pipe.loader import parallel
from leyden.data.read import read_image
from leyden.errors import DataError, EmptyFolder, TooFewClasses, UnreadableImage
from leyden.types import Rgb

__all__ = ["ImageFault", "LabelledImages", "check_images", "images_in"]

_SUFFIXES = (
    ".avif", ".bmp", ".gif", ".jfif", ".jp2", ".jpe", ".jpeg", ".jpg", ".pbm", ".pgm", ".png", ".pnm", ".ppm", ".tga",
    ".tif", ".tiff", ".webp",
)  # fmt: skip


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
        folder: where they lie.
        classes: the names of the class folders that hold images, sorted; a label is a place in this row.
        paths: the image files, class by class.
        labels: their classes' places.
        ignored: hidden files, files that are no images by their suffix, and folders met twice through links.
        empty: class folders without an image; they are no classes.
    """

    folder: Path
    classes: tuple[str, ...]
    paths: tuple[Path, ...]
    labels: tuple[int, ...]
    ignored: tuple[Path, ...] = field(default=())
    empty: tuple[Path, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.paths)

    @overload
    def __getitem__(self, index: int) -> tuple[Rgb, int]: ...
    @overload
    def __getitem__(self, index: slice) -> "LabelledImages": ...
    def __getitem__(self, index: int | slice) -> "tuple[Rgb, int] | LabelledImages":
        if isinstance(index, slice):
            return replace(self, paths=self.paths[index], labels=self.labels[index])
        place = whole(index)
        if not -len(self) <= place < len(self):
            raise IndexError(f"index {place} lies outside {self!r}, which has {len(self)} images")
        return read_image(self.paths[place]), self.labels[place]

    def __repr__(self) -> str:
        return f"images_in({str(self.folder)!r})"


def images_in(folder: str | Path, *, check: bool = False) -> LabelledImages:
    """The images of a folder that holds one folder a class: `folder/rose/1.jpg`, `folder/tulip/any/depth/2.png`.

    Files are found by suffix and decoded by `read_image` when they are asked for. Links to folders are followed, but
    a folder met twice below one class counts once. Hidden files and other files are listed in `ignored`.
    Class folders without an image are left out, with a UserWarning that names them.

    Args:
        folder: where the class folders lie.
        check: decode every image now, and report all that cannot be at once.

    Returns:
        A container of (picture, class index).

    Raises:
        EmptyFolder: there is no such folder, or no image in class folders below it.
        TooFewClasses: only one folder below it holds images.
        UnreadableImage: `check` found faults; all are named.
    """
    root = Path(folder).expanduser()
    _check_folder(root)
    images = _scanned(root)
    _check_classes(images)
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
        root = Path(images).expanduser()
        _check_folder(root)
        images = _scanned(root)
        _check_classes(images)
    faults = parallel(map_step(list(images.paths), _fault_of))
    empty = [ImageFault(path, f"{path} holds no image; fill it or remove it") for path in images.empty]
    return [fault for fault in faults if fault is not None] + empty


def _fault_of(path: Path) -> ImageFault | None:
    try:
        read_image(path)
    except UnreadableImage as error:
        return ImageFault(path, str(error))
    return None


def _check_folder(root: Path) -> None:
    if not root.exists():
        raise EmptyFolder(f"no folder {str(root)!r}, seen from {Path.cwd()}; check the path")
    if not root.is_dir():
        raise EmptyFolder(
            f"{str(root)!r} is a file; give the folder that holds the class folders (unpack an archive first)"
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
    filled = [name for name, paths in classes.items() if paths]
    return LabelledImages(
        root,
        classes=tuple(filled),
        paths=tuple(path for name in filled for path in classes[name]),
        labels=tuple(label for label, name in enumerate(filled) for _ in classes[name]),
        ignored=tuple(ignored),
        empty=tuple(root / name for name, paths in classes.items() if not paths),
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
        loose = [path.name for path in images.ignored if path.parent == root and not _hidden(path) and _is_image(path)]
        if loose:
            raise EmptyFolder(
                f"images that lie directly in {root} have no class ({len(loose)} found, first {loose[0]!r}); {wanted}"
            )
        raise EmptyFolder(
            f"no image in {root}, nor in any folder below it; {wanted}; with suffixes {' '.join(_SUFFIXES)}"
        )
    if len(images.classes) == 1:
        name = images.classes[0]
        inner = sorted({path.relative_to(root / name).parts[0] for path in images.paths if path.parent != root / name})
        advice = f"did you mean images_in({str(root / name)!r})?" if len(inner) > 1 else wanted
        also = f" ({', '.join(path.name for path in images.empty)} hold no image)" if images.empty else ""
        raise TooFewClasses(f"{root} has only one class, {name!r}{also}; training needs at least two; {advice}")


def _entries(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:
        return sorted(folder / entry.name for entry in entries)


def _is_image(path: Path) -> bool:
    # a link that leads nowhere is an image that cannot be read: it must be reported, not passed over
    return path.suffix.lower() in _SUFFIXES and (path.is_file() or path.is_symlink())


def _hidden(path: Path) -> bool:
    return path.name.startswith(".")


def _identity(folder: Path) -> tuple[int, int]:
    status = folder.stat()
    return status.st_dev, status.st_ino
