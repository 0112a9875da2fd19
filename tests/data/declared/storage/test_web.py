import hashlib
import json
import threading
import warnings
import zipfile
from base64 import b64encode
from io import BytesIO

import pytest

from leyden.data.declared.stack import catalog
from leyden.errors import CatalogError, HashMismatch, NetworkMissing

TABLE = b"name,age\nAda,36\nBo,4\n"
PIN = f'sha256 = "{hashlib.sha256(TABLE).hexdigest()}"'
ROWS = [{"name": "Ada", "age": 36}, {"name": "Bo", "age": 4}]


def rows_of(path):
    return [dict(row) for row in catalog(path)["it"]]


def test_a_file_is_fetched_once_and_then_needs_no_network(declare, shop):
    shop.files["/deep/ages%20now.csv"] = TABLE
    path = declare(PIN, driver="https", type="table", url=f"{shop.address}/deep/ages%20now.csv")
    assert rows_of(path) == rows_of(path) == ROWS
    assert shop.asked == ["/deep/ages%20now.csv"]
    shop.files.clear()
    assert rows_of(path) == ROWS


def test_an_archive_from_the_web_is_unpacked(declare, shop):
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("set/ages.csv", TABLE)
    shop.files["/set.zip?id=3"] = packed.getvalue()
    pin = f'sha256 = "{hashlib.sha256(packed.getvalue()).hexdigest()}"'
    address = f"{shop.address}/set.zip?id=3"
    assert rows_of(declare(pin, driver="https", type="table", url=address, inside="set/ages.csv")) == ROWS
    assert rows_of(declare(pin, driver="https", type="table", url=address)) == ROWS


def test_a_file_name_may_be_given_and_a_variable_may_stand_in_the_address(declare, shop, monkeypatch):
    monkeypatch.setenv("SHOP", shop.address)
    shop.files["/get?id=3"] = TABLE
    path = declare(PIN, driver="https", type="table", url="${SHOP}/get?id=3", filename="ages.csv")
    assert rows_of(path) == ROWS


def test_another_file_than_the_one_declared_is_refused_and_not_kept(declare, shop, cache):
    shop.files["/a.csv"] = TABLE + b"Eve,1\n"
    found = hashlib.sha256(TABLE + b"Eve,1\n").hexdigest()
    path = declare(PIN, driver="https", type="table", url=f"{shop.address}/a.csv")
    with pytest.raises(
        HashMismatch, match=rf"dataset 'it' .*what came has SHA-256 {found}, declared is .*nothing was kept"
    ):
        catalog(path)["it"]
    assert not list(cache.rglob("a.csv"))
    shop.files["/a.csv"] = TABLE
    assert rows_of(path) == ROWS


def test_a_file_spoilt_in_the_cache_is_fetched_again(declare, shop, cache):
    shop.files["/a.csv"] = TABLE
    path = declare(PIN, driver="https", type="table", url=f"{shop.address}/a.csv")
    rows_of(path)
    next(cache.rglob("a.csv")).write_bytes(b"spoilt")
    assert rows_of(path) == ROWS
    assert len(shop.asked) == 2


def test_without_a_hash_the_first_fetch_says_which_to_write(declare, shop):
    shop.files["/a.csv"] = TABLE
    path = declare(driver="https", type="table", url=f"{shop.address}/a.csv")
    assert catalog(path).entry("it").pin == "none"
    with pytest.warns(UserWarning, match=f"'it' is not pinned.* write {PIN} into .*Data.toml:1"):
        assert rows_of(path) == ROWS
    assert rows_of(path) == ROWS
    pinned = declare(PIN, driver="https", type="table", url=f"{shop.address}/a.csv")
    assert rows_of(pinned) == ROWS
    assert len(shop.asked) == 1


def test_a_part_of_an_earlier_try_is_gone_on_with_or_thrown_away(declare, shop, cache):
    shop.files["/a.csv"] = TABLE
    path = declare(PIN, driver="https", type="table", url=f"{shop.address}/a.csv")
    rows_of(path)
    kept = next(cache.rglob("a.csv"))
    for left in (TABLE[:5], b"something else that is longer than the file", b"other"):
        kept.unlink()
        (kept.parent / ".part").write_bytes(left)
        assert rows_of(path) == ROWS


