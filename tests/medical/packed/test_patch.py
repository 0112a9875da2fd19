import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from leyden.augment import (
    Border,
    Brightness,
    CenterCrop,
    ChannelGain,
    Elastic,
    Flip,
    GaussianNoise,
    Identity,
    LabelCrop,
    Maybe,
    OneOf,
    Orientation,
    RandomCrop,
    Rot90,
    Rotate,
    Spacing,
    Zoom,
)  # fmt: skip
from leyden.data import map_random
from leyden.errors import DrawError, MedicalError
from leyden.items import Image
from leyden.medical.artefact import NonzeroZNorm
from leyden.medical.packed.patch import Patch
from leyden.medical.packed.writing import coded, write_case
from leyden.medical.scan import Scan

EXACT = {
    "crop": RandomCrop(5, 6, 7),
    "label": OneOf(LabelCrop(4), LabelCrop(4, labels=(0,))),
    "flips": RandomCrop(4) | Maybe(Flip("x")) | Maybe(Flip("z")) | ChannelGain(0.3) | Brightness(0.2),
    "turned": RandomCrop(4, 5, 6) | Rot90("z") | Flip("y"),
    "oriented": Orientation("RAS") | RandomCrop(4),
    "beyond": CenterCrop(20, outside="fill") | Border("zeros"),
    "mirrored": CenterCrop(20, outside="fill"),
    "all": Identity(),
    "noise": RandomCrop(4) | GaussianNoise(0.1, 0.2),
}
BLENDED = {
    "rotated": Rotate(20) | RandomCrop(4),
    "small": RandomCrop(3) | Rotate(20) | Border("zeros"),
    "spaced": Spacing(1.0) | RandomCrop(6),
    "zoomed": Zoom(0.6, 0.7) | CenterCrop(5),
    "bent": Elastic(0.05) | RandomCrop(5) | Rotate(5),
}
CHAINS = {**EXACT, **BLENDED}


@pytest.fixture
def case(head, tmp_path):
    return write_case(coded(head()), tmp_path / "one.packed")


def drawn(move, seed, sample):
    return move(torch.Generator().manual_seed(seed), sample)


def close(one, other, *, exact):
    assert torch.equal(one.label.data, other.label.data)
    assert one.image.size == other.image.size
    assert torch.allclose(torch.tensor(one.image.affine), torch.tensor(other.image.affine), atol=1e-5)
    if exact:
        assert torch.equal(one.image.data, other.image.data)
    else:
        assert torch.allclose(one.image.data, other.image.data, atol=2e-4)


@pytest.mark.parametrize("name", CHAINS)
@pytest.mark.parametrize("seed", range(4))
def test_a_patch_is_what_the_chain_makes_of_the_whole(case, name, seed):
    found = drawn(Patch(CHAINS[name]), seed, case)
    close(found, drawn(CHAINS[name], seed, case.scan("nonzero")), exact=name in EXACT)


@pytest.mark.parametrize("name", CHAINS)
@pytest.mark.parametrize("norm", ["nonzero", "none"])
def test_of_a_scan_in_memory_it_is_the_same(head, case, name, norm):
    packed = drawn(Patch(CHAINS[name], norm), 1, case)
    in_memory = drawn(Patch(CHAINS[name], norm), 1, case.scan())
    assert torch.equal(packed.image.data, in_memory.image.data)
    assert packed.label == in_memory.label
    assert packed.image.affine == in_memory.image.affine


def test_a_whole_scan_is_normalised_as_the_step_for_chains_does(head):
    found, wanted = drawn(Patch(Identity()), 0, head()), drawn(NonzeroZNorm(), 0, head())
    assert torch.allclose(found.image.data, wanted.image.data, atol=2e-6)
    assert found.label == wanted.label


def test_the_scan_that_was_given_stays_as_it_was(head):
    scan = head()
    before = scan.image.data.clone()
    drawn(Patch(Identity() | Brightness(0.5)), 0, scan)
    drawn(Patch(RandomCrop(3) | Brightness(0.5), "none"), 0, scan)
    assert torch.equal(scan.image.data, before)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**31))
def test_a_draw_of_a_patch_can_be_taken_back_to_its_place(seed):
    image = torch.arange(1.0, 6 * 7 * 8 + 1).view(1, 6, 7, 8)
    scan = Scan(Image(image), None, ("t1",), "one")
    move = RandomCrop(3) | Maybe(Flip("x")) | Maybe(Flip("y"))
    draw = move.draw(torch.Generator().manual_seed(seed), scan)
    patch = drawn(Patch(move, "none"), seed, scan)
    back = draw.invert(patch).image.data
    assert int((back != 0).sum()) == 27
    assert torch.equal(back[back != 0], image[back != 0])


def test_patches_of_a_pipe_differ_from_epoch_to_epoch_and_repeat_by_seed(case):
    one, other = ([case] * 3 | map_random(Patch(RandomCrop(4)), seed=2) for _ in range(2))
    first, second = list(one), list(one)
    assert [each.image for each in first] == [each.image for each in other]
    assert [each.image for each in first] != [each.image for each in second]


def test_what_does_not_fit_is_told(head, tmp_path, case):
    with pytest.raises(DrawError, match="does not fit into 8 x 9 x 11"):
        drawn(Patch(RandomCrop(96)), 0, case)
    bare = write_case(coded(head(labelled=False)), tmp_path / "bare.packed")
    with pytest.raises(DrawError, match="needs a mask"):
        drawn(Patch(LabelCrop(4)), 0, bare)
    assert drawn(Patch(RandomCrop(4)), 0, bare).label is None


def test_another_norm_is_refused(unchecked):
    with pytest.raises(MedicalError, match="no norm named 'z'; there are nonzero, none"):
        Patch(Identity(), "z")
