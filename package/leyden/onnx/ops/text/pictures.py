"""Pictures in files, decoded by Pillow."""

import io
import warnings
from typing import Literal

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError
from torch import Tensor

from leyden.onnx.ops.registry import operator

__all__ = ["image_decoder"]

_LIMIT = 2**27  # pixels: three bytes each, about 400 MB


@operator("ImageDecoder", since=20)
def image_decoder(encoded_stream: Tensor, *, pixel_format: Literal["RGB", "BGR", "Grayscale"] = "RGB") -> Tensor:
    """Decode a picture: JPEG, JPEG 2000, PNG, BMP, TIFF, WebP or PNM.

    Args:
        encoded_stream: The bytes of the file.
        pixel_format: Which channels, in which order.

    Returns:
        Bytes of shape [height, width, channel].

    Raises:
        ValueError: It is no picture, is broken, or has more than 2**27 pixels.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(encoded_stream.cpu().numpy().tobytes()))
        if picture.width * picture.height > _LIMIT:
            raise ValueError(
                f"a picture of {picture.width} x {picture.height} pixels is over the limit of {_LIMIT} pixels"
            )
        pixels = np.array(picture.convert("L" if pixel_format == "Grayscale" else "RGB"))
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"{encoded_stream.numel()} bytes are no picture that can be decoded: {error}") from error
    pixels = pixels[:, :, None] if pixel_format == "Grayscale" else pixels
    pixels = pixels[:, :, ::-1].copy() if pixel_format == "BGR" else pixels
    return torch.from_numpy(pixels).to(encoded_stream.device)
