import pytest
import torch
from scipy import stats

from leyden.augment import Draw, Flip
from leyden.augment.chain.chance import seeded
from leyden.augment.noise.normal import GaussianNoise, add_normal_
from leyden.errors import DrawError
from leyden.items import Image, Mask


def run(transform, sample, seed=0):
    return transform(torch.Generator().manual_seed(seed), sample)


@pytest.mark.parametrize("size", [(200, 150), (30, 40, 25)])
@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_noise_is_normal_of_the_drawn_deviation_and_other_in_each_channel(size, kind):
    noise = run(GaussianNoise(0.2, 0.2), Image(torch.full((2, *size), 5.0, dtype=kind))).data - 5
    assert noise.dtype == kind
    for channel in noise:
        assert stats.kstest(channel.flatten().double() / 0.2, "norm").pvalue > 0.01
    correlation = torch.corrcoef(noise.flatten(1))[0, 1]
    assert abs(correlation) < 0.02


def test_deviations_are_even_and_seeds_differ():
    image, generator = Image(torch.zeros(1, 4, 4)), torch.Generator().manual_seed(0)
    drawn = [GaussianNoise(0.1, 0.3).draw(generator, image).steps[0].numbers for _ in range(200)]
    assert 0.1 <= min(drawn)[0] < 0.11
    assert 0.29 < max(drawn)[0] <= 0.3
    assert len({seed for _, seed in drawn}) == 200


def test_a_stored_draw_makes_the_same_noise_byte_for_byte():
    image = Image(torch.rand(2, 300, 301))
    draw = (GaussianNoise(0, 1) | GaussianNoise(0, 1)).draw(torch.Generator().manual_seed(1), image)
    torch.manual_seed(5)
    again = Draw.from_json(draw.to_json())(image).data
    assert again.numpy().tobytes() == draw(image).data.numpy().tobytes()
    # in place on what a flip made, or on a copy: the same noise
    turned = Draw((300, 301), (*Flip("x").draw(torch.Generator(), image).steps, *draw.steps))
    torch.testing.assert_close(turned(image).data - image.data.flip(2), again - image.data, atol=1e-5, rtol=0)


def test_what_came_in_is_not_changed_and_masks_are_left_alone():
    data, mask = torch.rand(1, 5, 5), Mask(torch.ones(5, 5, dtype=torch.uint8))
    before = data.clone()
    assert run(GaussianNoise(1, 1), (Image(data), mask))[1] == mask
    assert torch.equal(data, before)
    assert run(GaussianNoise(0, 0), Image(data)) == Image(data)
    assert run(GaussianNoise(1, 1), Image(data.half())).data.dtype == torch.float16
    assert run(GaussianNoise(0.1, 0.1), Image((data * 255).to(torch.uint8))).data.dtype == torch.float32


def test_noise_is_added_in_place():
    data = torch.ones(1, 3, 3)
    assert add_normal_(data, 0.5, seeded(1, "cpu")) is data
    assert not torch.equal(data, torch.ones(1, 3, 3))


def test_bad_numbers_are_refused_and_words_are_given():
    with pytest.raises(DrawError, match="0 <= low <= high"):
        GaussianNoise(-0.1, 0.1)
    assert GaussianNoise(0, 0.1).plan() == "1.) gaussian noise of 0..0.1"
