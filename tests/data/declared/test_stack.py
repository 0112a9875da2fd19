import io
import json
import os
import pickle
import zipfile
from base64 import b64encode
from pathlib import Path

import pytest
from PIL import Image

from leyden.data.declared.injection import uses
from leyden.data.declared.stack import Catalog, catalog
from leyden.errors import CatalogError, HashMismatch, LeydenError, UnknownDataset


def inline(name, text="x", **fields):
    more = "\n".join(f'{key} = "{value}"' for key, value in fields.items())
    return f"""
[[datasets]]
name = "{name}"
{more}
storage = {{driver = "inline", type = "text", text = "{text}"}}
"""


def png(shade):
    file = io.BytesIO()
    Image.new("RGB", (3, 2), (shade, 0, 0)).save(file, "PNG")
    return file.getvalue()


PICTURES = {"rose/1.png": png(1), "rose/2.png": png(2), "tulip/ä b.png": png(3)}


@uses("flowers")
def reds(flowers):
    return flowers.classes, [(int(image[0, 0, 0]), label) for image, label in flowers]


def test_the_same_function_reads_a_folder_a_zip_or_the_toml_itself(tmp_path):
    for name, content in PICTURES.items():
        (tmp_path / "lay" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "lay" / name).write_bytes(content)
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as archive:
        for name, content in PICTURES.items():
            archive.writestr(f"all/{name}", content)
    inside = ", ".join(
        f'"{name}" = {{bytes64 = "{b64encode(content).decode()}"}}' for name, content in PICTURES.items()
    )
    storages = [
        f'driver = "folder"\npath = "{tmp_path / "lay"}"',
        f'driver = "zip"\npath = "{tmp_path / "packed.zip"}"\ninside = "all"',
        f'driver = "inline"\nfiles = {{{inside}}}',
    ]
    found = []
    for storage in storages:
        Path("Data.toml").write_text(
            f'[[datasets]]\nname = "flowers"\n[datasets.storage]\ntype = "images"\n{storage}\n', "utf-8"
        )
        found.append(reds())
    assert found == [(("rose", "tulip"), [(1, 0), (2, 0), (3, 1)])] * 3
    assert not (tmp_path / "cache" / "datasets" / "unpacked").exists()


def test_a_catalog_says_what_there_is_and_reads_nothing(tmp_path):
    path = tmp_path / "Data.toml"
    path.write_text(inline("wörter", licence="CC0-1.0", description="Some words.") + inline("scans/t1"), "utf-8")
    declared = catalog(path)
    assert declared.names == ("wörter", "scans/t1")
    assert list(declared) == ["wörter", "scans/t1"]
    assert len(declared) == 2
    assert "scans/t1" in declared
    assert "scans" not in declared
    assert 3 not in declared
    assert declared.entry("wörter").description == "Some words."
    assert declared.entry("scans/t1").declared == f"{path}:8"
    assert not (tmp_path / "cache").exists()
    assert catalog(str(tmp_path)) == declared
    assert pickle.loads(pickle.dumps(declared)) == declared


def test_a_catalog_prints_as_a_table():
    Path("Data.toml").write_text(inline("words", licence="CC0-1.0") + inline("b"), "utf-8")
    assert repr(catalog()).splitlines() == [
        "name   type  driver  pin     licence  declared in",
        "words  text  inline  inline  CC0-1.0  Data.toml",
        "b      text  inline  inline  -        Data.toml",
    ]


def test_letters_with_accents_are_found_however_they_are_typed():
    Path("Data.toml").write_text(inline("e\u0301"), "utf-8")
    assert catalog().names == ("\u00e9",)
    assert catalog()["e\u0301"] == catalog()["\u00e9"] == ["x"]
    assert "e\u0301" in catalog()


def test_the_first_file_that_declares_a_name_wins(tmp_path, monkeypatch):
    (tmp_path / "settings" / "leyden").mkdir(parents=True)
    (tmp_path / "work" / "deep" / "er").mkdir(parents=True)
    user, project = tmp_path / "settings/leyden/Data.toml", tmp_path / "work/Data.toml"
    one, two = tmp_path / "one.toml", tmp_path / "two.toml"
    user.write_text(inline("a", "user") + inline("b", "user") + inline("c", "user") + inline("d", "user"))
    project.write_text(inline("a", "project") + inline("b", "project") + inline("c", "project"))
    two.write_text(inline("a", "two") + inline("b", "two"))
    one.write_text(inline("a", "one", uuid="b498f769-a7f6-4f67-8d74-40b770398f26"))
    monkeypatch.chdir(tmp_path / "work" / "deep" / "er")
    assert [catalog()[name] for name in "abc"] == [["project"]] * 3
    monkeypatch.setenv("LEYDEN_DATA", f"{one}{os.pathsep}{two}")
    stack = catalog()
    assert {name: stack[name][0] for name in stack} == {"a": "one", "b": "two", "c": "project", "d": "user"}
    assert stack.files == (one, two, project, user)
    hidden = [("a", two), ("a", project), ("b", project), ("a", user), ("b", user), ("c", user)]
    assert [(entry.name, entry.file) for entry in stack.hidden] == hidden
    assert f"hidden: b of {project}" in repr(stack)
    assert repr(stack).splitlines()[1].endswith(str(one))


