import gzip
import io
import sys

import nibabel
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.data.volume import read_volume
from leyden.errors import DataError, DriverMissing, UnreadableImage

AFFINE = np.array([[-0.9, 0.1, 0, 5], [0.1, 1.2, 0.3, -7], [0, 0.2, 2.5, 11], [0, 0, 0, 1]])


def scan(shape=(4, 3, 2), dtype=np.int16, kind=nibabel.Nifti1Image, **header):
    generator = np.random.default_rng(0)
    data = generator.integers(0, 100, shape).astype(dtype)
    image = kind(data, AFFINE, dtype=dtype)
    for name, value in header.items():
        image.header[name] = value
    return image


def assert_alike(volume, image):
    """The same values and place as nibabel has of the bytes of an image."""
    again = type(image).from_bytes(image.to_bytes())
    expected = again.get_fdata()
    expected = expected.reshape((*expected.shape, 1, 1)[:3])
    assert volume.data.is_contiguous()
    assert np.array_equal(volume.data.numpy().T.astype(np.float64), expected)
    assert np.array_equal(volume.affine.numpy(), again.affine)
    assert volume.spacing == tuple(float(step) for step in again.header.get_zooms()[2::-1])


NUMBERS = ["u1", "i1", "<i2", ">i2", "<u2", "<i4", ">u4", "<i8", "<u8", "<f4", ">f4", "<f8"]


@pytest.mark.parametrize("dtype", NUMBERS)
@pytest.mark.parametrize("kind", [nibabel.Nifti1Image, nibabel.Nifti2Image])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["nii", "gz"])
def test_values_and_place_are_those_of_nibabel(dtype, kind, pack):
    order = ">" if dtype.startswith(">") else "<"
    data = np.random.default_rng(0).integers(0, 100, (4, 3, 2)).astype(dtype)
    image = kind(data, AFFINE, kind.header_class(endianness=order), dtype=data.dtype)
    volume = read_volume(pack(image.to_bytes()))
    assert_alike(volume, image)
    assert volume.data.numpy().dtype == data.dtype.newbyteorder("=")
    volume.data.zero_()


@given(
    st.sampled_from(NUMBERS[:9:2]),
    st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 5)),
    st.floats(-1e4, 1e4, width=32).filter(bool),
    st.floats(-1e4, 1e4, width=32),
)
def test_scaled_values_are_nibabels_to_the_last_bit(dtype, shape, slope, intercept):
    header = nibabel.Nifti1Header()
    header.set_data_shape(shape)
    header.set_data_dtype(dtype)
    header["magic"], header["vox_offset"], header["scl_slope"], header["scl_inter"] = b"n+1", 352, slope, intercept
    stored = np.random.default_rng(1).integers(0, 120, shape).astype(dtype).tobytes()
    content = header.binaryblock + bytes(4) + stored
    image = nibabel.Nifti1Image.from_bytes(content)
    volume = read_volume(content)
    assert np.array_equal(volume.data.numpy().T, image.get_fdata())
    single = read_volume(content, dtype=torch.float32).data
    assert single.dtype == torch.float32
    assert np.array_equal(single.numpy().T, image.get_fdata().astype(np.float32))


def test_a_file_is_read_by_path_and_says_what_it_is(tmp_path):
    path = tmp_path / "a scän.nii.gz"
    nibabel.save(scan((5, 4, 3)), path)
    volume = read_volume(str(path))
    assert_alike(volume, scan((5, 4, 3)))
    assert repr(volume) == "Volume(3 x 4 x 5, int16, 2.518 x 1.221 x 0.9055 mm)"
    assert torch.equal(read_volume(path).data, volume.data)


