import hashlib

import pytest

from leyden import assets
from leyden.errors import UnknownAsset, UnknownMember


@pytest.fixture
def on_shelf(pack, tmp_path, monkeypatch, fresh_name):
    """An asset whose archive lies in the air-gapped folder."""
    packed = pack("zip", {"data/a.txt": b"alpha", "data/b.zip": pack("zip", {"c.txt": b"gamma"})})
    (tmp_path / "shelf").mkdir()
    (tmp_path / "shelf" / "a.zip").write_bytes(packed)
    monkeypatch.setenv("LEYDEN_ASSETS", str(tmp_path / "shelf"))
    asset = assets.Asset(
        fresh_name(),
        assets.Https("https://me:secret@example.org/a.zip"),
        sha256=hashlib.sha256(packed).hexdigest(),
        megabytes=0.1,
        licence="CC0-1.0",
        about="two letters",
    )
    assets.register(asset)
    return asset


def test_members_are_listed_and_read_by_name(on_shelf):
    assert assets.members(on_shelf.name) == ["data/a.txt", "data/b.zip", "data/b.zip!c.txt"]
    assert assets.read(on_shelf.name, "data/a.txt") == b"alpha"
    assert assets.read(on_shelf.name, "c.txt") == b"gamma"
    with pytest.raises(UnknownMember, match=r"closest: data/a\.txt"):
        assets.read(on_shelf.name, "data/aa.txt")


def test_members_of_photos_are_image_names():
    names = assets.members("photos")
    assert {"astronaut.png", "chelsea.png", "coffee.png", "retina.jpg", "brick.png", "china.jpg"} <= set(names)
    assert all(name.endswith((".png", ".jpg")) for name in names)
    with pytest.raises(UnknownMember, match=r"it has astronaut\.png"):
        assets.read("photos", "dog.png")


def test_the_table_has_a_line_for_every_asset_and_tells_what_is_here(on_shelf):
    head, *lines = assets.table().splitlines()
    assert head.split() == ["name", "MB", "here", "licence", "about"]
    assert [line.split()[0] for line in lines] == assets.names()
    here = {line.split()[0]: line.split()[2] for line in lines}
    assert (here[on_shelf.name], here["photos"], here["smollm2-135m"]) == ("yes", "yes", "no")
    assert len({line[: head.index("licence")].rstrip().rfind(" ") for line in lines}) == 1


def test_a_description_gives_source_hash_licence_and_place(on_shelf, tmp_path):
    text = assets.describe(on_shelf.name)
    assert "https://example.org/a.zip" in text
    assert on_shelf.sha256 in text
    assert f"here     {tmp_path / 'shelf' / 'a.zip'}" in text
    assert "secret" not in text
    assert "no; fetch('smollm2-135m') brings it" in assets.describe("smollm2-135m")
    assert "Debian pocketsphinx-testdata=0.8+5prealpha+1-15" in assets.describe("librivox-5")
    assert "china.jpg: the Summer Palace in Beijing, colour, 427 x 640; CC-BY-2.0" in assets.describe("photos")


@pytest.mark.parametrize("ask", [assets.members, assets.describe, assets.fetch, lambda name: assets.read(name, "x")])
def test_every_way_in_knows_unknown_names(ask):
    with pytest.raises(UnknownAsset, match="closest: photos"):
        ask("fotos")