def test_many_threads_fetch_once(declare, shop):
    shop.files["/a.csv"] = TABLE
    path = declare(PIN, driver="https", type="table", url=f"{shop.address}/a.csv")
    found = []
    threads = [threading.Thread(target=lambda: found.append(rows_of(path))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [ROWS] * 6
    assert len(shop.asked) == 1


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://example.org/a.csv", "example.org/a.csv is not encrypted on its way; write https, or add the sha256"),
        ("ftp://example.org/a.csv", "is not encrypted"),
        ("file:///etc/passwd", "begins with none of https, http, ftp, sftp, doi"),
        ("example.org/a.csv", "begins with none of"),
        ("https://example.org/", "'' is no plain file name; give one with `filename`"),
        ("https://${NO_SUCH_TOKEN}@example.org/a", "needs NO_SUCH_TOKEN, not set"),
    ],
)
def test_addresses_that_cannot_be_used_are_told(declare, url, message):
    with pytest.raises(CatalogError, match=message):
        catalog(declare(driver="https", type="table", url=url))["it"]


def test_what_is_missing_or_out_of_reach_is_told_without_the_password(declare, shop):
    address = shop.address.replace("http://", "http://me:secret@")
    with pytest.raises(NetworkMissing, match=r"dataset 'it' .*answers 404") as caught:
        catalog(declare(driver="https", type="table", url=f"{address}/a.csv"))["it"]
    assert "secret" not in str(caught.value)
    with pytest.raises(NetworkMissing, match="cannot be reached"):
        catalog(declare(driver="https", type="table", url="http://127.0.0.1:9/a.csv"))["it"]
    with pytest.raises(NetworkMissing, match=r"ftp://127\.0\.0\.1:9/a\.csv cannot be reached"):
        catalog(declare(driver="https", type="table", url="ftp://127.0.0.1:9/a.csv"))["it"]


def test_a_login_in_the_address_is_sent_to_its_host_only(declare, shop, other_shop, monkeypatch):
    monkeypatch.setenv("LOGIN", "me:se%40cret")
    shop.moved["/a.csv"] = f"{other_shop.address}/b.csv"
    other_shop.files["/b.csv"] = TABLE
    address = shop.address.replace("http://", "http://${LOGIN}@")
    assert rows_of(declare(PIN, driver="https", type="table", url=f"{address}/a.csv")) == ROWS
    assert shop.logins == [f"Basic {b64encode(b'me:se@cret').decode()}"]
    assert other_shop.logins == [None]


COMMIT = "0123456789abcdef" * 2 + "01234567"


def stocked(shop, prefix="/datasets", revision=COMMIT):
    base = f"{prefix}/ada/ages/resolve/{revision}"
    shop.files[f"{base}/ages.csv"] = TABLE
    shop.files[f"{base}/notes/1.txt"] = b"one"
    shop.files[f"{base}/notes/2%20b.txt"] = b"two"
    listing = {"siblings": [{"rfilename": name} for name in ("ages.csv", "notes/1.txt", "notes/2 b.txt", ".git")]}
    shop.files[f"/api/datasets/ada/ages/revision/{revision}"] = json.dumps(listing).encode()
    return base