def test_other_units_become_millimetres():
    image = scan()
    image.header.set_xyzt_units("micron")
    volume = read_volume(image.to_bytes())
    assert volume.spacing == pytest.approx([step / 1000 for step in image.header.get_zooms()[::-1]])
    assert np.allclose(volume.affine[:3], AFFINE[:3] / 1000)
    assert volume.affine[3].tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize("shape", [(4,), (4, 3), (4, 3, 2, 1), (4, 3, 2, 1, 1)])
def test_missing_axes_are_one_and_trailing_ones_are_dropped(shape):
    data = np.arange(np.prod(shape), dtype=np.int16).reshape(shape)
    volume = read_volume(nibabel.Nifti1Image(data, np.eye(4)).to_bytes())
    assert volume.data.shape == tuple((*shape, 1, 1)[2::-1])
    assert volume.data.flatten().tolist() == data.flatten("F").tolist()


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["nii", "gz"])
def test_of_several_volumes_one_must_be_chosen(pack):
    image = scan((4, 3, 2, 3))
    content = pack(image.to_bytes())
    with pytest.raises(UnreadableImage, match=r"holds 3 volumes, its shape is \(4, 3, 2, 3\); say which: .*frame=0"):
        read_volume(content)
    for frame in range(3):
        assert np.array_equal(read_volume(content, frame=frame).data.numpy().T, image.dataobj[..., frame])
    with pytest.raises(UnreadableImage, match="has no frame 3; it holds 3, counted from 0"):
        read_volume(content, frame=3)


def test_members_one_after_the_other_are_one_file():
    content = scan((100, 100, 100)).to_bytes()  # more than is inflated at a time
    starts = [0, 100, 400, *range(1000, len(content), 300_000)]
    members = [gzip.compress(content[low:high]) for low, high in zip(starts, [*starts[1:], None], strict=True)]
    whole = read_volume(content).data
    assert torch.equal(read_volume(b"".join(members)).data, whole)
    assert torch.equal(read_volume(gzip.compress(content) + bytes(512)).data, whole)


@pytest.mark.parametrize("fast", [True, False], ids=["isal", "zlib"])
def test_damaged_compressed_files_are_refused_with_and_without_isal(fast, tmp_path, monkeypatch):
    if not fast:
        monkeypatch.setitem(sys.modules, "isal", None)
    content = scan((40, 30, 20)).to_bytes()
    packed = gzip.compress(content)
    assert torch.equal(read_volume(packed).data, read_volume(content).data)
    for name, damaged in {
        "cut": packed[:-3000], "end": packed[:-4], "sum": packed[:-8] + bytes(4) + packed[-4:],
        "bits": packed[:5000] + bytes(3) + packed[5003:], "begin": packed[:12], "tail": packed + b"tail",
        "short": gzip.compress(content[:-1000]),
    }.items():  # fmt: skip
        (tmp_path / f"{name}.nii.gz").write_bytes(damaged)
        with pytest.raises(UnreadableImage, match=rf"{name}\.nii\.gz .*fetch it again"):
            read_volume(tmp_path / f"{name}.nii.gz")


