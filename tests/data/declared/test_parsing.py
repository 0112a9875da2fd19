from pathlib import Path

import pytest

from leyden.data.declared.parsing import read_entries, report

STORAGE = 'storage = {driver = "inline", type = "text", text = "x"}'
UUID = "b498f769-a7f6-4f67-8d74-40b770398f26"


def faults_of(text, name="Data.toml"):
    path = Path(name)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    entries, faults = read_entries(path)
    return [entry.name for entry in entries], faults


def test_a_full_entry_is_read():
    Path("Data.toml").write_text(
        f'''
data_config_version = 1

[[datasets]]
name = "brats"
uuid = "{UUID.upper()}"
description = """Brains,
in four channels."""
licence = "CC-BY-4.0"
sha256 = "{"AB" * 32}"

    [datasets.storage]
    driver = "folder"
    type = "images"
    path = "brats"
    check = true
'''
    )
    (entry,), faults = read_entries(Path("Data.toml"))
    assert faults == []
    assert (entry.name, entry.uuid, entry.licence, entry.sha256) == ("brats", UUID, "CC-BY-4.0", "ab" * 32)
    assert entry.description == "Brains,\nin four channels."
    assert (entry.driver, entry.type, entry.options) == ("folder", "images", {"path": "brats", "check": True})
    assert (entry.file, entry.line) == (Path.cwd() / "Data.toml", 4)


@pytest.mark.parametrize("text", ["", "data_config_version = 1", "datasets = []"])
def test_a_file_may_declare_nothing(text):
    assert faults_of(text) == ([], [])


def test_a_byte_order_mark_and_windows_line_ends_are_read():
    text = f'[[datasets]]\r\nname = "a"\r\n{STORAGE}\r\n'
    assert faults_of(b"\xef\xbb\xbf" + text.encode()) == (["a"], [])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[[datasets]\nname = 3", "is not TOML: "),
        ('[[datasets]]\nname = "a"\nname = "b"', "is not TOML: Cannot overwrite a value"),
        (b"#  is \xe9", "is not UTF-8 (byte 6)"),
        ("datasets = 3", "datasets is a list of tables; begin each with [[datasets]]"),
        ("[datasets]\nname = 'a'", "datasets is a list of tables"),
        ("data_config_version = 2", "data_config_version is 2; this leyden reads 1"),
        ("[[dataset]]", "unknown key 'dataset'; closest: 'datasets'"),
        (f"[[datasets]]\n{STORAGE}", "Data.toml:1: dataset number 1: has no name"),
        (f"[[datasets]]\nname = 3\n{STORAGE}", "dataset number 1: name must be text; given 3"),
        (f"[[datasets]]\nname = '../a'\n{STORAGE}", "dataset '../a': a name is letters and digits"),
        (f"[[datasets]]\nname = 'a=b'\n{STORAGE}", "a name is letters and digits"),
        ("[[datasets]]\nname = 'a'", "dataset 'a': has no [datasets.storage] with driver and type"),
        ("[[datasets]]\nname = 'a'\nstorage = {type = 'text'}", "[datasets.storage] needs 'driver', a text"),
        ("[[datasets]]\nname = 'a'\nstorage = {driver = 'inline', type = 3, text = ''}", "needs 'type', a text"),
        (
            "[[datasets]]\nname = 'a'\nstorage = {driver = 'inline', typ = 'text', text = ''}",
            "needs 'type', a text; closest: 'typ'",
        ),
        (f"[[datasets]]\nname = 'a'\nlicense = 'x'\n{STORAGE}", "unknown key 'license'; closest: 'licence'"),
        (f"[[datasets]]\nname = 'a'\nuuid = '12'\n{STORAGE}", "uuid '12' is none; make one with"),
        (
            f"[[datasets]]\nname = 'a'\nsha256 = '12'\n{STORAGE}",
            "sha256 is 64 hexadecimal digits, as `leyden data hash",
        ),
        (
            "[[datasets]]\nname = 'a'\nstorage = {driver = 'folder', type = 'images'}",
            "the driver 'folder' needs 'path'",
        ),
        (
            f"[[datasets]]\nname = 'a'\n{STORAGE}\n[[datasets]]\nname = 'a'\n{STORAGE}",
            "2 datasets have the name 'a', lines 1 and 4; give each its own",
        ),
        (
            f"[[datasets]]\nname='a'\nuuid='{UUID}'\n{STORAGE}\n[[datasets]]\nname='b'\nuuid='{UUID}'\n{STORAGE}",
            f"2 datasets have the uuid '{UUID}', lines 1 and 5",
        ),
        (
            (
                f"[[datasets]]\nname='a'\nuuid='{UUID}'\n{STORAGE}\n"
                f"[[datasets]]\nname='b'\nuuid='{UUID.replace('-', '')}'\n{STORAGE}"
            ),
            f"2 datasets have the uuid '{UUID}', lines 1 and 5",
        ),
    ],
)
def test_each_fault_is_one_line_with_its_place(text, fault):
    _, faults = faults_of(text)
    assert len(faults) == 1
    assert faults[0].startswith("Data.toml")
    assert fault in faults[0]
    assert "\n" not in faults[0]


def test_all_faults_are_told_at_once_and_sound_entries_kept():
    text = f"""
more = 1
[[datasets]]
name = "good"
{STORAGE}
[[datasets]]
nme = "bad"
sha256 = "1"
storage = {{driver = "folder", type = "images", pth = "a"}}
"""
    names, faults = faults_of(text)
    assert names == ["good"]
    assert [fault.split(": ", 2)[-1][:24] for fault in faults] == [
        "unknown key 'more'; a fi",
        "unknown key 'nme'; close",
        "has no name",
        "sha256 is 64 hexadecimal",
        "the driver 'folder' need",
        "driver 'folder' with typ",
    ]
    assert str(report(faults)).count("\n- ") == 6


def test_lines_are_left_out_where_they_cannot_be_told():
    text = f'datasets = [{{name = "a", {STORAGE}}}, {{name = "a", {STORAGE}}}]'
    assert faults_of(text)[1] == ["Data.toml: 2 datasets have the name 'a'; give each its own"]


def test_a_folder_or_a_missing_file_is_told():
    Path("folder.toml").mkdir()
    assert "cannot be read: Is a directory" in read_entries(Path("folder.toml"))[1][0]
    assert "there is no such file, seen from" in read_entries(Path("no.toml"))[1][0]
