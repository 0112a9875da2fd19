"""Tables on disk, row by row."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import Any, final

import numpy as np

from leyden.data.library import library
from leyden.data.pipe.view import Element
from leyden.data.source.indexed import Source
from leyden.data.source.stamp import Opened, check_file, naming
from leyden.errors import DataError

__all__ = ["MISSING", "Table", "table_in"]

MISSING = ("", "NA", "N/A", "NaN", "nan", "NULL", "null")
"""What stands in a cell that holds nothing; "None" is not among them: it is often the name of a class."""

_SUFFIXES = {".csv": ",", ".tsv": "\t", ".tab": "\t", ".parquet": "", ".pq": ""}
_PURPOSE = "reading tables"


@final
class Table(Source):
    """The rows of a table on disk, each a dict; see `table_in`.

    Attributes:
        path: the file.
        columns: the names of its columns.
    """

    def __init__(self, path: Path, form: "_Text | _Parquet") -> None:
        self.path, self._form = path, form
        self.columns = form.names(path)
        self._opened = Opened(path, form.read)

    @property
    def frame(self) -> Any:
        """Its rows as a pandas frame of your own, in the types of pandas that know missing values."""
        with naming(str(self.path)):
            frame = self._opened.get().frame
        return (frame if self._rows is None else frame.iloc[list(self.rows)]).copy()

    def count(self) -> int:
        """See `Source.count`; the table is read."""
        with naming(str(self.path)):
            return len(self._opened.get().frame)

    def at(self, place: int) -> dict[str, Element]:
        """See `Source.at`."""
        with naming(str(self.path)):
            cells = self._opened.get().cells
        return {name: None if empty[place] else _plain(column[place]) for name, column, empty in cells}

    def expression(self) -> str:
        """See `Source.expression`."""
        return f"table_in({str(self.path)!r}{self._form!r})"


def table_in(
    path: str | Path,
    *,
    separator: str | None = None,
    encoding: str = "utf-8",
    text: Sequence[str] = (),
    missing: Sequence[str] = MISSING,
) -> Table:
    r"""The rows of a table on disk (`.csv`, `.tsv`, `.parquet`) as dicts of plain Python values.

    A missing value is None. Only the first line is read now, the rest when a row or the length is first asked for,
    whole and once a process. A column whose cells are all whole numbers, or all numbers, or all true or false has
    values of that type, with or without missing ones; every other is text.

    Args:
        path: the file; a table of text begins with a line of column names.
        separator: what stands between cells; by default a comma, in `.tsv` a tab.
        encoding: how the text is stored.
        text: columns to leave as they are written, such as numbers with leading zeros.
        missing: what stands in a cell that holds nothing.

    Raises:
        DataError: the file is missing, empty or no text in that encoding, has two columns of one name or ragged lines.
        DriverMissing: pandas, or for `.parquet` pyarrow, is not installed.

    Examples:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "plants.csv"
        >>> _ = path.write_text("name,leaves,height\nrose,5,0.5\nmoss,,0.02\n")
        >>> table_in(path).columns, table_in(path)[-1]
        (('name', 'leaves', 'height'), {'name': 'moss', 'leaves': None, 'height': 0.02})
    """
    file = Path(path).expanduser()
    check_file(file, what="table")
    given = _Text(separator, encoding=encoding, text=tuple(text), missing=tuple(missing))
    with naming(str(file)):
        table = Table(file, _form(file.suffix.lower(), given))
        if unknown := [name for name in text if name not in table.columns]:
            raise DataError(f"has no column {', '.join(map(repr, unknown))}; it has {list(table.columns)}")
    return table


def _form(suffix: str, given: "_Text") -> "_Text | _Parquet":
    """How a file with that suffix is read."""
    kind = _SUFFIXES.get(suffix)
    if kind is None and given.separator is None:
        raise DataError(f"is no {' '.join(_SUFFIXES)}; if it is a table of text give separator=','")
    if given.separator is not None and len(given.separator) != 1:
        raise DataError(f"a separator is one letter; given {given.separator!r}")
    if kind != "":
        return replace(given, usual=kind or ",")
    if given != _Text(None):
        raise DataError("knows its own types; leave out separator, encoding, text and missing")
    return _Parquet()


@final
class _Content:
    """A table in memory: its frame, and of each column the name, the cells and which are missing."""

    def __init__(self, frame: Any) -> None:
        self.frame = frame
        self.cells = [(name, _filled(frame[name]), frame[name].isna().to_numpy(bool)) for name in frame.columns]


@final
@dataclass(frozen=True, repr=False)
class _Text:
    """How a table of text is written."""

    separator: str | None
    encoding: str = "utf-8"
    text: tuple[str, ...] = ()
    missing: tuple[str, ...] = MISSING
    usual: str = field(default=",", compare=False)

    def names(self, path: Path) -> tuple[str, ...]:
        with path.open(encoding=self._encoding, newline="") as file:
            try:
                first = file.readline()
                lines = file if _announced(first) else chain([first], file)
                header = next((row for row in self._rows(lines) if row), None)
            except UnicodeError as error:
                raise DataError(self._no_text(error)) from error
        if header is None:
            raise DataError("has no line of column names")
        if self.separator is None and len(header) == 1 and (other := set(header[0]) & set(",;\t|")):
            raise DataError(f"has one column, {header[0][:60]!r}; if it has more give separator={min(other)!r}")
        names = tuple(name or f"Unnamed: {place}" for place, name in enumerate(header))  # as pandas calls them
        if twice := [name for name, times in Counter(names).items() if times > 1]:
            raise DataError(f"has several columns of one name: {', '.join(map(repr, twice))}; rename them")
        return names

    def read(self, path: Path) -> _Content:
        pandas = library("pandas", purpose=_PURPOSE)
        try:
            content = path.read_bytes().decode(self._encoding)
        except UnicodeError as error:
            raise DataError(self._no_text(error)) from error
        names = self.names(path)
        body = content[len(_announced(content)) :].lstrip("\r\n")
        above = content.count("\n", 0, len(content) - len(body))
        self._check_lines(body.rstrip("\r\n"), len(names), above)
        frame = pandas.read_csv(
            StringIO(body.rstrip("\r\n")), sep=self.separator or self.usual, header=0, names=list(names),
            index_col=False, dtype=dict.fromkeys(self.text, "string"), dtype_backend="numpy_nullable",
            na_values=list(self.missing), keep_default_na=False, skip_blank_lines=len(names) > 1, low_memory=False,
        )  # fmt: skip
        for name in frame.select_dtypes("string"):  # as pandas leaves whole numbers beyond 64 bits
            frame[name] = frame[name].mask(frame[name].isin(self.missing))
        return _Content(frame)

    def _check_lines(self, content: str, count: int, above: int) -> None:
        # pandas would fill up lines that are too short with missing values
        lines = content.split("\n")
        if '"' not in content and {line.count(self.separator or self.usual) for line in lines} == {count - 1}:
            return  # without quotation marks there is nothing to weigh, and this is several times as fast
        reader = self._rows(StringIO(content, newline=""))
        try:
            ragged = [(above + reader.line_num, len(row)) for row in reader if row and len(row) != count]
        except csv.Error as error:
            advice = "raise csv.field_size_limit, or save the table as .parquet, if its cells are as large as that"
            line = above + reader.line_num
            raise DataError(f"cannot be taken apart after line {line} ({error}); {advice}") from error
        if ragged:
            listed = ", ".join(f"line {line} has {cells}" for line, cells in ragged[:5])
            more = ", ..." if len(ragged) > 5 else ""
            raise DataError(
                f"has {count} columns, but {len(ragged)} lines with another number of cells: {listed}{more}; mend them "
                "(a cell that holds a separator or a line break is put in quotation marks)"
            )

    def _rows(self, lines: Iterable[str]) -> Any:
        return csv.reader(lines, delimiter=self.separator or self.usual)

    @property
    def _encoding(self) -> str:
        # what Excel saves as UTF-8 begins with a mark, which is no part of the first name
        return "utf-8-sig" if self.encoding.lower() in ("utf-8", "utf8") else self.encoding

    def _no_text(self, error: UnicodeError) -> str:
        return f"is no text in {self.encoding} ({error}); give encoding='cp1252' (Windows, Excel), 'utf-16' or another"

    def __repr__(self) -> str:
        given = {"separator": self.separator, "encoding": self.encoding, "text": self.text, "missing": self.missing}
        usual = {"separator": None, "encoding": "utf-8", "text": (), "missing": MISSING}
        return "".join(f", {name}={value!r}" for name, value in given.items() if value != usual[name])


@final
@dataclass(frozen=True, repr=False)
class _Parquet:
    """A table that knows its own types."""

    def names(self, path: Path) -> tuple[str, ...]:
        library("pyarrow", purpose="reading .parquet tables")
        return tuple(library("pyarrow.parquet", purpose="reading .parquet tables").read_schema(path).names)

    def read(self, path: Path) -> _Content:
        pandas = library("pandas", purpose=_PURPOSE)
        names = list(self.names(path))
        frame = pandas.read_parquet(path, columns=names, dtype_backend="numpy_nullable")
        # pandas makes an index of the columns that were one when it wrote the file
        return _Content((frame.reset_index() if len(frame.columns) < len(names) else frame)[names])

    def __repr__(self) -> str:
        return ""


def _announced(content: str) -> str:
    """The line with which Excel is told the separator, which is no row; empty if there is none."""
    found = re.match(r"sep=.\r?\n", content)
    return found[0] if found else ""


def _filled(column: Any) -> np.ndarray:
    """A column's cells, quick to take one of; anything may stand where a value is missing."""
    if column.dtype.kind in "iufb":
        return column.fillna(False if column.dtype.kind == "b" else 0).to_numpy()
    return column.to_numpy(object)


def _plain(value: Element) -> Element:
    return value.item() if isinstance(value, np.generic) else value
