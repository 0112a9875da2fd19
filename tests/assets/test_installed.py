import hashlib
import sys

import pytest

from leyden.assets import Asset, Installed, PackagedFile
from leyden.assets.installed import carried_in, gather, read_packaged
from leyden.errors import HashMismatch, ToolMissing, UnknownMember

FILES = {"cat.png": b"a cat", "dog.png": b"a dog"}


def packaged(name, package, data):
    digest = hashlib.sha256(data).hexdigest()
    return PackagedFile(name, package, path=f"data/{name}", sha256=digest, licence="MIT", about="")


@pytest.fixture
def carrier(tmp_path, monkeypatch, fresh_name):
    """A package on the path that must not be imported, and the asset it carries."""
    package = fresh_name().replace("-", "_")
    folder = tmp_path / "site" / package / "data"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").write_text("raise SystemExit('code of the package ran')")
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    files = tuple(
        PackagedFile(
            name, package, path=f"data/{name}", sha256=hashlib.sha256(data).hexdigest(), licence="MIT", about=""
        )
        for name, data in FILES.items()
    )
    return folder, Asset("pets", Installed(files, distributions=("pets==1.0",)), megabytes=0.1, licence="MIT")


def test_files_are_read_where_they_lie_without_importing_the_package(carrier):
    folder, asset = carrier
    assert read_packaged(asset, "cat.png") == b"a cat"
    assert carried_in(asset) == folder
    assert folder.parent.name not in sys.modules


def test_a_changed_file_is_told_with_the_release_to_install(carrier):
    folder, asset = carrier
    (folder / "cat.png").write_bytes(b"another cat")
    with pytest.raises(HashMismatch, match=r"is not the 'cat.png' of asset 'pets'.*`pip install pets==1.0`"):
        read_packaged(asset, "cat.png")
    assert read_packaged(asset, "dog.png") == b"a dog"


def test_a_missing_file_or_package_is_told_with_the_release_to_install(carrier):
    folder, asset = carrier
    (folder / "cat.png").unlink()
    assert carried_in(asset) is None
    with pytest.raises(ToolMissing, match=r"not installed, or not with that file; `pip install pets==1.0`"):
        read_packaged(asset, "cat.png")
    source = Installed((packaged("a", "no_such_package", b""),), distributions=("x",))
    absent = Asset("x", source, megabytes=1, licence="MIT")
    assert carried_in(absent) is None
    with pytest.raises(ToolMissing, match="no_such_package"):
        read_packaged(absent, "a")


def test_an_unknown_file_is_answered_with_the_known_ones(carrier):
    with pytest.raises(UnknownMember, match=r"has no 'cow.png'; it has cat.png, dog.png"):
        read_packaged(carrier[1], "cow.png")


def test_gathered_files_stand_alone_and_are_mended(carrier, tmp_path):
    target = gather(carrier[1], tmp_path)
    assert {path.name: path.read_bytes() for path in target.iterdir()} == FILES
    (target / "cat.png").write_bytes(b"scratched")
    (target / "dog.png").unlink()
    assert gather(carrier[1], tmp_path) == target
    assert {path.name: path.read_bytes() for path in target.iterdir()} == FILES


def test_a_failed_gathering_leaves_no_folder_of_the_name(carrier, tmp_path):
    (carrier[0] / "dog.png").write_bytes(b"wolf")
    with pytest.raises(HashMismatch):
        gather(carrier[1], tmp_path)
    assert list(tmp_path.glob("files-*")) == []
