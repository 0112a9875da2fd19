import io
import struct
import zlib

import numpy as np
import pytest
import torch
from PIL import Image

import leyden as ly
from leyden.data.read import read_image, read_mask
from leyden.errors import DataError, UnreadableImage


def encoded(image, kind="PNG", **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def corner(data):
    return ly.data.read_image(data)[:, 0, 0].tolist()


def test_a_picture_is_channels_rows_columns_of_bytes_it_owns():
    pixels = np.arange(2 * 4 * 3, dtype=np.uint8).reshape(2, 4, 3)
    image = ly.data.read_image(encoded(Image.fromarray(pixels)))
    assert image.dtype == torch.uint8
    assert image.is_contiguous()
    assert torch.equal(image, torch.from_numpy(pixels).permute(2, 0, 1))
    image.fill_(0)


@pytest.mark.parametrize(
    ("image", "kind", "rgb"),
    [
        (Image.new("L", (2, 2), 100), "PNG", [100, 100, 100]),
        (Image.new("1", (2, 2), 1), "PNG", [255, 255, 255]),
        (Image.new("P", (2, 2), 0, ), "PNG", [0, 0, 0]),
        (Image.new("RGB", (2, 2), (1, 2, 3)).quantize(4), "PNG", [1, 2, 3]),
        (Image.new("RGB", (2, 2), (1, 2, 3)).quantize(4), "GIF", [1, 2, 3]),
        (Image.new("RGBA", (2, 2), (10, 20, 30, 255)), "PNG", [10, 20, 30]),
        (Image.new("RGBA", (2, 2), (10, 20, 30, 0)), "PNG", [255, 255, 255]),
        (Image.new("RGBA", (2, 2), (0, 100, 200, 51)), "PNG", [204, 224, 244]),
        (Image.new("LA", (2, 2), (0, 0)), "PNG", [255, 255, 255]),
        (Image.new("CMYK", (2, 2), (0, 255, 255, 0)), "TIFF", [255, 0, 0]),
        (Image.new("RGB", (2, 2), (9, 8, 7)), "WEBP", None),
        (Image.new("RGB", (2, 2), (9, 8, 7)), "BMP", [9, 8, 7]),
        (Image.new("RGB", (2, 2), (9, 8, 7)), "PPM", [9, 8, 7]),
    ],
    ids=lambda value: value.mode if isinstance(value, Image.Image) else None,
)  # fmt: skip
def test_every_mode_becomes_rgb(image, kind, rgb):
    options = {"lossless": True} if kind == "WEBP" else {}
    assert corner(encoded(image, kind, **options)) == (rgb or [9, 8, 7])


def test_a_cmyk_jpeg_becomes_rgb():
    red = corner(encoded(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG"))
    assert red[0] > 240
    assert max(red[1:]) < 15


def test_one_transparent_colour_is_laid_over_white():
    assert corner(encoded(Image.new("L", (2, 2), 5), transparency=5)) == [255, 255, 255]
    assert corner(encoded(Image.new("RGB", (2, 2), (1, 2, 3)), transparency=(1, 2, 3))) == [255, 255, 255]
    assert corner(encoded(Image.new("P", (2, 2), 0), transparency=bytes([0]))) == [255, 255, 255]


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PPM"])
@pytest.mark.parametrize("dtype", ["<u2", ">u2"])
def test_sixteen_bits_are_scaled_by_their_range_and_not_clipped(kind, dtype):
    values = np.array([[0, 128, 129, 257, 32768, 65406, 65407, 65535]], dtype=np.uint16)
    if (kind, dtype) == ("TIFF", ">u2"):
        image = Image.frombytes("I;16B", (8, 1), values.astype(">u2").tobytes())
    else:
        image = Image.fromarray(values)
    expected = [round(value * 255 / 65535) for value in values[0].tolist()]
    assert expected == [0, 0, 1, 1, 128, 254, 255, 255]
    assert ly.data.read_image(encoded(image, kind)).tolist() == [[expected]] * 3


def png(width, height, kind, depth, rows):
    """A PNG by hand: PIL does not write 16-bit colour."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def test_sixteen_bit_colour_is_scaled_too():
    data = png(1, 1, kind=2, depth=16, rows=b"\0" + struct.pack(">HHH", 65535, 32896, 0))
    assert corner(data) == [255, 128, 0]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_tags_are_followed(orientation):
    upright = Image.new("RGB", (16, 8))
    upright.paste((255, 255, 255), (0, 0, 8, 4))
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(undo[orientation]) if orientation > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    for kind in ("PNG", "JPEG"):
        image = ly.data.read_image(encoded(stored, kind, exif=exif)).float().mean(0)
        assert image.shape == (8, 16)
        assert image[:4, :8].min() > 200
        assert image.sum() < 255 * 40


def test_a_file_is_read_by_path_and_by_its_bytes_alike(tmp_path):
    data = encoded(Image.new("RGB", (3, 2), (1, 2, 3)))
    path = tmp_path / "a picture.png"
    path.write_bytes(data)
    assert torch.equal(ly.data.read_image(path), ly.data.read_image(data))
    assert torch.equal(ly.data.read_image(str(path)), ly.data.read_image(data))


def test_the_first_frame_counts():
    frames = [Image.new("L", (2, 2), value) for value in (10, 20)]
    assert corner(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])) == [10, 10, 10]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF"])
@pytest.mark.parametrize("kept", [1, 20, 0.5, 0.9])
def test_a_truncated_picture_is_refused(kind, kept):
    noise = np.random.default_rng(0).integers(0, 255, (40, 40, 3), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), kind)
    cut = data[: int(len(data) * kept) if kept < 1 else kept]
    with pytest.raises(UnreadableImage, match=rf"{len(cut)} bytes (is no picture|cannot be decoded)"):
        ly.data.read_image(cut)


def test_damaged_files_never_raise_anything_else():
    generator = np.random.default_rng(0)
    whole = encoded(
        Image.fromarray(generator.integers(0, 255, (30, 30, 3), dtype=np.uint8)), "JPEG", exif=b"Exif\0\0II*\0"
    )
    outcomes = set()
    for _ in range(200):
        data = bytearray(whole)
        for place in generator.integers(0, 300, 8):
            data[place] = generator.integers(256)
        try:
            outcomes.add(ly.data.read_image(bytes(data)).dtype)
        except UnreadableImage:
            outcomes.add(None)
        except UserWarning:
            outcomes.add("warned")
    assert None in outcomes


def test_missing_empty_and_foreign_files_are_named_with_what_to_do(tmp_path):
    empty, text = tmp_path / "empty.png", tmp_path / "text.png"
    empty.touch()
    text.write_text("no picture")
    with pytest.raises(UnreadableImage, match=r"empty\.png is empty \(0 bytes\); delete it"):
        ly.data.read_image(empty)
    with pytest.raises(UnreadableImage, match=r"text\.png is no picture that PIL can decode; delete it or convert"):
        ly.data.read_image(text)
    with pytest.raises(UnreadableImage, match=r"gone\.png does not exist; check the path"):
        ly.data.read_image(tmp_path / "gone.png")
    with pytest.raises(UnreadableImage, match=r"cannot be read \(Is a directory\); check the path"):
        ly.data.read_image(tmp_path)


@pytest.mark.parametrize("mode", ["F", "I", "LAB"])
def test_numbers_without_an_agreed_range_are_refused(mode):
    with pytest.raises(UnreadableImage, match=f"mode {mode}, which has no agreed range; convert it"):
        ly.data.read_image(encoded(Image.new(mode, (2, 2)), "TIFF"))


def test_a_decompression_bomb_is_refused_before_it_is_opened():
    bomb = png(50_000, 50_000, kind=0, depth=8, rows=b"")
    with pytest.raises(UnreadableImage, match=r"too large to be opened unasked .*raise PIL\.Image\.MAX_IMAGE_PIXELS"):
        ly.data.read_image(bomb)


def photograph(height, width):
    """A picture with the spectrum of photographs: detail falls off with its fineness."""
    generator = np.random.default_rng(0)
    fine = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width))
    fine[0, 0] = 1
    spectrum = np.fft.rfft2(generator.standard_normal((3, height, width))) / fine**1.2
    pixels = np.fft.irfft2(spectrum, (height, width))
    pixels = (pixels / pixels.std() * 50 + 128).clip(0, 255).astype(np.uint8)
    return Image.fromarray(np.ascontiguousarray(pixels.transpose(1, 2, 0)))


@pytest.mark.parametrize(
    ("at_least", "size"),
    [
        (None, (600, 801)),
        (601, (600, 801)),
        (301, (600, 801)),
        (300, (300, 401)),
        (299, (300, 401)),
        (150, (150, 201)),
        (75, (75, 101)),
        (1, (75, 101)),
        ((300, 100), (300, 401)),
        ((100, 400), (300, 401)),
        ((100, 402), (600, 801)),
        ((75, 80), (75, 101)),
        ((5000, 1), (600, 801)),
    ],
)
def test_a_jpeg_is_decoded_as_small_as_it_may_be(at_least, size):
    image = ly.data.read_image(encoded(Image.new("RGB", (801, 600)), "JPEG"), at_least=at_least)
    assert image.shape[1:] == size


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_least_size_is_that_of_the_upright_picture(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(Image.new("RGB", (800, 600)), "JPEG", exif=exif)
    upright = ly.data.read_image(data, at_least=(400, 200)).shape[1:]
    assert upright == ((600, 800) if orientation < 5 else (400, 300))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_other_formats_come_in_full(kind):
    assert ly.data.read_image(encoded(Image.new("RGB", (80, 60)), kind), at_least=10).shape == (3, 60, 80)


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_grey_and_cmyk_jpegs_shrink_too(mode):
    assert ly.data.read_image(encoded(Image.new(mode, (80, 60)), "JPEG"), at_least=10).shape == (3, 15, 20)


@pytest.mark.parametrize(("shrink", "floor"), [(2, 30), (2.7, 40), (4, 32), (8, 32)])
def test_a_jpeg_decoded_small_and_resized_is_nearly_the_whole_one_resized(shrink, floor):
    data = encoded(photograph(480, 640), "JPEG", quality=90)
    size = (int(640 / shrink), int(480 / shrink))
    whole, small = [
        np.asarray(
            Image.fromarray(image.permute(1, 2, 0).numpy()).resize(size, Image.Resampling.BILINEAR), dtype=np.float64
        )
        for image in (ly.data.read_image(data), ly.data.read_image(data, at_least=(size[1], size[0])))
    ]
    assert 10 * np.log10(255**2 / np.mean((whole - small) ** 2)) > floor  # peak signal-to-noise ratio, dB


def test_a_damaged_jpeg_is_refused_at_every_size():
    data = encoded(photograph(100, 100), "JPEG")
    with pytest.raises(UnreadableImage, match="cannot be decoded"):
        ly.data.read_image(data[: len(data) // 2], at_least=10)


@pytest.mark.parametrize("at_least", [0, -1, 2.5, (10,), (10, 0), (1, 2, 3), True])
def test_what_is_no_size_is_refused(at_least):
    with pytest.raises((DataError, TypeError), match="at_least"):
        ly.data.read_image(encoded(Image.new("RGB", (2, 2)), "JPEG"), at_least=at_least)


@pytest.mark.parametrize(
    ("mode", "dtype"), [("L", torch.uint8), ("P", torch.uint8), ("1", torch.uint8), ("I;16", torch.int32)]
)
@pytest.mark.parametrize("suffix", ["PNG", "TIFF"])
def test_the_numbers_of_a_label_picture_are_those_stored(mode, dtype, suffix):
    high = {"1": 2, "I;16": 50_000}.get(mode, 200)
    labels = np.random.default_rng(0).integers(0, high, (5, 7))
    if mode == "1":
        picture = Image.fromarray(labels.astype(bool))
    else:
        picture = Image.fromarray(labels.astype(np.uint16 if mode == "I;16" else np.uint8))
    if mode == "P":
        picture = Image.frombytes("P", picture.size, picture.tobytes())
        picture.putpalette([shade * 37 % 256 for shade in range(768)])
    found = read_mask(encoded(picture, suffix))
    assert found.dtype == dtype
    np.testing.assert_array_equal(found.numpy(), labels)
    found[0, 0] = 9  # it owns its memory


def test_grey_in_three_channels_is_one_number_and_colours_are_refused():
    labels = np.random.default_rng(1).integers(0, 5, (4, 6), dtype=np.uint8)
    grey = Image.fromarray(np.repeat(labels[..., None], 3, 2))
    np.testing.assert_array_equal(read_mask(encoded(grey)).numpy(), labels)
    np.testing.assert_array_equal(read_mask(encoded(grey.convert("RGBA"))).numpy(), labels)
    grey.putpixel((2, 1), (255, 0, 0))
    with pytest.raises(UnreadableImage, match="mode RGB, whose pixels are no whole numbers; say what each stands for"):
        read_mask(encoded(grey))


def test_what_changes_or_lacks_labels_is_refused_by_name(tmp_path):
    (tmp_path / "mask.jpg").write_bytes(encoded(Image.new("L", (8, 8), 3), "JPEG"))
    with pytest.raises(UnreadableImage, match=r"mask\.jpg is a JPEG, which changes labels along every edge"):
        read_mask(tmp_path / "mask.jpg")
    with pytest.raises(UnreadableImage, match="is a GIF, whose writers give labels new numbers"):
        read_mask(encoded(Image.new("L", (8, 8), 3), "GIF"))
    with pytest.raises(UnreadableImage, match="mode F, whose pixels are no whole numbers"):
        read_mask(encoded(Image.new("F", (2, 2), 0.5), "TIFF"))
    for content, told in ((b"", r"is empty \(0 bytes\)"), (b"no picture", "is no picture that PIL can decode")):
        (tmp_path / "mask.png").write_bytes(content)
        with pytest.raises(UnreadableImage, match=rf"mask\.png {told}"):
            read_mask(tmp_path / "mask.png")


def test_a_mask_is_turned_upright_as_its_picture_is():
    labels = np.arange(6, dtype=np.uint8).reshape(2, 3)
    turned = Image.Exif()
    turned[0x0112] = 6  # lies on its right side
    content = encoded(Image.fromarray(labels), exif=turned)
    assert torch.equal(read_mask(content), read_image(content)[0])
    np.testing.assert_array_equal(read_mask(content).numpy(), np.rot90(labels, -1))


def test_pictures_and_label_pictures_are_paired(tmp_path):
    for folder, mode in (("images", "RGB"), ("masks", "L")):
        (tmp_path / folder).mkdir()
        for name in ("a", "b"):
            Image.new(mode, (4, 3), 1).save(tmp_path / folder / f"{name}.png")
    pairs = ly.data.paired(ly.data.files_in(tmp_path / "images"), ly.data.files_in(tmp_path / "masks", read_mask))
    assert [(picture.shape, mask.shape) for picture, mask in pairs] == [((3, 3, 4), (3, 4))] * 2


@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
def test_grey_of_few_bits_is_not_stretched(depth):
    labels = np.arange(6).reshape(2, 3) % 2**depth
    bits = ["".join(f"{label:0{depth}b}" for label in row) for row in labels]
    rows = b"".join(
        b"\0" + int(row.ljust(-len(row) % 8 + len(row), "0"), 2).to_bytes((len(row) + 7) // 8) for row in bits
    )
    np.testing.assert_array_equal(read_mask(png(3, 2, kind=0, depth=depth, rows=rows)).numpy(), labels)
