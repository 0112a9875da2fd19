import hashlib
import sys

import pytest

from leyden import cli


@pytest.fixture(autouse=True)
def work(tmp_path, monkeypatch):
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("LEYDEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.delenv("LEYDEN_DATA", raising=False)
    return tmp_path / "work"


def call(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["leyden", "data", *map(str, arguments)])
    with pytest.raises(SystemExit) as exit_:
        cli.main()
    return exit_.value.code


def declare(path, name="words", text="a b", **fields):
    more = "\n".join(f'{key} = "{value}"' for key, value in fields.items())
    storage = f'storage = {{driver = "inline", type = "text", text = "{text}"}}'
    path.write_text(f'[[datasets]]\nname = "{name}"\n{more}\n{storage}\n', "utf-8")


def test_datasets_are_listed_with_their_files(work, monkeypatch, capsys):
    declare(work / "Data.toml", licence="CC0-1.0")
    assert call(monkeypatch, "list") == 0
    assert capsys.readouterr().out.splitlines()[1] == "words  text  inline  inline  CC0-1.0  Data.toml"


def test_a_file_may_be_named_instead_of_the_stack(work, monkeypatch, capsys):
    declare(work / "Data.toml")
    declare(work / "other.toml", "wörter")
    assert call(monkeypatch, "list", "--catalog", "other.toml") == 0
    shown = capsys.readouterr().out
    assert "wörter" in shown
    assert "words" not in shown


def test_a_dataset_is_shown_as_it_is_declared(work, monkeypatch, capsys):
    declare(work / "Data.toml", text="x" * 200, description="Some words.", licence="CC0-1.0")
    assert call(monkeypatch, "show", "words") == 0
    shown = capsys.readouterr().out
    assert shown.startswith("words\n  description  Some words.\n  licence      CC0-1.0\n")
    assert "  driver       inline\n  type         text\n" in shown
    assert shown.rstrip().endswith("xxx...")


def test_check_says_of_each_whether_it_is_as_declared(work, monkeypatch, capsys):
    declare(work / "Data.toml")
    assert call(monkeypatch, "check") == 0
    assert capsys.readouterr().out == "words: ok, list[1], length 1, pin: inline\n"
    declare(work / "bad.toml", "bad", sha256="0" * 64)
    found = hashlib.sha256(b"a b").hexdigest()
    assert call(monkeypatch, "check", "--catalog", "bad.toml", "--catalog", "Data.toml") == 1
    shown = capsys.readouterr()
    assert shown.out.startswith("words: ok")
    assert f"bad: dataset 'bad' ({work / 'bad.toml'}:1):" in shown.err
    assert found in shown.err
    assert "Traceback" not in shown.err
    assert call(monkeypatch, "check", "words", "--catalog", "bad.toml", "--catalog", "Data.toml") == 0


def test_hash_prints_what_is_written_into_a_file(work, monkeypatch, capsys):
    (work / "a.txt").write_text("hello")
    assert call(monkeypatch, "hash", "a.txt") == 0
    assert capsys.readouterr().out == f"{hashlib.sha256(b'hello').hexdigest()}\n"
    assert call(monkeypatch, "hash", "gone") == 1
    assert capsys.readouterr().err.startswith("error: no file or folder 'gone'")


def test_two_entries_of_one_name_are_one_line_and_exit_code_one(work, monkeypatch, capsys):
    declare(work / "Data.toml")
    text = (work / "Data.toml").read_text()
    (work / "Data.toml").write_text(text + text)
    assert call(monkeypatch, "list") == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == (
        f"error: {work / 'Data.toml'}: 2 datasets have the name 'words', lines 1 and 5; give each its own\n"
    )


@pytest.mark.parametrize(
    "arguments", [("show", "word"), ("check", "word"), ("run", "gone.py"), ("run", "a.py", "w=word")]
)
def test_a_foreseeable_mistake_is_one_line_and_exit_code_one(work, monkeypatch, capsys, arguments):
    declare(work / "Data.toml")
    (work / "a.py").write_text("def main(w): pass\n")
    assert call(monkeypatch, *arguments) == 1
    shown = capsys.readouterr().err
    assert shown.startswith("error: ")
    assert shown.count("\n") == 1


def test_a_script_is_run_on_the_stack(work, monkeypatch, capsys):
    declare(work / "Data.toml", text="a b c")
    declare(work / "other.toml", "others", text="d")
    monkeypatch.setenv("LEYDEN_DATA", "other.toml")
    monkeypatch.setattr(sys, "path", list(sys.path))
    code = (
        "from leyden.data.declared.injection import uses\n@uses('words')\ndef count(words):\n"
        "    return len(words[0].split())\n"
    )
    for name, given, told in [("own_first", (), "3\n"), ("own_second", ("words=others",), "1\n")]:
        (work / f"{name}.py").write_text(code)
        assert call(monkeypatch, "run", f"{name}.py", *given) == 0
        assert capsys.readouterr().out == told
        del sys.modules[name]


def test_check_of_nothing_fails_and_says_where_it_looked(work, monkeypatch, capsys):
    assert call(monkeypatch, "check") == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error: no dataset is declared (")


def test_what_a_script_raises_is_told_without_the_way_there(work, monkeypatch, capsys):
    (work / "Data.toml").write_text("")
    (work / "broken_script.py").write_text("def main():\n    return 1 / 0\n")
    assert call(monkeypatch, "run", "broken_script.py") == 1
    told = capsys.readouterr().err
    assert told.startswith("Traceback")
    assert told.rstrip().endswith("ZeroDivisionError: division by zero")
    assert told.count("File ") == 1
