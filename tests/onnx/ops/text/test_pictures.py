import io
import struct
import zlib

import numpy as np
import pytest
import torch
from PIL import Image

from leyden.onnx.ops.text.pictures import image_decoder

PIXELS = np.array([[[255, 0, 0], [0, 255, 0]]], dtype=np.uint8)


def encoded(kind: str = "PNG") -> torch.Tensor:
    stream = io.BytesIO()
    Image.fromarray(PIXELS).save(stream, kind)
    return torch.frombuffer(bytearray(stream.getvalue()), dtype=torch.uint8)


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "PPM"])
def test_pixels_come_back_in_the_order_of_the_file(kind: str):
    assert np.array_equal(image_decoder(encoded(kind)).numpy(), PIXELS)


def test_blue_comes_first_where_it_is_told():
    assert np.array_equal(image_decoder(encoded(), pixel_format="BGR").numpy(), PIXELS[..., ::-1])


def test_grey_has_one_channel():
    assert image_decoder(encoded(), pixel_format="Grayscale").shape == (1, 2, 1)


def test_what_is_no_picture_is_an_error():
    with pytest.raises(ValueError, match="3 bytes are no picture that can be decoded"):
        image_decoder(torch.tensor([1, 2, 3], dtype=torch.uint8))


def test_a_broken_picture_is_an_error():
    with pytest.raises(ValueError, match="no picture that can be decoded"):
        image_decoder(encoded()[:45])


def test_a_picture_that_says_it_is_huge_is_refused_before_it_is_decoded():
    head = struct.pack(">IIBBBBB", 20000, 20000, 8, 2, 0, 0, 0)
    chunks = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    )
    with pytest.raises(ValueError, match="pixels"):
        image_decoder(torch.frombuffer(bytearray(b"\x89PNG\r\n\x1a\n" + chunks), dtype=torch.uint8))
