import json
from urllib.error import HTTPError

import pytest

from leyden.assets import PyPI
from leyden.assets.index import locate, settings_from
from leyden.errors import HashMismatch, NetworkMissing

HASH, OTHER = "a" * 64, "b" * 64
SOURCE = PyPI("Some_Data", "1.0", file="some_data-1.0.tar.gz")


def page(*links):
    return "".join(f'<a href="{link}">x</a>' for link in links).encode()


def test_the_environment_beats_the_download_section_and_that_the_global_one():
    listing = "\n".join(
        [
            ":env:.index-url='https://env'",
            "download.index-url='https://download'",
            "download.timeout='9'",
            "global.index-url='https://global'",
            "global.extra-index-url='\\nhttps://one\\nhttps://two'",
            "global.timeout='1'",
            "install.no-index='true'",
        ]
    )
    settings = settings_from(listing)
    assert settings == {
        "index-url": "https://env",
        "timeout": "9",
        "extra-index-url": "\nhttps://one\nhttps://two",
    }


def test_a_file_is_found_on_an_html_page_whose_links_are_relative(shop):
    shop.files["/simple/some-data/"] = page(
        "../../files/some_data-0.9.tar.gz", "../../files/some_data-1.0.tar.gz#sha256=" + HASH
    )
    link = locate(SOURCE, {"index-url": shop.at("/simple/"), "timeout": "5"}, sha256=HASH)
    assert link.address == shop.at("/files/some_data-1.0.tar.gz")
    assert link.timeout == 5


def test_a_base_element_moves_the_links_of_a_page(shop):
    shop.files["/simple/some-data/"] = b'<base href="/mirror/">' + page("some_data-1.0.tar.gz")
    link = locate(SOURCE, {"index-url": shop.at("/simple")}, sha256=HASH)
    assert link.address == shop.at("/mirror/some_data-1.0.tar.gz")


def test_a_file_is_found_on_a_json_page(shop):
    shop.kinds["/simple/some-data/"] = "application/vnd.pypi.simple.v1+json"
    files = [{"filename": SOURCE.file, "url": f"/f/{SOURCE.file}", "hashes": {"sha256": HASH}}]
    shop.files["/simple/some-data/"] = json.dumps({"files": files}).encode()
    assert locate(SOURCE, {"index-url": shop.at("/simple")}, sha256=HASH).address == shop.at(f"/f/{SOURCE.file}")


def test_a_redirected_page_counts_its_links_from_where_it_is(shop):
    shop.moved["/simple/some-data/"] = "/elsewhere/some-data/"
    shop.files["/elsewhere/some-data/"] = page("some_data-1.0.tar.gz")
    link = locate(SOURCE, {"index-url": shop.at("/simple")}, sha256=HASH)
    assert link.address == shop.at("/elsewhere/some-data/some_data-1.0.tar.gz")


def test_a_further_index_is_asked_when_the_first_fails_or_has_another_file(shop, closed_port):
    shop.files["/a/some-data/"] = page("some_data-1.0.tar.gz#sha256=" + OTHER)
    shop.files["/b/some-data/"] = page("some_data-1.0.tar.gz#sha256=" + HASH)
    further = f"{shop.at('/a')} {shop.at('/b')}"
    settings = {"index-url": f"http://127.0.0.1:{closed_port}/simple", "extra-index-url": further}
    assert locate(SOURCE, settings, sha256=HASH).address == shop.at("/b/some-data/some_data-1.0.tar.gz")


def test_the_connection_of_an_index_that_answers_with_an_error_is_closed(shop, monkeypatch):
    closed, close = [], HTTPError.close
    monkeypatch.setattr(HTTPError, "close", lambda error: (closed.append(error.code), close(error)))
    with pytest.raises(NetworkMissing, match="some-data/: Not Found"):
        locate(SOURCE, {"index-url": shop.at("/a")}, sha256=HASH)
    assert closed == [404]


