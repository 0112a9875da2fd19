import pickle
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import leyden as ly
from leyden.data.source.table import table_in
from leyden.errors import DataChanged, DataError, DriverMissing

PLANTS = """name,leaves,height,green,note
rose,5,0.5,True,
"moss, wet",,0.02,False,None
ä,7,,,NA
"""


@pytest.fixture
def plants(tmp_path):
    path = tmp_path / "my plänts.csv"
    path.write_text(PLANTS, encoding="utf-8")
    return path


def test_rows_are_dicts_of_plain_values(plants):
    table = table_in(plants)
    assert table.columns == ("name", "leaves", "height", "green", "note")
    assert list(table) == [
        {"name": "rose", "leaves": 5, "height": 0.5, "green": True, "note": None},
        {"name": "moss, wet", "leaves": None, "height": 0.02, "green": False, "note": "None"},
        {"name": "ä", "leaves": 7, "height": None, "green": None, "note": None},
    ]
    assert [type(value) for value in table[0].values()] == [str, int, float, bool, type(None)]
    assert (len(table), table[-1]["name"], table[1:][0]["name"]) == (3, "ä", "moss, wet")
    assert repr(table) == f"table_in('{plants}')"


def test_the_frame_is_a_copy_of_the_rows_shown(plants):
    table = table_in(plants)
    frame = table[::-2].frame
    assert frame["name"].tolist() == ["ä", "rose"]
    frame.loc[:, "name"] = "x"
    assert table[0]["name"] == "rose"
    assert [str(kind) for kind in table.frame.dtypes] == ["string", "Int64", "Float64", "boolean", "string"]


