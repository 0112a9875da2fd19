import pytest

from leyden.assets import Asset, Https, find, names, register
from leyden.errors import AssetError, UnknownAsset


def asset(name):
    return Asset(name, Https("https://example.org/a.zip"), sha256="0" * 64, megabytes=1, licence="MIT")


def test_a_registered_asset_is_found_and_listed_in_order(fresh_name):
    mine = asset(fresh_name())
    register(mine)
    assert find(mine.name) is mine
    assert mine.name in names()
    assert names() == sorted(names())


def test_a_second_asset_of_one_name_is_an_error_and_changes_nothing(fresh_name):
    mine = asset(fresh_name())
    register(mine)
    with pytest.raises(AssetError, match=r"is registered already, from Https\(.*choose another name"):
        register(asset(mine.name))
    assert find(mine.name) is mine
    with pytest.raises(AssetError, match="'photos' is registered already"):
        register(asset("photos"))


@pytest.mark.parametrize(
    ("given", "closest"),
    [("photo", "photos"), ("EfficientNet_Lite0", "efficientnet-lite0"), ("whisper-tiny", "whisper-tiny-en")],
)
def test_an_unknown_name_is_answered_with_the_closest(given, closest):
    with pytest.raises(UnknownAsset, match=rf"no asset named '{given}'; closest: {closest}.*leyden.assets.names"):
        find(given)


def test_a_name_like_no_other_is_answered_with_all():
    with pytest.raises(UnknownAsset, match=r"there are .*colin27, .*efficientnet-lite0, .*photos"):
        find("@@@@")
