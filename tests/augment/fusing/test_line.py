import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from leyden.augment.fusing.line import Change, Line
from leyden.errors import DrawError

SWAP = Line(((0.0, 1.0), (1.0, 0.0)))
FACTORS = st.floats(-2, 2)


def lines(channels):
    each = st.one_of(st.tuples(FACTORS), st.tuples(*[FACTORS] * channels))
    rows = st.tuples(*[st.tuples(*[FACTORS] * channels)] * channels)
    return st.tuples(st.one_of(each, rows), st.one_of(each, rows), each)


def by_hand(line, data):
    """The definition, with matrices written out."""
    count = len(data)

    def matrix(part):
        return np.array(part) if isinstance(part[0], tuple) else np.diag(np.broadcast_to(part, count))

    pixels = data.reshape(count, -1)
    result = matrix(line.scale) @ pixels + matrix(line.pull) @ pixels.mean(1, keepdims=True)
    return (result + np.broadcast_to(line.offset, count)[:, None]).reshape(data.shape)


@settings(max_examples=40, deadline=None)
@given(st.lists(lines(3), min_size=1, max_size=4), st.sampled_from([(4, 5), (2, 3, 4)]))
def test_any_run_of_lines_is_one_line_and_does_what_they_do(parts, size):
    several = [Line(*part) for part in parts]
    data = np.random.default_rng(0).random((3, *size))
    fused, expected = several[0], by_hand(several[0], data)
    for line in several[1:]:
        fused, expected = fused.then(line), by_hand(line, expected)
    np.testing.assert_allclose(fused.do(torch.from_numpy(data)).numpy(), expected, atol=1e-10)


def test_bytes_and_permuted_pixels_give_what_their_values_give():
    line = Line(((0.5, 0.25, 0.0), (0.0, 1.0, -1.0), (0.2, 0.2, 0.2)), (0.1, 0.2, 0.3), (1.0, 2.0, 3.0))
    pixels = torch.randint(0, 256, (6, 7, 3), dtype=torch.uint8)
    bytes_ = pixels.permute(2, 0, 1)
    expected = by_hand(line, bytes_.numpy() / 255)
    for data in (bytes_, bytes_.contiguous(), bytes_ / 255, bytes_.double() / 255):
        result = line.do(data)
        assert result.is_contiguous()
        assert result.dtype == (torch.float64 if data.dtype == torch.float64 else torch.float32)
        np.testing.assert_allclose(result.numpy(), expected, atol=2e-6)


def test_channels_for_themselves_need_no_matrix_and_two_swaps_none_either():
    assert Line((2.0,)).then(Line((1.0, 3.0))) == Line((2.0, 6.0), (0.0,), (0.0, 0.0))
    assert SWAP.then(SWAP) == Line((1.0, 1.0), (0.0,), (0.0, 0.0))


def test_one_number_serves_all_channels():
    assert Line((2.0, 6.0)).do(torch.ones(2, 1, 1)).flatten().tolist() == [2.0, 6.0]
    assert Line((2.0,)).do(torch.ones(3, 1, 1)).flatten().tolist() == [2.0, 2.0, 2.0]


def test_numbers_for_different_channels_do_not_mix():
    for step in (Line((1.0, 2.0, 3.0)), Line(offset=(1.0, 2.0, 3.0))):
        with pytest.raises(DrawError, match="colour steps for 2 and 3 channels"):
            Line((1.0, 2.0)).then(step)
        with pytest.raises(DrawError, match="colour steps for 2 and 3 channels"):
            SWAP.then(step)
        with pytest.raises(DrawError, match="a colour step for 3 channels, an image of 1; give one a channel"):
            step.do(torch.ones(1, 2, 2))


