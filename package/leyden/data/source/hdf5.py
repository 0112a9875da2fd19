"""HDF5 files, row by row."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, final

from leyden.data.library import library
from leyden.data.pipe.view import Element
from leyden.data.source.cell import element_of, why_no_column
from leyden.data.source.indexed import Source
from leyden.data.source.stamp import Opened, check_file, naming
from leyden.errors import DataError

__all__ = ["Hdf5", "hdf5_in"]

_CHUNKS = 64 << 20  # bytes; HDF5's own 1 MiB holds no chunk of a few photographs, which is then unpacked for each row


@final
class Hdf5(Source):
    """The rows of datasets in an HDF5 file; see `hdf5_in`.

    Attributes:
        path: the file.
        names: the datasets, with the groups they lie in: "train/image".
    """

    def __init__(self, path: Path, names: tuple[str, ...], *, count: int, alone: bool) -> None:
        self.path, self.names = path, names
        self._count, self._alone = count, alone
        self._opened = Opened(path, _datasets)

    def count(self) -> int:
        """See `Source.count`."""
        return self._count

    def at(self, place: int) -> Element:
        """See `Source.at`."""
        with naming(str(self.path)):
            datasets = self._opened.get()
            row = {name: _element(datasets[name], place) for name in self.names}
        return row[self.names[0]] if self._alone else row

    def expression(self) -> str:
        """See `Source.expression`."""
        return f"hdf5_in({str(self.path)!r}, {self.names[0] if self._alone else list(self.names)!r})"


def hdf5_in(path: str | Path, names: str | Sequence[str] | None = None) -> Hdf5:
    """Datasets of an HDF5 file side by side, row by row.

    An element is a dict of the datasets' rows by name: tensors, or text. The file is opened once a process; its threads
    take turns, as HDF5 demands. 64 MiB of unpacked chunks are kept for each dataset, so rows read in order cost one
    unpacking a chunk.

    Args:
        path: the file.
        names: which datasets, with the groups they lie in: "train/image"; by default all. Given as one text, elements
            are the rows themselves.

    Raises:
        DataError: the file is missing, cut short or no HDF5; a dataset is not in it, has no rows or holds neither
            numbers nor text; or their lengths differ.
        DriverMissing: h5py is not installed.

    Examples:
        >>> import tempfile, h5py
        >>> path = Path(tempfile.mkdtemp()) / "set.h5"
        >>> with h5py.File(path, "w") as file:
        ...     file["train/x"], file["train/name"] = [[1, 2], [3, 4]], ["a", "b"]
        >>> hdf5_in(path)[-1], hdf5_in(path, "train/name")[0]
        ({'train/name': 'b', 'train/x': tensor([3, 4])}, 'a')
    """
    file = Path(path).expanduser()
    check_file(file, what="HDF5 file")
    with naming(str(file)):
        datasets = _datasets(file)
        chosen = tuple(datasets) if names is None else (names,) if isinstance(names, str) else tuple(names)
        count = _length(datasets, chosen)
    return Hdf5(file, chosen, count=count, alone=isinstance(names, str))


def _length(datasets: dict[str, Any], chosen: tuple[str, ...]) -> int:
    """How many rows the chosen datasets have; refuses what cannot be read side by side."""
    if missing := [name for name in chosen if name not in datasets]:
        raise DataError(f"holds no dataset {', '.join(map(repr, missing))}; it holds {list(datasets)}")
    if not chosen:
        raise DataError("no dataset is chosen; name at least one" if datasets else "holds no dataset")
    faults = [f"{name!r} {why}" for name in chosen if (why := _why_no_column(datasets[name]))]
    if faults:
        raise DataError(f"{'; '.join(faults)}: choose others with names=[...] of {list(datasets)}")
    lengths = {name: datasets[name].shape[0] for name in chosen}
    if len(set(lengths.values())) > 1:
        raise DataError(f"datasets side by side must be equally long; their lengths are {lengths}; choose by names")
    return lengths[chosen[0]]


def _datasets(path: Path) -> dict[str, Any]:
    """All datasets of a file that stays open as long as one of them is held, by name."""
    h5py = library("h5py", purpose="reading HDF5 files")
    try:
        file = h5py.File(path, "r", rdcc_nbytes=_CHUNKS)
    except OSError as error:
        raise DataError(f"is no HDF5 file, or cut short or open for writing ({error})") from error
    return dict(_below(file, "", (file,)))


def _below(group: Any, before: str, above: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    """The datasets in a group and in those below it, also through links, but none from within itself."""
    h5py = library("h5py", purpose="reading HDF5 files")
    for key in group:
        thing = group.get(key)  # None for a link that leads nowhere
        if isinstance(thing, h5py.Dataset):
            yield before + key, thing
        elif isinstance(thing, h5py.Group) and thing not in above:
            yield from _below(thing, f"{before}{key}/", (*above, thing))


def _why_no_column(dataset: Any) -> str | None:
    h5py = library("h5py", purpose="reading HDF5 files")
    if h5py.check_string_dtype(dataset.dtype) and dataset.shape:
        return None
    varying = h5py.check_vlen_dtype(dataset.dtype)
    return why_no_column(dataset.shape or (), dataset.dtype if varying is None else varying)


def _element(dataset: Any, place: int) -> Element:
    row = dataset[place]
    if isinstance(row, bytes):
        return row.decode()
    if row.dtype.kind == "O":  # texts of varying length
        return dataset.asstr()[place].tolist()
    return element_of(row)
