"""The classes of other libraries are read from their sources, without importing them."""

from pathlib import Path

import other_libraries
import pytest
from other_libraries import LIBRARIES, MARK, Library, classes_of, main


@pytest.fixture
def peers(tmp_path: Path) -> Path:
    """A folder of packages that cannot be imported."""
    for library in LIBRARIES:
        (tmp_path / f"{library.name}-1.{len(library.name)}.dist-info").mkdir()
        for place in library.places:
            path = tmp_path / library.name / place
            if path.suffix:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("import nowhere\nfrom .flips import Flip, flip\n__all__ = []\n")
            else:
                path.mkdir(parents=True)
                (path / "flips.py").write_text('__all__ = ["Flip", "BaseFlip"]\nclass Flip: ...\nclass BaseFlip: ...\n')
    return tmp_path


def test_published_classes_are_found_but_for_bases_and_functions(peers: Path) -> None:
    assert {library.name: classes_of(library, peers / library.name) for library in LIBRARIES} == {
        library.name: ["Flip"] for library in LIBRARIES
    }


def test_what_fits_the_pattern_as_a_whole_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "__init__.py").write_text("from .flips import Flip, FlipBase, FlipBases\n")
    assert classes_of(Library("x", ("__init__.py",), ".*Base"), tmp_path) == ["Flip", "FlipBases"]


def test_twins_that_take_dictionaries_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "__init__.py").write_text("from .array import Flip\nfrom .dictionary import Flipd\n")
    assert classes_of(Library("monai", ("__init__.py",), ""), tmp_path) == ["Flip"]


def test_what_is_written_by_hand_stays(
    peers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    names = tmp_path / "names.toml"
    names.write_text(f'[names.Flip]\nkornia = ["Flip"]\n\n{MARK}\nold = 1\n')
    monkeypatch.setattr(other_libraries, "NAMES", names)
    assert main([str(peers)]) == 0
    text = names.read_text()
    assert text.startswith(f'[names.Flip]\nkornia = ["Flip"]\n\n{MARK}\n[libraries.torchvision]\nversion = "1.11"\n')
    assert "old" not in text
    assert "kornia 1" in capsys.readouterr().err
    assert main([str(peers)]) == 0
    assert names.read_text() == text


def test_a_library_that_is_not_there_is_told_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    names = tmp_path / "names.toml"
    monkeypatch.setattr(other_libraries, "NAMES", names)
    assert main([str(tmp_path)]) == 1
    assert "not found in these folders: torchvision, albumentations, monai, kornia, torchio" in capsys.readouterr().err
    assert not names.exists()
