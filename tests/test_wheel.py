"""What a user gets: the wheel, built as pip builds it, holds what it should and nothing else. No network is needed."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import leyden

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "package" / "leyden"
INFO = f"leyden-{leyden.__version__}.dist-info"
SHARED = f"leyden-{leyden.__version__}.data/data/share/jupyter/labextensions/leyden"
NOTEBOOKS = {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("leyden-*.whl"))


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_every_file_of_the_package_is_in_it_and_nothing_that_was_left_there(names: set[str]) -> None:
    wanted = {f"leyden/{path.relative_to(PACKAGE).as_posix()}" for path in PACKAGE.rglob("*.py")}
    assert "leyden/py.typed" in names
    code = {name for name in names if name.endswith(".py")}
    assert code == wanted
    kinds = {Path(name).suffix or name for name in names if name.startswith("leyden/")}
    assert kinds == {".py", ".typed", ".ipynb", ".js", ".json"}


def test_the_notebooks_come_along_twice_for_leyden_lab_and_for_the_launcher(names: set[str]) -> None:
    assert {name for name in names if "/notebooks/" in name} == {
        f"{place}/notebooks/{book}" for place in ("leyden", SHARED) for book in NOTEBOOKS
    }


def test_jupyterlab_finds_the_extension_where_it_looks(wheel: Path, names: set[str]) -> None:
    with zipfile.ZipFile(wheel) as archive:
        described = json.loads(archive.read(f"{SHARED}/package.json"))
    assert described["version"] == leyden.__version__
    assert f"{SHARED}/{described['jupyterlab']['_build']['load']}" in names
    assert f"{SHARED}/install.json" in names


def test_nbconvert_finds_the_template_of_pages_with_live_panels(names: set[str]) -> None:
    place = SHARED.replace("labextensions/leyden", "nbconvert/templates/leyden")
    assert {f"{place}/conf.json", f"{place}/index.html.j2"} <= names


def test_the_licence_and_the_command_are_in_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert archive.read(f"{INFO}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()
        assert "leyden = leyden.cli:main" in archive.read(f"{INFO}/entry_points.txt").decode()
        told = archive.read(f"{INFO}/METADATA").decode()
    assert "License-Expression: Apache-2.0" in told
    assert "torchvision" not in [line.split(" ")[1] for line in told.splitlines() if line.startswith("Requires-Dist")]


def test_it_is_small(wheel: Path) -> None:
    assert wheel.stat().st_size < 2_500_000
