from leyden.assets import Debian, Installed, PyPI
from leyden.assets.catalogue import CATALOGUE


def test_names_and_hashes_are_unique():
    assert len({asset.name for asset in CATALOGUE}) == len(CATALOGUE)
    pinned = [asset.sha256 for asset in CATALOGUE if asset.sha256]
    assert len(set(pinned)) == len(pinned)


def test_everything_says_what_it_is_in_one_line():
    assert all(asset.about and "\n" not in asset.about for asset in CATALOGUE)


def test_file_names_agree_with_the_pinned_versions():
    for asset in CATALOGUE:
        match asset.source:
            case PyPI(project, version, file=file):
                assert file.lower().replace("_", "-").startswith(f"{project.lower()}-{version}")
            case Debian(package, version, file=file):
                assert file.startswith(f"{package}_{version}_")
            case other:
                assert isinstance(other, Installed)