def test_one_file_of_a_hub_is_fetched_once(declare, shop, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", shop.address)
    base = stocked(shop)
    path = declare(driver="hub", type="table", repo="ada/ages", files="ages.csv", revision=COMMIT)
    assert rows_of(path) == rows_of(path) == ROWS
    assert shop.asked == [f"{base}/ages.csv"]
    assert catalog(path).entry("it").pin == "commit"


def test_several_files_of_a_hub_are_a_folder(declare, shop):
    stocked(shop)
    options = {"driver": "hub", "type": "text", "repo": "ada/ages", "revision": COMMIT, "endpoint": shop.address}
    assert list(catalog(declare(files=["notes/2 b.txt", "notes/1.txt"], **options))["it"]) == ["one", "two"]
    assert list(catalog(declare(files=["notes/*.txt"], **options))["it"]) == ["one", "two"]
    with pytest.raises(CatalogError, match=r"no file of the repository fits '\*\.png'; it has \.git, ages\.csv"):
        catalog(declare(files=["*.png"], **options))["it"]


def test_a_branch_of_a_hub_is_told_to_be_unpinned(declare, shop):
    stocked(shop, revision="main")
    path = declare(driver="hub", type="table", repo="ada/ages", files="ages.csv", endpoint=shop.address)
    with pytest.warns(UserWarning, match=f"not pinned.*{PIN}"):
        assert rows_of(path) == ROWS


def test_a_folder_of_a_hub_is_checked_as_a_whole(declare, shop, cache):
    stocked(shop, revision="main")
    options = {"driver": "hub", "type": "text", "repo": "ada/ages", "files": ["notes/*"], "endpoint": shop.address}
    with pytest.raises(HashMismatch, match=r"what came has SHA-256 .*nothing was kept") as caught:
        catalog(declare(f'sha256 = "{"0" * 64}"', **options))["it"]
    assert not list(cache.rglob("1.txt"))
    found = str(caught.value).partition("what came has SHA-256 ")[2][:64]
    path = declare(f'sha256 = "{found}"', **options)
    assert list(catalog(path)["it"]) == ["one", "two"]
    next(cache.rglob("1.txt")).write_text("spoilt")
    assert list(catalog(path)["it"]) == ["one", "two"]


def test_models_and_spaces_have_addresses_of_their_own(declare, shop):
    for kind, prefix in (("model", ""), ("space", "/spaces")):
        stocked(shop, prefix)
        options = {"repo": "ada/ages", "files": "ages.csv", "revision": COMMIT, "endpoint": shop.address}
        assert rows_of(declare(driver="hub", type="table", kind=kind, **options)) == ROWS
    with pytest.raises(CatalogError, match="kind must be one of 'dataset', 'model', 'space'; given 'modl'"):
        catalog(declare(driver="hub", type="table", kind="modl", repo="a/b", files="c"))


def test_the_token_goes_to_the_hub_and_nowhere_else(declare, shop, other_shop, monkeypatch):
    base = stocked(shop)
    shop.token = "hf_secret"
    options = {"repo": "ada/ages", "files": "ages.csv", "revision": COMMIT, "endpoint": shop.address}
    path = declare(driver="hub", type="table", **options)
    with pytest.raises(NetworkMissing, match="answers 401; set HF_TOKEN to a token that may read it"):
        catalog(path)["it"]
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    other_shop.files["/stored"] = TABLE
    shop.moved[f"{base}/ages.csv"] = f"{other_shop.address.replace('127.0.0.1', 'localhost')}/stored"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert rows_of(path) == ROWS
    assert shop.logins == [None, "Bearer hf_secret"]
    assert other_shop.logins == [None]


def test_a_hub_that_answers_nonsense_is_told(declare, shop):
    stocked(shop)
    shop.files[f"/api/datasets/ada/ages/revision/{COMMIT}"] = b"<html>"
    options = {"repo": "ada/ages", "files": ["*.csv"], "revision": COMMIT, "endpoint": shop.address}
    with pytest.raises(NetworkMissing, match="does not answer as a hub does"):
        catalog(declare(driver="hub", type="path", **options))["it"]
    with pytest.raises(NetworkMissing, match="answers 404"):
        catalog(declare(driver="hub", type="path", **{**options, "files": "gone.csv"}))["it"]
    for wrong, message in [
        ({"files": "../a"}, r"'\.\./a' leads out"), ({"files": []}, "files is empty"), ({"files": ""}, "is empty"),
        ({"repo": "../a"}, "repo is written owner/name"), ({"endpoint": "ftp://a"}, "is not encrypted"),
    ]:  # fmt: skip
        with pytest.raises(CatalogError, match=message):
            catalog(declare(driver="hub", type="path", **{**options, **wrong}))["it"]