@pytest.mark.parametrize("size", [(3, 4), (2, 3, 4)])
def test_lines_come_back(size):
    data = torch.rand(3, *size, dtype=torch.float64)
    gray = Line(((0.9, 0.1, 0.0), (0.1, 0.8, 0.1), (0.0, 0.1, 0.9)), (0.5, 0.0, 0.1), (1.0,))
    for line in (Line((2.0, 3.0, 4.0), (0.5,), (1.0,)), gray, gray.then(Line.about((3.0,), (1.0,), "mean"))):
        torch.testing.assert_close(line.undo(line.do(data)), data)
        torch.testing.assert_close(line.inverse.inverse.do(data), line.do(data))


@pytest.mark.parametrize(
    "line",
    [Line((0.0,)), Line((1.0, 0.0)), Line((0.0,), (1.0,)), Line((2.0,), (-2.0,)), Line(((0.3, 0.7), (0.3, 0.7)))],
)
def test_what_sends_different_colours_to_one_has_no_way_back(line):
    with pytest.raises(DrawError, match="no way back"):
        line.undo(torch.rand(2, 3, 3))


def test_an_image_with_nan_has_no_mean_but_takes_steps_that_need_none():
    data = torch.tensor([[[1.0, float("nan")]]])
    with pytest.raises(DrawError, match="NaN or infinite values has no mean"):
        Line.about((2.0,), (0.0,), "mean").do(data)
    assert Line((2.0,)).do(data)[0, 0, 0] == 2


def test_the_image_given_is_not_changed_and_what_is_ours_may_be():
    data = torch.rand(2, 3, 3)
    before = data.clone()
    for line in (Line((2.0,)), Line(offset=(1.0,)), Line(pull=(0.5,)), Line(), SWAP):
        result = line.do(data)
        assert result.untyped_storage().data_ptr() != data.untyped_storage().data_ptr()
        line.do(data.half())
    assert torch.equal(data, before)
    assert Line((2.0,), offset=(1.0,)).act(data, (), owned=True) is data
    assert torch.equal(data, before * 2 + 1)


def test_a_change_sees_reals_and_may_work_in_place_on_what_is_ours():
    seen = []

    def watch(data):
        seen.append(data)
        return data.add_(1)

    change = Change(lambda data: data + 1, lambda data: data - 1, watch)
    data = torch.full((1, 2, 2), 0.5)
    assert torch.equal(change.act(data, (), owned=False), data + 1)
    assert seen == []
    assert change.act(data, (), owned=True) is data
    assert change.act(torch.full((1, 2, 2), 255, dtype=torch.uint8), (), owned=False).tolist() == [[[2, 2], [2, 2]]]
    assert len(seen) == 2


def test_what_a_change_gives_lies_channel_by_channel():
    change = Change(lambda data: data.permute(1, 2, 0).contiguous().permute(2, 0, 1), lambda data: data)
    assert change.act(torch.rand(3, 4, 5), (), owned=False).is_contiguous()


def test_a_change_measures_the_image_it_is_given():
    change = Change(lambda data, top: data / top[0], lambda data: data, measure=lambda data: (data.max().item(),))
    data = torch.tensor([[[1.0, 4.0]]])
    assert change.statistics(data) == (4.0,)
    assert change.act(data, (2.0,), owned=False).tolist() == [[[0.5, 2.0]]]


def test_a_change_keeps_channels_and_grid():
    with pytest.raises(DrawError, match=r"made shape \(2, 2\) of \(1, 2, 2\)"):
        Change(lambda data: data[0], lambda data: data).act(torch.ones(1, 2, 2), (), owned=False)


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
@pytest.mark.parametrize("scale", [(2.0,), (2.0, 0.5, -1.0), ((1.0, 2.0, 0.0), (0.0, 0.5, 0.0), (3.0, 0.0, 1.0))])
def test_pictures_come_out_as_volumes_of_one_slice_do(dtype, scale):
    data = (255 * torch.rand(3, 5, 7)).to(dtype)
    line = Line(scale, offset=(0.1, 0.2, 0.3))
    for owned in (False, True):
        picture = line.act(data.clone(), (), owned=owned)
        assert picture.dtype == torch.float32
        assert picture.is_contiguous()
        torch.testing.assert_close(picture, line.act(data[:, None].clone(), (), owned=owned)[:, 0])
