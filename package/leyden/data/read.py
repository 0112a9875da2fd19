"""Any picture file as an RGB tensor, and label pictures as the numbers they hold."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Integer
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from leyden.errors import DataError, UnreadableImage
from leyden.types import Rgb

__all__ = ["IMAGE_SUFFIXES", "read_image", "read_mask", "smallest"]

IMAGE_SUFFIXES = (
    ".avif", ".bmp", ".gif", ".jfif", ".jp2", ".jpe", ".jpeg", ".jpg", ".pbm", ".pgm", ".png", ".pnm", ".ppm", ".tga",
    ".tif", ".tiff", ".webp",
)  # fmt: skip
"""The names of picture files end like this, in small or capital letters."""

_SIXTEEN_BIT = ("I;16", "I;16B", "I;16L", "I;16N")
_NO_RANGE = ("I", "F", "LAB")
_SCALED = ("JPEG", "MPO")  # those whose decoder can leave out detail
_STEPS = {"L;2": 85, "L;4": 17}  # PIL stretches grey of so few bits over 0..255
_ORIENTATION = 0x0112  # EXIF tag
_ON_ITS_SIDE = 5  # the first of its values that swap height and width


def read_image(source: str | Path | bytes, *, at_least: int | tuple[int, int] | None = None) -> Rgb:
    """Decode a picture, upright and in RGB, whatever it was stored as.

    Orientation tags are followed. Grey, palette, CMYK and 1-bit pictures are converted; 16-bit grey is scaled from
    0..65535 to 0..255 and rounded; what is transparent is laid over white. Of several frames or pages the first counts.

    With `at_least`, a JPEG that will be shrunk anyway is decoded at 1/2, 1/4 or 1/8 of its size, several times as fast.
    Its pixels are close to, not the same as, those of the full picture shrunk by that factor, and so are those of any
    resize that follows (more than 30 dB above the difference). Other formats come in full.

    Args:
        source: a file, or the bytes of one.
        at_least: the height and width, upright, that must remain; a single number is for the shorter side.

    Returns:
        The picture, 0 to 255; it owns its memory.

    Raises:
        DataError: `at_least` is no positive size.
        UnreadableImage: the file is missing, empty, cut short or no picture, or is too large, or its numbers have no
            agreed range (32-bit, floating point, LAB). The message names the file and what to do.

    Examples:
        >>> file = BytesIO()
        >>> Image.new("L", (3, 2), 7).save(file, "PNG")
        >>> read_image(file.getvalue()).shape, read_image(file.getvalue()).unique()
        (torch.Size([3, 2, 3]), tensor([7], dtype=torch.uint8))
    """
    size = None if at_least is None else smallest(at_least)
    with _opened(source) as image:
        if size is not None and image.format in _SCALED:
            image.draft(None, size if _on_its_side(image) else (size[1], size[0]))
        ImageOps.exif_transpose(image, in_place=True)
        pixels = _rgb(image)
    return torch.from_numpy(np.array(pixels.transpose(2, 0, 1), order="C"))


def read_mask(source: str | Path | bytes) -> Integer[Tensor, "y x"]:
    """Decode a label picture: the whole numbers that it stores, one a pixel, upright as `read_image` gives its picture.

    Of a palette these are the entries' numbers, not their colours; of 1-bit pictures 0 and 1. Grey that is written as
    three equal channels is one number. For `leyden.data.paired`, `files_in("masks", read_mask)`.

    Args:
        source: a file, or the bytes of one.

    Returns:
        `y x`, uint8 of 8 bits, int32 of 16; it owns its memory.

    Raises:
        UnreadableImage: the file is missing, empty, cut short or no picture; holds colours, of which nobody says what
            they stand for, or real numbers; or is a JPEG or GIF, which change the numbers.

    Examples:
        >>> file, picture = BytesIO(), Image.new("P", (3, 2), 2)
        >>> picture.putpalette([0, 0, 0, 128, 0, 0, 0, 128, 0])
        >>> picture.save(file, "PNG")
        >>> read_mask(file.getvalue())
        tensor([[2, 2, 2],
                [2, 2, 2]], dtype=torch.uint8)
    """
    with _opened(source) as image:
        if image.format in _SCALED:
            raise UnreadableImage("is a JPEG, which changes labels along every edge; draw it anew, and store it as PNG")
        if image.format == "GIF":
            raise UnreadableImage("is a GIF, whose writers give labels new numbers; store it as PNG, from the original")
        step = _STEPS.get(_packing(image), 1)
        ImageOps.exif_transpose(image, in_place=True)
        return torch.from_numpy(_numbers(image) // step)


def smallest(at_least: int | tuple[int, int]) -> tuple[int, int]:
    """The height and width of which nothing may be lost; a single number stands for both.

    Raises:
        DataError: it is neither, or not positive.
    """
    sides = at_least if isinstance(at_least, tuple) else (at_least, at_least)
    if len(sides) != 2 or not all(type(side) is int and side > 0 for side in sides):
        raise DataError(f"at_least is (height, width) or the shorter side, in pixels from 1 on; given {at_least!r}")
    return sides[0], sides[1]


@contextmanager
def _opened(source: str | Path | bytes) -> Iterator[Image.Image]:
    """A picture whose decoding is under way; whatever goes wrong names the file."""
    with _named(f"{len(source)} bytes" if isinstance(source, bytes) else str(source)):
        content = source if isinstance(source, bytes) else Path(source).expanduser().read_bytes()
        if not content:
            raise UnreadableImage("is empty (0 bytes); delete it or fetch it again")
        with Image.open(BytesIO(content)) as image:
            yield image


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Turn whatever a decoder raises into one error that names the file and what to do."""
    try:
        yield
    except UnreadableImage as error:
        raise UnreadableImage(f"{name} {error}") from error
    except FileNotFoundError as error:
        raise UnreadableImage(f"{name} does not exist; check the path") from error
    except UnidentifiedImageError as error:
        raise UnreadableImage(f"{name} is no picture that PIL can decode; delete it or convert it to PNG") from error
    except Image.DecompressionBombError as error:
        raise UnreadableImage(
            f"{name} is too large to be opened unasked ({error}); if you trust it, raise PIL.Image.MAX_IMAGE_PIXELS"
        ) from error
    except OSError as error:
        if error.errno is None:  # PIL's own, of damaged files
            raise _undecoded(name, error) from error
        raise UnreadableImage(
            f"{name} cannot be read ({error.strerror}); check the path and its permissions"
        ) from error
    except Exception as error:  # PIL's decoders raise some twenty kinds on damaged files
        raise _undecoded(name, error) from error


