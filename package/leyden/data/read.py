"""Any picture file as an RGB tensor."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError

from leyden.errors import UnreadableImage
from leyden.types import Rgb

__all__ = ["read_image"]

_SIXTEEN_BIT = ("I;16", "I;16B", "I;16L", "I;16N")
_NO_RANGE = ("I", "F", "LAB")


def read_image(source: str | Path | bytes) -> Rgb:
    """Decode a picture, upright and in RGB, whatever it was stored as.

    Orientation tags are followed. Grey, palette, CMYK and 1-bit pictures are converted; 16-bit grey is scaled from
    0..65535 to 0..255 and rounded; what is transparent is laid over white. Of several frames or pages the first counts.

    Args:
        source: a file, or the bytes of one.

    Returns:
        The picture, 0 to 255; it owns its memory.

    Raises:
        UnreadableImage: the file is missing, empty, cut short or no picture, or is too large, or its numbers have no
            agreed range (32-bit, floating point, LAB). The message names the file and what to do.

    Examples:
        >>> file = BytesIO()
        >>> Image.new("L", (3, 2), 7).save(file, "PNG")
        >>> read_image(file.getvalue()).shape, read_image(file.getvalue()).unique()
        (torch.Size([3, 2, 3]), tensor([7], dtype=torch.uint8))
    """
    name = f"{len(source)} bytes" if isinstance(source, bytes) else str(source)
    with _named(name):
        content = source if isinstance(source, bytes) else Path(source).expanduser().read_bytes()
        if not content:
            raise UnreadableImage("is empty (0 bytes); delete it or fetch it again")
        with Image.open(BytesIO(content)) as image:
            ImageOps.exif_transpose(image, in_place=True)
            pixels = _rgb(image)
    return torch.from_numpy(pixels).permute(2, 0, 1).contiguous()


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
    except Exception as error:  # PIL's decoders raise some twenty kinds on damaged files
        problem = f"{type(error).__name__}: {error}"
        raise UnreadableImage(f"{name} cannot be decoded ({problem}); delete it or fetch it again") from error


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
        return np.array(white.convert("RGB"))
    return np.array(image.convert("RGB"))
