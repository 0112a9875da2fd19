import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from leyden.train.guard.record import Record


def test_a_change_in_place_is_named_by_its_path():
    record, batch = Record(), {"image": torch.ones(2), "pair": [torch.ones(1), 3]}
    record.nested(batch, "batch")
    assert record.changed() == []
    batch["pair"][0].add_(1)
    assert record.changed() == ["batch.pair.0"]


def test_a_new_item_in_a_container_is_named():
    record, batch = Record(), {"image": torch.ones(2), "pair": [1, 2, 3]}
    record.nested(batch, "batch")
    batch["image"] = torch.zeros(2)
    batch["more"] = None
    batch["pair"].pop()
    assert record.changed() == ["batch.image", "batch.more", "batch.pair.2"]


def test_the_first_version_counts():
    record, tensor = Record(), torch.ones(2)
    record.tensor(tensor, "batch")
    tensor.add_(1)
    record.tensor(tensor, "batch")
    assert record.changed() == ["batch"]


def test_renewed_it_takes_things_as_they_are():
    record, tensor, weight, notes = Record(), torch.ones(2), nn.Parameter(torch.ones(1)), {"a": 1}
    record.tensor(tensor, "batch")
    record.nested(notes, "outputs")
    record.parameters([weight], [("weight", True, True)])
    tensor.add_(1)
    notes["a"] = 2
    weight.grad = torch.ones(1)
    assert record.changed() == ["batch", "outputs.a", "model.gradients.weight"]
    record.renew()
    assert record.changed() == []
    weight.grad.add_(1)
    assert record.changed() == ["model.gradients.weight"]


def test_a_tensor_of_inference_mode_is_left_alone():
    record = Record()
    with torch.inference_mode():
        tensor = torch.ones(2)
        record.nested([tensor], "outputs")
        tensor.add_(1)
    assert record.changed() == []


def test_cleared_it_holds_nothing():
    record = Record()
    record.nested([torch.ones(1)], "batch")
    assert record
    record.clear()
    assert not record


def scale(weight):
    with torch.no_grad():
        weight.mul_(2)


ACTS = {
    "nothing": (lambda weight: weight.sum(), []),
    "values": (scale, ["model.parameters.w"]),
    "frozen": (lambda weight: weight.requires_grad_(False), ["model.parameters.w"]),
    "gradient in place": (lambda weight: weight.grad.mul_(2), ["model.gradients.w"]),
    "gradient taken away": (lambda weight: setattr(weight, "grad", None), ["model.gradients.w"]),
    "backward": (lambda weight: weight.sum().backward(), ["model.gradients.w"]),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(("values", "gradients"), [(True, True), (True, False), (False, True)])
def test_of_a_parameter_only_what_may_not_change_is_named(act, values, gradients):
    weight, record = nn.Parameter(torch.ones(2)), Record()
    weight.grad = torch.ones(2)
    record.parameters([weight], [("w", values, gradients)])
    ACTS[act][0](weight)
    allowed = {"model.parameters.w": values, "model.gradients.w": gradients}
    assert record.changed() == [path for path in ACTS[act][1] if allowed[path]]


@given(st.integers(0, 3), st.integers(0, 2))
def test_versions_beyond_small_numbers_are_compared_by_value(steps, more):
    weight, record = nn.Parameter(torch.ones(1)), Record()
    with torch.no_grad():
        for _ in range(300 + steps):
            weight.add_(1)
        record.parameters([weight], [("w", True, True)])
        for _ in range(more):
            weight.add_(1)
    assert record.changed() == (["model.parameters.w"] if more else [])
