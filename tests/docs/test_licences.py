"""The page of assets is that of the register, and says a licence for each of them."""

from licences import PAGE, page

from leyden import assets
from leyden.assets import Asset, Https


def test_the_page_of_assets_is_up_to_date() -> None:
    # names: other tests of the process may have registered assets of their own
    known = [assets.find(name) for name in assets.names() if f"| `{name}` |" in PAGE.read_text(encoding="utf-8")]
    assert PAGE.read_text(encoding="utf-8") == page(known), "run python docs/licences.py"
    shipped = {asset.name for asset in assets.catalogue.CATALOGUE}
    assert shipped == {asset.name for asset in known}


def test_an_asset_is_told_with_its_licence_its_place_and_its_pin() -> None:
    source = Https("https://example.org/scans.zip")
    text = page([Asset("our-scans", source, sha256="0" * 64, megabytes=3.5, licence="CC-BY-4.0", about="thirty scans")])
    assert "| `our-scans` | thirty scans | 3.5 MB | CC-BY-4.0 | <https://example.org/scans.zip> |" in text
    assert f"| `our-scans` | `scans.zip` | `{'0' * 64}` |" in text
