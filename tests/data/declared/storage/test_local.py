import json
import zipfile

import fsspec
import pytest

from leyden.data.declared.stack import catalog
from leyden.errors import CatalogError, DriverMissing, HashMismatch, UnknownAsset


@pytest.fixture
def memory():
    files = fsspec.filesystem("memory")
    yield files
    files.rm("/", recursive=True)


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "work" / "my data"
    (place / "deep").mkdir(parents=True)
    (place / "2.txt").write_text("two")
    (place / "deep" / "10.txt").write_text("ten")
    return place


def test_a_folder_is_seen_from_the_toml_file(declare, folder, monkeypatch, tmp_path):
    path = declare(driver="folder", type="text", path="my data")
    monkeypatch.chdir(tmp_path)
    assert list(catalog(path)["it"]) == ["two", "ten"]
    assert list(catalog(declare(driver="folder", type="text", path="my data", pattern="*.txt"))["it"]) == ["two"]
    assert catalog(declare(driver="folder", type="path", path="my data"))["it"] == folder


def test_variables_in_a_path_are_expanded(declare, folder, monkeypatch):
    path = declare(driver="folder", type="path", path="${WHERE}/my data")
    with pytest.raises(CatalogError, match=r"dataset 'it' .*needs WHERE, not set in the environment"):
        catalog(path)["it"]
    monkeypatch.setenv("WHERE", str(folder.parent))
    assert catalog(path)["it"] == folder


def test_a_file_and_a_part_of_a_folder_are_read(declare, folder):
    assert catalog(declare(driver="file", type="text", path="my data/2.txt"))["it"] == ["two"]
    assert catalog(declare(driver="folder", type="bytes", path="my data", inside="deep/10.txt"))["it"] == b"ten"
    assert catalog(declare(driver="folder", type="text", path="my data/deep"))["it"][0] == "ten"


def test_a_zip_is_read_in_place_where_the_type_can_and_unpacked_otherwise(declare, folder, tmp_path, cache):
    with zipfile.ZipFile(tmp_path / "work" / "a.zip", "w") as archive:
        for name in ("2.txt", "deep/10.txt"):
            archive.write(folder / name, name)
    assert list(catalog(declare(driver="zip", type="files", path="a.zip"))["it"]) == ["two", "ten"]
    assert not (cache / "datasets" / "unpacked").exists()
    assert list(catalog(declare(driver="zip", type="text", path="a.zip"))["it"]) == ["two", "ten"]
    assert catalog(declare(driver="zip", type="text", path="a.zip", inside="2.txt"))["it"] == ["two"]
    assert catalog(declare(driver="file", type="path", path="a.zip"))["it"].name == "a.zip"
    assert catalog(declare(driver="zip", type="path", path="a.zip"))["it"].is_dir()


