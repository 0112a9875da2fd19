from base64 import b64encode

import pytest

from leyden.data.declared.stack import catalog
from leyden.errors import CatalogError


def test_rows_are_a_table_with_their_own_types(declare):
    rows = [{"name": "Ada", "age": 36, "code": "007"}, {"name": "Bo", "age": 4, "code": "1"}]
    path = declare(driver="inline", type="table", rows=rows)
    assert catalog(path)["it"] == rows
    assert catalog(declare(driver="inline", type="json", rows=rows))["it"] == rows


def test_a_text_is_the_file_that_the_type_reads(declare):
    table = catalog(declare(driver="inline", type="table", text="name,age\nAda,36\nBo,4\n"))["it"]
    assert [dict(row) for row in table] == [{"name": "Ada", "age": 36}, {"name": "Bo", "age": 4}]
    assert catalog(declare(driver="inline", type="text", text="one\nzwei ü"))["it"] == ["one", "zwei ü"]
    assert catalog(declare(driver="inline", type="json", text='{"a": [1]}'))["it"] == {"a": [1]}
    lines = declare(driver="inline", type="json", text='{"a": 1}\n{"a": 2}', filename="a.jsonl")
    assert catalog(lines)["it"] == [{"a": 1}, {"a": 2}]


def test_bytes_and_folders_of_files_are_given_in_base64(declare):
    content = bytes(range(256))
    packed = b64encode(content).decode()
    path = declare(driver="inline", type="bytes", bytes64=f"{packed[:40]}\n {packed[40:]}")
    assert catalog(path)["it"] == content
    files = {"2.txt": "two", "deep/10.txt": {"bytes64": b64encode(b"ten").decode()}}
    assert list(catalog(declare(driver="inline", type="text", files=files))["it"]) == ["two", "ten"]


def test_a_sha256_of_inline_files_is_checked(declare):
    hello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    path = declare(f'sha256 = "{hello.upper()}"', driver="inline", type="text", text="hello")
    assert catalog(path)["it"] == ["hello"]


@pytest.mark.parametrize(
    ("storage", "message"),
    [
        ({}, "takes exactly one of rows, text, bytes64, files; given none"),
        ({"text": "a", "rows": [{"a": 1}]}, "given rows and text"),
        ({"rows": [{"a": 1}, {"b": 1}]}, r"row 1 has the keys \['b'\], row 0 has \['a'\]"),
        ({"bytes64": "a!"}, "bytes64 of 'table.csv' is not base64"),
        ({"files": {"../a": "x"}}, "'../a' leads out"),
        ({"files": {"a": {"base64": "x"}}}, r"file 'a' is .*given a table of \['base64'\]"),
        ({"text": "a", "filename": "../a"}, "is no plain file name"),
    ],
)
def test_content_that_is_not_as_it_should_be_is_told(declare, storage, message):
    with pytest.raises(CatalogError, match=message):
        catalog(declare(driver="inline", type="table", **storage))["it"]


def test_rows_fit_only_types_of_rows(declare):
    with pytest.raises(CatalogError, match="rows can be of type 'table' or 'json'"):
        catalog(declare(driver="inline", type="images", rows=[{"a": 1}]))["it"]
    with pytest.raises(CatalogError, match="have no sha256"):
        catalog(declare(f'sha256 = "{"0" * 64}"', driver="inline", type="table", rows=[{"a": 1}]))["it"]