def test_nothing_but_the_first_line_is_read_at_first(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n3\n")
    table = table_in(path)
    assert table.columns == ("a", "b")
    with pytest.raises(DataError, match=r"x\.csv: has 2 columns, but 1 lines"):
        len(table)


def test_ragged_lines_are_all_named(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text('a,b\n1,2\n3\n"4\n5",6\n7,8,9\n' + "x\n" * 9)
    with pytest.raises(
        DataError, match=r"11 lines .*: line 3 has 1, line 6 has 3, line 7 has 1, .*, \.\.\.; mend them"
    ):
        table_in(path)[0]
    path.write_text("a,b\n1,2,3\n4,5,6\n")
    with pytest.raises(DataError, match="line 2 has 3, line 3 has 3"):
        table_in(path)[0]


def test_files_that_are_no_tables_are_refused_with_what_to_do(tmp_path):
    for content, message in [
        (b"", r"x\.csv is empty \(0 bytes\)"),
        (b"\n\n", "has no line of column names"),
        (b"a,b,a,c,b\n", "has several columns of one name: 'a', 'b'; rename them"),
        ("ä,b\n".encode("latin-1"), r"is no text in utf-8 \(.*0xe4 .*give encoding='cp1252'"),
        (b"a;b\n1;2\n", "has one column, 'a;b'; if it has more give separator=';'"),
    ]:
        (tmp_path / "x.csv").write_bytes(content)
        with pytest.raises(DataError, match=message):
            table_in(tmp_path / "x.csv")
    (tmp_path / "x.csv").write_bytes(b"a,b\n" + b"1,2\n" * 9000 + "ä,1\n".encode("latin-1"))
    with pytest.raises(DataError, match="is no text in utf-8"):
        len(table_in(tmp_path / "x.csv"))
    with pytest.raises(DataError, match=r"no table '.*gone.csv', seen from"):
        table_in(tmp_path / "gone.csv")
    (tmp_path / "x.xls").write_text("a\n1\n")
    with pytest.raises(DataError, match=r"x\.xls: is no \.csv .*; if it is a table of text give separator=','"):
        table_in(tmp_path / "x.xls")
    assert table_in(tmp_path / "x.xls", separator=",")[0] == {"a": 1}


def test_arguments_that_do_not_fit_are_refused(plants, tmp_path):
    with pytest.raises(DataError, match=r"has no column 'color'; it has \['name', "):
        table_in(plants, text=["color"])
    with pytest.raises(DataError, match="a separator is one letter; given ', '"):
        table_in(plants, separator=", ")
    (tmp_path / "x.parquet").write_bytes(b"x")
    with pytest.raises(DataError, match="knows its own types; leave out separator"):
        table_in(tmp_path / "x.parquet", text=["a"])


def test_a_parquet_table_says_when_its_library_is_missing(tmp_path, monkeypatch):
    (tmp_path / "x.parquet").write_bytes(b"x")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(DriverMissing, match=r"reading \.parquet tables needs pyarrow"):
        table_in(tmp_path / "x.parquet")


def test_other_separators_encodings_and_marks(tmp_path):
    (tmp_path / "x.tsv").write_text("a\tb\n1\tx,y\n")
    assert table_in(tmp_path / "x.tsv")[0] == {"a": 1, "b": "x,y"}
    (tmp_path / "x.csv").write_bytes("ä;b\r\nö;?\r\n".encode("cp1252"))
    table = table_in(tmp_path / "x.csv", separator=";", encoding="cp1252", missing=["?"])
    assert table[0] == {"ä": "ö", "b": None}
    assert repr(table) == f"table_in('{tmp_path}/x.csv', separator=';', encoding='cp1252', missing=('?',))"
    (tmp_path / "x.csv").write_text("a,b\n1,2\n", encoding="utf-8-sig")
    assert table_in(tmp_path / "x.csv").columns == ("a", "b")
    (tmp_path / "x.csv").write_text("a,b\n1,2\n", encoding="utf-16")
    assert table_in(tmp_path / "x.csv", encoding="utf-16")[0] == {"a": 1, "b": 2}


def test_numbers_may_be_kept_as_they_are_written(tmp_path):
    (tmp_path / "x.csv").write_text(",code,n\n0,007,1\n1,,2\n")
    assert list(table_in(tmp_path / "x.csv", text=("code",))) == [
        {"Unnamed: 0": 0, "code": "007", "n": 1},
        {"Unnamed: 0": 1, "code": None, "n": 2},
    ]
    assert table_in(tmp_path / "x.csv")[0]["code"] == 7


def test_a_column_has_one_type_however_long_it_is(tmp_path):
    (tmp_path / "x.csv").write_text("a,b\n" + "1,1\n" * 200_000 + "x,9007199254740993\n,\n")
    table = table_in(tmp_path / "x.csv")
    assert (table[0]["a"], table[-2]["a"], table[-1]["a"]) == ("1", "x", None)
    assert table[-2]["b"] == 9007199254740993  # which no float holds


def test_one_column_keeps_its_empty_lines(tmp_path):
    (tmp_path / "x.csv").write_text("a\n1\n\n3\n")
    assert [row["a"] for row in table_in(tmp_path / "x.csv")] == [1, None, 3]
    (tmp_path / "x.csv").write_text("a\n1\n\n3\n\n\n")
    assert [row["a"] for row in table_in(tmp_path / "x.csv")] == [1, None, 3]
    (tmp_path / "x.csv").write_text("a,b\n")
    assert list(table_in(tmp_path / "x.csv")) == []


def test_a_table_is_read_again_after_pickling_and_noticed_when_changed(plants):
    table = table_in(plants)
    rows = list(table)
    assert list(table | ly.data.parallel(2)) == rows
    assert list(pickle.loads(pickle.dumps(table[1:]))) == rows[1:]
    plants.write_text(PLANTS + "x,1,1,True,\n", encoding="utf-8")
    with pytest.raises(DataChanged, match=r"plänts\.csv was written to since"):
        table[0]


cells = st.none() | st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=4
)


@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=5))
def test_text_comes_back_as_it_was_written(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("text") / "x.csv"
    quoted = [",".join('"' + (cell or "").replace('"', '""') + '"' for cell in row) for row in rows]
    path.write_text("a,b\n" + "\n".join(quoted) + "\n", encoding="utf-8", newline="")
    table = table_in(path, text=["a", "b"], missing=[""])
    assert [tuple(row.values()) for row in table] == [tuple(cell or None for cell in row) for row in rows]


@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=9))
def test_numbers_come_back_to_the_last_bit(tmp_path_factory, numbers):
    path = tmp_path_factory.mktemp("numbers") / "x.csv"
    path.write_text("a,b\n" + "".join(f"{number!r},{place}\n" for place, number in enumerate(numbers)))
    assert [row["a"] for row in table_in(path)] == numbers


def test_cells_too_large_for_the_csv_module_are_named(tmp_path):
    (tmp_path / "x.csv").write_text('a,b\n1,2\n1,"' + "x" * 200_000 + '"\n')
    with pytest.raises(
        DataError, match=r"x\.csv: cannot be taken apart after line \d .*larger than field limit .*parquet"
    ):
        len(table_in(tmp_path / "x.csv"))


def test_whole_numbers_beyond_64_bits_may_be_missing(tmp_path):
    (tmp_path / "x.csv").write_text("id,n\n18446744073709551615,1\n,2\nNA,3\n")
    assert [row["id"] for row in table_in(tmp_path / "x.csv")] == ["18446744073709551615", None, None]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_line_that_tells_excel_the_separator_is_no_row(tmp_path, encoding):
    (tmp_path / "x.csv").write_text("sep=;\r\nname;n\r\nä;1\r\n", encoding=encoding, newline="")
    told = "utf-16" if encoding == "utf-16" else "utf-8"
    assert list(table_in(tmp_path / "x.csv", separator=";", encoding=told)) == [{"name": "ä", "n": 1}]
    with pytest.raises(DataError, match=r"has one column, 'name;n'; if it has more give separator=';'"):
        table_in(tmp_path / "x.csv", encoding=told)
    (tmp_path / "x.csv").write_text("sep=;\n\na;b\n1;2;3\n")
    with pytest.raises(DataError, match="line 4 has 3"):
        list(table_in(tmp_path / "x.csv", separator=";"))