@pytest.mark.parametrize(
    ("storage", "message"),
    [
        ({"driver": "folder", "path": "gone"}, "no folder '.*gone'; bring the data there, or edit `path` in .*toml:1"),
        ({"driver": "file", "path": "gone.txt"}, r"no file '.*gone\.txt'"),
        ({"driver": "folder", "path": "my data/2.txt"}, "is a file; write driver = 'file'"),
        ({"driver": "file", "path": "my data"}, "is a folder; write driver = 'folder'"),
        ({"driver": "zip", "path": "my data/2.txt"}, "is no archive by its name"),
        ({"driver": "zip", "path": "gone.zip"}, r"no file '.*gone\.zip'"),
        ({"driver": "file", "path": "my data/2.txt", "inside": "a"}, "no archive, so nothing can be inside"),
        ({"driver": "folder", "path": "my data", "inside": "a"}, "holds no 'a'; check `inside`"),
        ({"driver": "folder", "path": "my data", "inside": "../.."}, "leads out of"),
        ({"driver": "folder", "path": "https://example.org/a"}, "write driver = 'https' and url = 'https://example"),
        ({"driver": "folder", "path": "nosuch://a/b"}, "nosuch://a/b cannot be reached: Protocol not known"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_told_with_what_to_do(declare, folder, storage, message):
    with pytest.raises(CatalogError, match=message):
        catalog(declare(type="bytes", **storage))["it"]


def test_a_type_of_one_file_takes_the_only_file_of_a_folder(declare, folder, tmp_path):
    with zipfile.ZipFile(tmp_path / "work" / "a.zip", "w") as archive:
        archive.writestr("deep/table.csv", "a,b\n1,2\n")
    assert [dict(row) for row in catalog(declare(driver="zip", type="table", path="a.zip"))["it"]] == [{"a": 1, "b": 2}]
    with pytest.raises(CatalogError, match=r"reads one file, and .* holds 2 \(2\.txt, deep/10\.txt\); name one"):
        catalog(declare(driver="folder", type="table", path="my data"))["it"]
    with pytest.raises(CatalogError, match=r"type 'images' reads a folder, and .*2\.txt is a file"):
        catalog(declare(driver="file", type="images", path="my data/2.txt"))["it"]


def test_what_fsspec_reaches_is_brought_here_and_brought_again_when_it_changes(declare, memory):
    memory.pipe("/scans/a.json", b"[1]")
    path = declare(driver="file", type="json", path="memory://scans/a.json")
    assert catalog(path)["it"] == [1]
    memory.pipe("/scans/a.json", b"[1, 2]")
    assert catalog(path)["it"] == [1, 2]
    memory.pipe("/scans/deep/b.json", b"[3]")
    assert list(catalog(declare(driver="folder", type="json", path="memory://scans"))["it"]) == [[1, 2], [3]]
    assert catalog(path).entry("it").pin == "none"


def test_what_is_pinned_is_brought_once_and_then_needs_no_network(declare, memory):
    memory.pipe("/scans/a.json", b"[1]")
    right = "080a9ed428559ef602668b4c00f114f1a11c3f6b02a435f0bdc154578e4d7f22"
    path = declare(f'sha256 = "{right}"', driver="file", type="json", path="memory://scans/a.json")
    assert catalog(path)["it"] == [1]
    memory.rm("/scans", recursive=True)
    assert catalog(path)["it"] == [1]
    memory.pipe("/scans/b.json", b"[1]")
    with pytest.raises(HashMismatch, match=r"b\.json has SHA-256 080a.*declared is 0000"):
        catalog(declare(f'sha256 = "{"0" * 64}"', driver="file", type="json", path="memory://scans/b.json"))["it"]


def test_the_address_itself_can_be_had(declare, memory):
    assert catalog(declare(driver="folder", type="path", path="memory://scans/x"))["it"] == "memory://scans/x"


def test_an_address_with_nothing_there_is_told(declare, memory):
    with pytest.raises(CatalogError, match="there is no file at memory://gone"):
        catalog(declare(driver="folder", type="files", path="memory://gone"))["it"]
    with pytest.raises(DriverMissing):
        catalog(declare(driver="folder", type="files", path="nosuch://gone"))["it"]


def test_assets_are_datasets(declare):
    picture = catalog(declare(driver="asset", type="bytes", asset="photos", member="coffee.png"))["it"]
    assert picture[:4] == b"\x89PNG"
    folder = catalog(declare(driver="asset", type="path", asset="photos"))["it"]
    assert (folder / "coffee.png").read_bytes() == picture
    with pytest.raises(UnknownAsset, match=r"dataset 'it' .*no asset named 'photo'; closest: photos"):
        catalog(declare(driver="asset", type="path", asset="photo"))["it"]


def test_json_of_ones_own_is_read(declare, tmp_path):
    (tmp_path / "work" / "a.json").write_text(json.dumps({"ä": None}), "utf-8")
    assert catalog(declare(driver="file", type="json", path="a.json"))["it"] == {"ä": None}