def test_an_index_that_has_only_another_file_of_that_name_is_a_mismatch(shop):
    shop.files["/a/some-data/"] = page("some_data-1.0.tar.gz#sha256=" + OTHER)
    with pytest.raises(HashMismatch, match=f"pinned is {HASH}, but .*some_data-1.0.tar.gz has {OTHER}"):
        locate(SOURCE, {"index-url": shop.at("/a")}, sha256=HASH)


def test_every_place_that_was_tried_is_named_without_its_password(shop, closed_port):
    shop.files["/a/some-data/"] = page("some_data-0.9.tar.gz")
    settings = {
        "index-url": shop.at("/a"),
        "extra-index-url": f"http://me:secret@127.0.0.1:{closed_port}/b {shop.at('/c')}",
    }
    with pytest.raises(NetworkMissing) as caught:
        locate(SOURCE, settings, sha256=HASH)
    text = str(caught.value)
    assert f"{shop.at('/a/some-data/')}: has no some_data-1.0.tar.gz" in text
    assert "refused" in text
    assert f"{shop.at('/c/some-data/')}: Not Found" in text
    assert "secret" not in text


def test_a_folder_of_files_is_a_place_and_comes_first(tmp_path, shop):
    (tmp_path / SOURCE.file).write_bytes(b"x")
    for place in (str(tmp_path), tmp_path.as_uri()):
        link = locate(SOURCE, {"find-links": place, "index-url": shop.at("/a")}, sha256=HASH)
        assert link.address == (tmp_path / SOURCE.file).as_uri()
    assert shop.asked == []


def test_an_index_on_disk_is_read(tmp_path):
    (tmp_path / "some-data").mkdir()
    (tmp_path / "some-data" / "index.html").write_bytes(page("some_data-1.0.tar.gz"))
    for place in (str(tmp_path), tmp_path.as_uri()):
        link = locate(SOURCE, {"index-url": place}, sha256=HASH)
        assert link.address == (tmp_path / "some-data" / SOURCE.file).as_uri()


def test_no_index_asks_no_index(shop):
    with pytest.raises(NetworkMissing, match="forbid every index"):
        locate(SOURCE, {"index-url": shop.at("/a"), "no-index": "1"}, sha256=HASH)
    assert shop.asked == []


def test_credentials_of_an_index_go_with_its_page_and_its_files(shop):
    shop.login = "me@work:p/w"
    shop.files["/a/some-data/"] = page("some_data-1.0.tar.gz")
    shop.files["/a/some-data/some_data-1.0.tar.gz"] = b"data"
    place = shop.at("/a").replace("http://", "http://me%40work:p%2Fw@")
    link = locate(SOURCE, {"index-url": place}, sha256=HASH)
    assert "work" not in link.address
    with link.opener.open(link.address) as response:
        assert response.read() == b"data"


def test_credentials_come_from_netrc_too(shop, tmp_path, monkeypatch):
    shop.login = "me:word"
    shop.files["/a/some-data/"] = page("some_data-1.0.tar.gz")
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password word\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert locate(SOURCE, {"index-url": shop.at("/a")}, sha256=HASH).address


def test_credentials_do_not_follow_a_redirect_to_another_host(shop):
    shop.files["/b/some-data/"] = page("some_data-1.0.tar.gz")
    shop.moved["/a/some-data/"] = shop.at("/b/some-data/").replace("127.0.0.1", "localhost")
    place = shop.at("/a").replace("http://", "http://me:word@")
    locate(SOURCE, {"index-url": place}, sha256=HASH)
    assert [login is not None for login in shop.logins] == [True, False]


def test_a_proxy_of_the_settings_is_used(shop, monkeypatch):
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.delenv("no_proxy", raising=False)
    shop.files["http://index.invalid/simple/some-data/"] = page("some_data-1.0.tar.gz")
    link = locate(SOURCE, {"index-url": "http://index.invalid/simple", "proxy": shop.address}, sha256=HASH)
    assert link.address == "http://index.invalid/simple/some-data/some_data-1.0.tar.gz"


def test_a_missing_certificate_file_is_told(tmp_path):
    with pytest.raises(NetworkMissing, match="No such file"):
        locate(SOURCE, {"index-url": "https://127.0.0.1:1/a", "cert": str(tmp_path / "none.pem")}, sha256=HASH)