def _undecoded(name: str, error: Exception) -> UnreadableImage:
    return UnreadableImage(f"{name} cannot be decoded ({type(error).__name__}: {error}); delete it or fetch it again")


def _on_its_side(image: Image.Image) -> bool:
    return image.getexif().get(_ORIENTATION, 1) >= _ON_ITS_SIDE


def _rgb(image: Image.Image) -> np.ndarray:
    # 16-bit PGM and, before Pillow 11, 16-bit PNG come as mode I but hold 0..65535
    if image.mode in _SIXTEEN_BIT or (image.mode == "I" and image.format in ("PNG", "PPM")):
        # 65535 = 255 * 257; PIL's own conversion would clip at 255
        grey = ((np.asarray(image).astype(np.uint32) + 128) // 257).astype(np.uint8)
        return np.repeat(grey[..., None], 3, axis=2)
    if image.mode in _NO_RANGE:
        raise UnreadableImage(f"is stored in mode {image.mode}, which has no agreed range; convert it to 8 or 16 bits")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        white.alpha_composite(layer)
        return np.asarray(white.convert("RGB"))
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))


def _packing(image: Image.Image) -> str:
    """How PIL says that the pixels lie in the file; to be asked before they are decoded."""
    tiles = getattr(image, "tile", ())
    told = tiles[0][3] if tiles else ""
    return str(told[0] if isinstance(told, tuple) else told)


def _numbers(image: Image.Image) -> np.ndarray:
    """The whole numbers of a label picture, `y x`."""
    if image.mode in _SIXTEEN_BIT or (image.mode == "I" and image.format in ("PNG", "PPM", "TIFF")):
        return np.array(image).astype(np.int32)
    if image.mode in ("L", "P", "1"):
        return np.array(image).astype(np.uint8)
    pixels = np.array(image)
    if image.mode in ("RGB", "RGBA", "LA") and (image.mode == "LA" or (pixels[..., :1] == pixels[..., :3]).all()):
        return pixels[..., 0].copy()
    raise UnreadableImage(
        f"is stored in mode {image.mode}, whose pixels are no whole numbers; say what each stands for with a function "
        "of your own in place of read_mask"
    )
