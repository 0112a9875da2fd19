import pytest

from leyden.assets.stream import redact, stream
from leyden.errors import NetworkMissing

DATA = bytes((i * i + i // 7) % 251 for i in range(600_000))


def test_a_file_comes_whole_and_progress_ends_at_its_size(shop, tmp_path):
    shop.files["/a"] = DATA
    seen = []
    stream(shop.at("/a"), tmp_path / "a", on_progress=lambda done, total: seen.append((done, total)))
    assert (tmp_path / "a").read_bytes() == DATA
    assert seen[-1] == (len(DATA), len(DATA))
    assert seen == sorted(seen)


def test_an_empty_file_comes_too(shop, tmp_path):
    shop.files["/a"] = b""
    stream(shop.at("/a"), tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b""


def test_a_connection_that_breaks_is_taken_up_where_it_broke(shop, tmp_path):
    shop.files["/a"], shop.break_after = DATA, 250_000
    stream(shop.at("/a"), tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == DATA
    assert [asked for _, asked in shop.asked] == [None, "bytes=250000-", "bytes=500000-"]


def test_an_earlier_part_is_gone_on_with(shop, tmp_path):
    shop.files["/a"] = DATA
    (tmp_path / "a").write_bytes(DATA[:1000])
    seen = []
    stream(shop.at("/a"), tmp_path / "a", on_progress=lambda *step: seen.append(step))
    assert (tmp_path / "a").read_bytes() == DATA
    assert shop.asked == [("/a", "bytes=1000-")]
    assert seen[0][0] > 1000
    assert seen[-1] == (len(DATA), len(DATA))


def test_a_server_without_ranges_sends_all_and_all_is_taken_from_the_start(shop, tmp_path):
    shop.files["/a"], shop.ranges = DATA, False
    (tmp_path / "a").write_bytes(b"x" * 1000)
    stream(shop.at("/a"), tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == DATA


def test_a_part_that_is_longer_than_the_file_is_thrown_away(shop, tmp_path):
    shop.files["/a"] = DATA[:500]
    (tmp_path / "a").write_bytes(b"x" * 1000)
    stream(shop.at("/a"), tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == DATA[:500]


def test_a_server_that_brings_nothing_is_given_up_and_the_part_kept(shop, tmp_path):
    shop.files["/a"], shop.break_after = DATA, 0
    (tmp_path / "a").write_bytes(DATA[:1000])
    with pytest.raises(NetworkMissing, match="broke off after 1000 bytes"):
        stream(shop.at("/a"), tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == DATA[:1000]


def test_a_server_without_ranges_that_breaks_is_given_up(shop, tmp_path):
    shop.files["/a"], shop.ranges, shop.break_after = DATA, False, 1000
    with pytest.raises(NetworkMissing, match=r"broke off after 1000 bytes: .*600000"):
        stream(shop.at("/a"), tmp_path / "a")


def test_a_refused_connection_a_missing_file_and_bad_tls_are_told(shop, closed_port, tmp_path):
    with pytest.raises(NetworkMissing, match=r"cannot be reached: .*refused"):
        stream(f"http://127.0.0.1:{closed_port}/a", tmp_path / "a")
    with pytest.raises(NetworkMissing, match="/a answers 404") as caught:
        stream(shop.at("/a"), tmp_path / "a")
    assert caught.value.__cause__.closed  # the connection does not live as long as the error
    with pytest.raises(NetworkMissing, match=r"cannot be reached: .*SSL"):
        stream(shop.at("/a").replace("http:", "https:"), tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_a_file_on_disk_is_an_address_too(tmp_path):
    (tmp_path / "a").write_bytes(DATA)
    stream((tmp_path / "a").as_uri(), tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == DATA


def test_passwords_stay_out_of_messages(closed_port, tmp_path):
    assert redact("https://u:p@h:1/a?b=c#d") == "https://h:1/a?b=c#d"
    with pytest.raises(NetworkMissing) as caught:
        stream(f"http://me:secret@127.0.0.1:{closed_port}/a", tmp_path / "a")
    assert "secret" not in str(caught.value)
