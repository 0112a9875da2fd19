"""The axes of tensors are read from annotations, aliases followed, and stand in the reference below each signature."""

from pathlib import Path

import pytest
from site_axes import Axes, axes_of, with_axes

TYPES = 'Pixels: TypeAlias = Float[Tensor, "channel *space"]\n"""One image."""\nName: TypeAlias = str\n'
LIGHT = """
Pair: TypeAlias = tuple[Pixels, Pixels]

def brighten(image: Pixels | None, by: float, *, mask: UInt8[Tensor, "*space"] | None = None) -> Shaped[Tensor, ""]:
    pass

def name(mode: Literal["a", "b"], table: dict[str, "int"]) -> Name:
    pass

class Lamp:
    glow: Float[Tensor, "batch class"]

    def __init__(self, first: Pair) -> None:
        pass

    def shine(self, *rays: Pixels) -> None:
        pass
"""
PAGE = """# light { #jar.light }

### brighten { #jar.light.brighten }

```python
brighten(image, by, *, mask=None)
```

Text.

| `Pair` | Two images. |
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "types.py").write_text(TYPES, encoding="utf-8")
    (tmp_path / "light.py").write_text(LIGHT, encoding="utf-8")
    return tmp_path


def test_axes_are_read_from_annotations(package: Path) -> None:
    found = axes_of(package, "light")
    assert found["brighten"] == [
        Axes("image", "float", "channel *space"),
        Axes("mask", "uint8", "*space"),
        Axes("returns", "any", ""),
    ]
    assert found["Lamp"] == [Axes("glow", "float", "batch class"), Axes("first", "float", "channel *space")]
    assert found["Lamp.shine"] == [Axes("rays", "float", "channel *space")]
    assert "name" not in found
    assert axes_of(package, "types") == {"Pixels": [Axes("Pixels", "float", "channel *space")]}


def test_they_stand_below_the_signature_and_behind_the_alias(package: Path) -> None:
    text = with_axes(PAGE, "jar.light", axes_of(package, "light"))
    assert "```\n\n| Tensor | Elements | Axes |\n| --- | --- | --- |\n| `image` | float | `channel *space` |\n" in text
    assert "| `returns` | any | `none: one number` |\n\nText." in text
    assert "| `Pair` | Two images. Axes: `channel *space` (float). |" in text


def test_a_page_without_tensors_stays_as_it_is(package: Path) -> None:
    assert with_axes(PAGE, "jar.light", {}) == PAGE
