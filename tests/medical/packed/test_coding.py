import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leyden.errors import MedicalError
from leyden.medical.packed.coding import Coding, decode, encode


def volume(*values):
    return np.array([[values]], np.float32)


@pytest.mark.parametrize(("values", "kind"), [((-32768, 0, 32767), "<i2"), ((0, 65535), "<u2"), ((0, 0), "<i2")])
def test_whole_numbers_of_16_bits_come_back_as_they_were(values, kind):
    codes, coding = encode(volume(*values))
    assert coding == Coding(kind)
    assert decode(codes, coding).tolist() == volume(*values).tolist()


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=40))
def test_what_comes_back_is_as_near_as_is_said_and_zero_stays_zero(values):
    given_ones = volume(*values)
    codes, coding = encode(given_ones)
    back = decode(codes, coding)
    # decoding itself rounds to single precision
    assert np.abs(back.astype(np.float64) - given_ones).max() <= coding.error * (1 + 1e-6)
    assert ((codes == 0) == (given_ones == 0)).all()
    shown = given_ones[given_ones != 0]
    if shown.size:
        spread, largest = float(shown.max()) - float(shown.min()), float(np.abs(shown).max())
        assert coding.error <= spread / 131068 * 1.01 + largest * 1e-6


@pytest.mark.parametrize("value", [0.3, 1e-8, -12345.678])
def test_a_channel_of_one_value_between_whole_numbers_is_kept(value):
    codes, coding = encode(volume(0, value, value))
    assert codes.tolist() == [[[0, 1, 1]]]
    assert decode(codes, coding).tolist() == volume(0, value, value).tolist()


def test_values_just_beyond_16_bits_are_rounded():
    assert encode(volume(-1, 40000))[1].error > 0
    assert encode(volume(1, 65536))[1].error <= 0.51


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_finite_number_is_refused_and_counted(odd):
    with pytest.raises(MedicalError, match=r"2 voxels that are no finite number; clean them first"):
        encode(volume(1.0, odd, odd))


def test_decoding_shifts_and_scales_what_is_not_zero():
    codes, coding = encode(volume(0.25, 0, 1.75))
    assert np.allclose(decode(codes, coding, shift=0.5, factor=4.0), volume(-1, 0, 5), atol=1e-4)


def test_a_part_in_another_order_is_decoded_into_the_place_given():
    codes = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
    out = np.empty((2, 3, 2), np.float32)
    assert decode(codes[::-1, :, ::-2], Coding("<i2"), shift=1.0, out=out) is out
    expected = codes[::-1, :, ::-2].astype(np.float32) - 1
    expected[expected == -1] = 0  # the one zero
    assert (out == expected).all()


def test_a_volume_of_many_slabs_is_decoded_alike():
    codes = np.random.default_rng(0).integers(-5, 6, (7, 150, 130)).astype(np.int16)
    whole = np.where(codes != 0, (codes.astype(np.float64) - 2) * 0.5, 0)
    assert np.array_equal(decode(codes, Coding("<i2"), shift=2.0, factor=0.5), whole)


@pytest.mark.parametrize("kind", ["<i2", "<u2"])
def test_codes_are_two_bytes_with_the_low_one_first(kind):
    values = volume(1, 258) if kind == "<i2" else volume(1, 60000)
    codes, coding = encode(values)
    assert coding.kind == kind
    assert codes.tobytes()[:2] == b"\x01\x00"
