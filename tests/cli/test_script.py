import sys

import pytest

from leyden.cli.script import own_lines, run_function
from leyden.data.declared.stack import catalog
from leyden.errors import CatalogError, UnknownDataset

USING = "from leyden.data.declared.injection import uses\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A catalog of two datasets, and modules and paths as they were afterwards."""
    monkeypatch.setenv("LEYDEN_CACHE", str(tmp_path / "cache"))
    text = "".join(
        f'[[datasets]]\nname = "{name}"\nstorage = {{driver = "inline", type = "json", text = "[{value}]"}}\n'
        for name, value in {"one": 1, "deep/two": 2}.items()
    )
    (tmp_path / "Data.toml").write_text(text)
    before = set(sys.modules)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield tmp_path
    for name in set(sys.modules) - before:
        if name.startswith("own_"):
            del sys.modules[name]


def run(folder, code, *given, target=""):
    file = folder / f"own_script_{len(list(folder.glob('*.py')))}.py"
    file.write_text(code)
    return run_function(f"{file}{target}", given, catalog(folder))


def test_the_one_function_that_uses_datasets_is_run(folder):
    code = USING + "def other():\n    return 0\n@uses('one')\ndef first(one, add=1):\n    return one[0] + add\n"
    assert run(folder, code) == 2
    assert run(folder, code, "one=deep/two") == 3
    assert run(folder, code, target=":other") == 0


def test_main_takes_what_is_given(folder):
    assert run(folder, "def main(**datasets):\n    return datasets\n", "a=one", "b=deep/two") == {"a": [1], "b": [2]}
    assert run(folder, "def main(a, b=5):\n    return a, b\n", "a=one") == ([1], 5)


def test_what_the_function_uses_comes_from_the_catalog_that_is_given(folder):
    code = USING + "@uses('one', two='deep/two')\ndef main(one, two):\n    return one + two\n"
    assert run(folder, code) == [1, 2]


def test_a_file_may_import_what_lies_beside_it(folder):
    (folder / "own_beside.py").write_text("VALUE = 7\n")
    assert run(folder, "from own_beside import VALUE\ndef main():\n    return VALUE\n") == 7


@pytest.mark.parametrize(
    ("code", "given", "target", "error", "message"),
    [
        ("x = 1\n", (), "", CatalogError, r"has no function with @uses and no main; write .*\.py:function"),
        (
            USING + "@uses('one')\ndef a(one): pass\n@uses('one')\ndef b(one): pass\n",
            (), "", CatalogError, r"2 functions with @uses \(a, b\)",
        ),
        ("def main(): pass\n", (), ":mainn", CatalogError, "has no function 'mainn'; closest: 'main'"),
        ("def main(a): pass\n", ("a",), "", CatalogError, "'a' is no setting; write parameter=dataset"),
        ("def main(a): pass\n", ("a b=one",), "", CatalogError, "is no setting"),
        ("def main(a): pass\n", ("a=on",), "", UnknownDataset, "no dataset named 'on'; closest: 'one'"),
        ("def main(a): pass\n", ("b=one",), "", CatalogError, r"main\(a\) cannot be called with b"),
        ("def main(a): pass\n", (), "", CatalogError, r"main\(a\) cannot be called with nothing: missing"),
    ],
)  # fmt: skip
def test_what_cannot_be_run_is_told(folder, code, given, target, error, message):
    with pytest.raises(error, match=message):
        run(folder, code, *given, target=target)


def test_a_missing_file_is_told(folder):
    for target in ("gone.py", "gone.py:main", str(folder), "gone"):
        with pytest.raises(CatalogError, match=r"no Python file .*write FILE\.py or FILE\.py:function"):
            run_function(target, [], catalog(folder))


def test_a_file_that_would_hide_a_module_is_refused(folder):
    (folder / "json.py").write_text("def main(): pass\n")
    with pytest.raises(CatalogError, match=r"json\.py is called like a module that is loaded already; rename"):
        run_function(str(folder / "json.py"), [], catalog(folder))


def test_an_error_in_the_file_is_the_files_own(folder):
    with pytest.raises(ZeroDivisionError):
        run(folder, "def main():\n    return 1 / 0\n")


def test_an_error_is_told_from_the_users_own_lines_on(folder):
    code = "def helper():\n    return {}['lost']\n\ndef main():\n    return helper()\n"
    with pytest.raises(KeyError) as caught:
        run(folder, code)
    path = next(folder.glob("own_script_*.py"))
    told = own_lines(caught.value, f"{path}:main").splitlines()
    assert [line.strip() for line in told if "File" in line] == [
        f'File "{path}", line 5, in main', f'File "{path}", line 2, in helper',
    ]  # fmt: skip
    assert told[-1] == "KeyError: 'lost'"


def test_a_file_that_is_no_python_is_told_by_its_line_alone(folder):
    with pytest.raises(SyntaxError) as caught:
        run(folder, "def main(:\n")
    path = next(folder.glob("own_script_*.py"))
    told = own_lines(caught.value, str(path)).splitlines()
    assert told[0] == f'  File "{path}", line 1'
    assert told[-1].startswith("SyntaxError: ")