def test_a_hidden_dataset_with_another_uuid_is_told(tmp_path):
    one, two = tmp_path / "one.toml", tmp_path / "two.toml"
    one.write_text(inline("a", uuid="b498f769-a7f6-4f67-8d74-40b770398f26"))
    two.write_text(inline("a", uuid="11111111-a7f6-4f67-8d74-40b770398f26"))
    assert repr(catalog([one, two])).endswith(f"hidden: a of {two}, which has another uuid")


def test_a_file_met_twice_in_the_stack_counts_once(tmp_path, monkeypatch):
    path = tmp_path / "work" / "Data.toml"
    path.write_text(inline("a"))
    monkeypatch.setenv("LEYDEN_DATA", f"{path}{os.pathsep}{tmp_path / 'work'}")
    assert (catalog().files, catalog().hidden) == ((path,), ())


def test_an_unknown_name_is_told_with_the_closest_and_the_files(tmp_path):
    (tmp_path / "Data.toml").write_text(inline("brats") + inline("flowers"))
    with pytest.raises(UnknownDataset, match=r"no dataset named 'brat'; closest: 'brats' \(.*Data\.toml\)"):
        catalog(tmp_path)["brat"]
    with pytest.raises(UnknownDataset, match=r"no dataset named 'zzz'; declared: brats, flowers"):
        catalog(tmp_path).entry("zzz")


def test_without_any_file_the_catalog_is_empty_and_says_where_it_looked():
    assert len(catalog()) == 0
    assert catalog() == Catalog(())
    assert repr(catalog()).startswith("no dataset is declared (no Data.toml was found in ")
    with pytest.raises(UnknownDataset, match=r"no Data\.toml was found in .*work, above it.*LEYDEN_DATA is not set"):
        catalog()["brats"]


def test_a_named_file_that_is_missing_is_an_error(tmp_path, monkeypatch):
    with pytest.raises(CatalogError, match=r"nowhere\.toml: there is no such file"):
        catalog("nowhere.toml")
    monkeypatch.setenv("LEYDEN_DATA", str(tmp_path / "gone.toml"))
    with pytest.raises(CatalogError, match=r"gone\.toml: there is no such file"):
        catalog()


def test_the_faults_of_all_files_are_told_at_once(tmp_path):
    one, two = tmp_path / "one.toml", tmp_path / "two.toml"
    one.write_text("x = ")
    two.write_text(inline("a") + inline("a"))
    with pytest.raises(CatalogError) as caught:
        catalog([one, two])
    assert str(caught.value).startswith("2 faults in declared datasets:\n- ")
    assert "one.toml: is not TOML: " in str(caught.value)
    assert "2 datasets have the name 'a', lines 2 and 7" in str(caught.value)


def test_an_error_names_the_dataset_and_where_it_is_declared(declare):
    path = declare(driver="folder", type="images", path="nowhere")
    with pytest.raises(CatalogError, match=rf"^dataset 'it' \({path}:1\): no folder '.*nowhere'"):
        catalog(path)["it"]


def test_a_wrong_hash_raises_with_both_hashes_and_what_to_do(declare, tmp_path):
    (tmp_path / "work" / "a.json").write_text("[1, 2]")
    right = "a7e4a6a1c06ae90e4c0a7bfc1d7ad77a0c5a8cd8f4d8e1c1bb0c4a5d3e6ccd24"
    path = declare(f'sha256 = "{right}"', driver="file", type="json", path="a.json")
    with pytest.raises(
        HashMismatch, match=rf"a\.json has SHA-256 [0-9a-f]{{64}}, declared is {right}; bring the right"
    ):
        catalog(path)["it"]
    assert issubclass(HashMismatch, LeydenError)


def test_stacked_files_give_values_of_their_own_folders(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.json").write_text(json.dumps([name]))
        (tmp_path / name / "Data.toml").write_text(
            f'[[datasets]]\nname = "{name}"\nstorage = {{driver = "file", type = "json", path = "a.json"}}'
        )
    stack = catalog([tmp_path / "one", tmp_path / "two"])
    assert (stack["one"], stack["two"]) == (["one"], ["two"])
