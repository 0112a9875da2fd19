import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.recipe.during import pack, unpack


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), st.integers(0, 100))
def test_masks_come_back_as_they_were(shape, seed):
    mask = torch.rand(shape, generator=torch.Generator().manual_seed(seed)) > 0.5
    back = unpack(pack({"a": mask}))["a"]
    assert back.dtype == torch.bool
    assert torch.equal(back, mask)


def test_a_mask_takes_a_bit_a_weight():
    assert pack({"a": torch.ones(10, 80).bool()})["a"]["bits"].numel() == 100


def test_a_mask_laid_out_otherwise_in_memory_comes_back_the_same():
    mask = torch.rand(2, 3, 4, 5).to(memory_format=torch.channels_last) > 0.5
    assert torch.equal(unpack(pack({"a": mask}))["a"], mask)


def test_packed_masks_are_read_by_the_careful_loader_of_torch(tmp_path):
    torch.save(pack({"a": torch.tensor([[True, False]])}), tmp_path / "masks.pt")
    assert unpack(torch.load(tmp_path / "masks.pt", weights_only=True))["a"].tolist() == [[True, False]]
