import hashlib

import pytest

from leyden.assets import Asset, Debian, Https, Installed, PackagedFile, PyPI, sha256_of
from leyden.errors import AssetError

HASH = "0123456789abcdef" * 4


def photo(name="cat.png", path="data/cat.png", sha256=HASH):
    return PackagedFile(name, "skimage", path=path, sha256=sha256, licence="CC0-1.0", about="a cat")


def test_the_file_of_an_asset_is_the_one_its_source_names():
    sources = [
        PyPI("some-data", "1.0", file="some_data-1.0-py3-none-any.whl"),
        Debian("some-data", "1.0-1", file="some-data_1.0-1_all.deb"),
        Https("https://example.org/a/some%20data.zip?token=1#top"),
    ]
    assert [Asset("a", one, sha256=HASH, megabytes=1, licence="MIT").file for one in sources] == [
        "some_data-1.0-py3-none-any.whl",
        "some-data_1.0-1_all.deb",
        "some data.zip",
    ]


def test_an_installed_asset_has_no_archive_and_needs_no_hash_of_its_own():
    asset = Asset("a", Installed((photo(),), distributions=("x",)), megabytes=1, licence="MIT")
    assert asset.file == asset.sha256 == ""


def test_all_faults_of_an_asset_are_told_at_once():
    with pytest.raises(AssetError) as caught:
        Asset("My Data", Https("ftp://example.org/"), sha256="ABC", megabytes=0.0, licence=" ")
    text = str(caught.value)
    for fault in [
        "'My Data'",
        "lower-case letters",
        "not 'ABC'",
        "positive number",
        "licence is empty",
        "plain file",
        "https",
    ]:
        assert fault in text


@pytest.mark.parametrize("name", ["", "..", "a/b", "a..b", "-a", "A", "a b", "a\n"])
def test_a_name_that_could_not_be_a_folder_is_refused(name):
    with pytest.raises(AssetError, match="a name is lower-case"):
        Asset(name, Https("https://example.org/a.zip"), sha256=HASH, megabytes=1, licence="MIT")


@pytest.mark.parametrize("file", ["../a.whl", "/etc/a.whl", "", "a\\b.whl", ".."])
def test_a_file_name_that_leaves_the_cache_is_refused(file):
    with pytest.raises(AssetError, match="plain file"):
        Asset("a", PyPI("p", "1", file=file), sha256=HASH, megabytes=1, licence="MIT")


def test_plain_http_is_for_the_loopback_only():
    Asset("a", Https("http://127.0.0.1:80/a.zip"), sha256=HASH, megabytes=1, licence="MIT")
    with pytest.raises(AssetError, match=r"begins with https://, unlike 'http://example\.org/a\.zip'"):
        Asset("a", Https("http://example.org/a.zip"), sha256=HASH, megabytes=1, licence="MIT")


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ((), "lists no files"),
        ((photo(), photo()), "'cat.png' twice"),
        ((photo(sha256="1"),), "sha256 of 'cat.png'"),
        ((photo(path="../../etc/passwd"),), "leaves the package"),
        ((photo(path="/etc/passwd"),), "leaves the package"),
        ((photo(name="a/b.png"),), "not a plain file name"),
    ],
)
def test_a_faulty_list_of_packaged_files_is_refused(files, fault):
    with pytest.raises(AssetError, match=fault):
        Asset("a", Installed(files, distributions=("x",)), megabytes=1, licence="MIT")


def test_an_installed_asset_with_a_hash_is_refused():
    with pytest.raises(AssetError, match="stays empty"):
        Asset("a", Installed((photo(),), distributions=("x",)), sha256=HASH, megabytes=1, licence="MIT")


def test_the_repr_is_short_and_holds_no_address():
    asset = Asset("a", Installed((photo(),), distributions=("x",)), megabytes=1, licence="MIT")
    assert repr(asset) == (
        "Asset(name='a', source=Installed(distributions=('x',)), sha256='', megabytes=1, licence='MIT', about='')"
    )


def test_the_hash_of_a_file_longer_than_a_buffer_is_that_of_its_bytes(tmp_path):
    data = bytes(range(256)) * 5000
    (tmp_path / "a").write_bytes(data)
    assert sha256_of(tmp_path / "a") == hashlib.sha256(data).hexdigest()