def test_what_is_no_volume_is_named_with_what_to_do(tmp_path):
    pair = nibabel.Nifti1Pair(np.zeros((2, 2, 2), np.int16), np.eye(4))
    nibabel.save(pair, tmp_path / "pair.hdr")
    colours = nibabel.Nifti1Image(np.zeros((2, 2, 2), np.dtype([("R", "u1"), ("G", "u1"), ("B", "u1")])), np.eye(4))
    bad = bytearray(scan().to_bytes())
    bad[70:72] = (1234).to_bytes(2, "little")  # the type of its numbers
    hollow = bytearray(scan().to_bytes())
    hollow[42:44] = bytes(2)  # its size along x
    huge = bytearray(scan().to_bytes())
    huge[42:48] = b"\xff\x7f" * 3
    for name, content, message in [
        ("empty.nii", b"", r"empty\.nii is empty \(0 bytes\); delete it"),
        ("none.nii.gz", gzip.compress(b""), r"none\.nii\.gz is no NIfTI; convert it \(DICOM: dcm2niix\)"),
        ("text.nii", b"no scan", r"text\.nii is no NIfTI"),
        ("head.nii", scan().to_bytes()[:100], r"head\.nii is cut short within its header of 348 bytes"),
        (
            "cut.nii",
            scan().to_bytes()[:-1],
            r"cut\.nii is cut short: its header speaks of 400 bytes, there are 399; fetch it again",
        ),
        ("half.nii", (tmp_path / "pair.hdr").read_bytes(), r"half\.nii is no single NIfTI file, but half of a pair"),
        ("rgb.nii", colours.to_bytes(), r"rgb\.nii holds colours or 128-bit numbers"),
        ("bad.nii", bytes(bad), r"bad\.nii cannot be decoded \(HeaderDataError"),
        ("hollow.nii", bytes(hollow), r"hollow\.nii holds no voxel: its shape is \(0, 3, 2\)"),
        ("huge.nii", bytes(huge), r"huge\.nii (cannot be decoded|is cut short)"),
    ]:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(UnreadableImage, match=message):
            read_volume(tmp_path / name)
    with pytest.raises(UnreadableImage, match=r"gone\.nii does not exist; check the path"):
        read_volume(tmp_path / "gone.nii")


def test_random_damage_to_the_header_raises_nothing_else(caplog):
    whole = scan((3, 3, 3)).to_bytes()
    generator = np.random.default_rng(0)
    outcomes = set()
    for _ in range(300):
        content = bytearray(whole)
        for place in generator.integers(0, 348, 3):
            content[place] = generator.integers(256)
        try:
            outcomes.add(type(read_volume(bytes(content))).__name__)
        except UnreadableImage:
            outcomes.add("refused")
    assert outcomes == {"Volume", "refused"}


def test_other_types_and_a_missing_library_are_refused_at_the_door(monkeypatch):
    with pytest.raises(DataError, match=r"read_volume gives float32, float64 or, .* given torch\.int32"):
        read_volume(b"", dtype=torch.int32)
    monkeypatch.setitem(sys.modules, "nibabel", None)
    with pytest.raises(DriverMissing, match="reading NIfTI files needs nibabel"):
        read_volume(b"x")


def test_memory_is_its_own():
    content = scan().to_bytes()
    before = io.BytesIO(content).getvalue()
    read_volume(content).data.fill_(7)
    assert content == before


def test_a_scan_becomes_an_item_that_lies_where_the_scan_lies():
    affine = np.array([[0.0, -2.0, 0.0, 7.0], [1.0, 0.0, 0.0, -3.0], [0.0, 0.0, 4.0, 5.0], [0.0, 0.0, 0.0, 1.0]])
    stored = nibabel.Nifti1Image(np.arange(24, dtype=np.int16).reshape(4, 3, 2), affine)  # x y z
    scan = read_volume(stored.to_bytes())
    for item in (scan.image(), scan.mask()):
        assert item.size == (2, 3, 4)
        assert item.spacing == (4.0, 2.0, 1.0)
        place = torch.tensor([1.0, 2.0, 3.0, 1.0])  # z y x
        assert (torch.tensor(item.affine) @ place)[:3].tolist() == (affine @ [3.0, 2.0, 1.0, 1.0])[:3].tolist()
    assert scan.image().data.dtype == torch.float32
    assert torch.equal(scan.mask().data, scan.data)


def test_a_scan_between_whole_numbers_is_no_mask():
    scan = read_volume(nibabel.Nifti1Image(np.full((2, 2, 2), 0.5, np.float32), np.eye(4)).to_bytes())
    with pytest.raises(DataError, match=r"holds values between whole numbers, so no labels"):
        scan.mask()


def test_a_folder_in_place_of_a_scan_is_called_one(tmp_path):
    with pytest.raises(UnreadableImage, match="is a folder; for all scans in it see files_in"):
        read_volume(tmp_path)
