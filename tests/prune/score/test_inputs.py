import pytest
import torch
from torch import nn

from leyden.prune.score.inputs import InputWatch
from leyden.prune.score.kernels import unfused


def watched(model, *inputs):
    watch = InputWatch({name: weight for name, weight in model.named_parameters() if weight.ndim > 1})
    with unfused(model), torch.no_grad(), watch:
        model(*inputs)
    return {name: held.squares for name, held in watch.incoming.items()}


LAYERS = {
    "Linear": (lambda: nn.Linear(3, 2), (4, 5, 3)),
    "Conv1d": (lambda: nn.Conv1d(2, 3, 3, stride=2, padding=1), (2, 2, 7)),
    "Conv2d": (lambda: nn.Conv2d(2, 3, (3, 2), dilation=2), (2, 2, 6, 5)),
    "Conv2d without a batch": (lambda: nn.Conv2d(2, 3, 2), (2, 4, 4)),
    "Conv2d same": (lambda: nn.Conv2d(1, 2, 3, padding="same"), (1, 1, 3, 3)),
    "Conv2d reflect": (lambda: nn.Conv2d(1, 2, 3, padding=1, padding_mode="reflect"), (1, 1, 4, 4)),
    "Conv2d in groups": (lambda: nn.Conv2d(4, 6, 2, groups=2), (2, 4, 3, 3)),
    "Conv2d depthwise": (lambda: nn.Conv2d(3, 3, 2, groups=3), (2, 3, 3, 3)),
    "Conv3d": (lambda: nn.Conv3d(1, 2, 2), (1, 1, 3, 3, 3)),
    "ConvTranspose1d": (lambda: nn.ConvTranspose1d(2, 3, 3, stride=2, padding=1, output_padding=1), (2, 2, 4)),
    "ConvTranspose2d in groups": (lambda: nn.ConvTranspose2d(4, 6, 2, groups=2), (1, 4, 3, 3)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_squares_are_what_each_weight_by_itself_lets_through(name):
    make, shape = LAYERS[name]
    layer, inputs = make(), torch.randn(shape)
    (found,) = watched(layer, inputs).values()
    nn.init.zeros_(layer.bias)
    for place in range(layer.weight.numel()):
        single = torch.zeros(layer.weight.numel())
        single[place] = 1
        layer.weight.data.copy_(single.view_as(layer.weight))
        torch.testing.assert_close(found.flatten()[place], layer(inputs.square()).sum().detach())


def test_recurrent_layers_are_watched_through_time():
    layer, inputs = nn.LSTM(3, 2, batch_first=True), torch.randn(2, 4, 3)
    found = watched(layer, inputs)
    states = layer(inputs)[0].detach()
    torch.testing.assert_close(found["weight_ih_l0"], inputs.square().sum((0, 1)).expand(8, 3))
    torch.testing.assert_close(found["weight_hh_l0"], states[:, :-1].square().sum((0, 1)).expand(8, 2))


@pytest.mark.parametrize("training", [True, False])
def test_attention_is_watched_inside(training):
    layer = nn.MultiheadAttention(4, 2, batch_first=True).train(training)
    query, key, value = torch.randn(3, 2, 5, 4).unbind()
    found = watched(layer, query, key, value)
    for part, given in zip(found["in_proj_weight"].chunk(3), (query, key, value), strict=True):
        torch.testing.assert_close(part, given.square().sum((0, 1)).expand(4, 4))
    layer.out_proj.load_state_dict({"weight": torch.eye(4), "bias": torch.zeros(4)})
    mixed = layer(query, key, value)[0].detach()
    torch.testing.assert_close(found["out_proj.weight"], mixed.square().sum((0, 1)).expand(4, 4))


def test_a_layer_used_twice_adds_up():
    layer = nn.Linear(1, 1, bias=False)
    nn.init.constant_(layer.weight, 3.0)
    assert watched(nn.Sequential(layer, layer), torch.tensor([[2.0]]))["0.weight"].item() == 2**2 + 6**2


class ByHand(nn.Module):
    """Multiplies by a matrix in every way there is."""

    def __init__(self) -> None:
        super().__init__()
        self.matrix = nn.Parameter(torch.randn(3, 3))

    def forward(self, way: str, x: torch.Tensor) -> torch.Tensor:
        match way:
            case "right":
                return x @ self.matrix
            case "left":
                return self.matrix @ x.mT
            case "vector":
                return self.matrix @ x[0]
            case "einsum":
                return torch.einsum("bi,oi->bo", x, self.matrix)
            case _:
                return torch.einsum("bti,oi->bto", x.expand(2, -1, -1), self.matrix)


@pytest.mark.parametrize("way", ["right", "left", "vector", "einsum", "einsum in time"])
def test_products_written_by_hand_are_watched(way):
    x = torch.randn(4, 3)
    used = {"vector": x[:1], "einsum in time": x.repeat(2, 1)}.get(way, x)
    expected = used.square().sum(0).expand(3, 3)
    found = watched(ByHand(), way, x)["matrix"]
    torch.testing.assert_close(found, expected.mT if way == "right" else expected)


def test_experts_side_by_side_have_inputs_of_their_own():
    class Experts(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weights = nn.Parameter(torch.randn(2, 3, 4))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.bmm(x, self.weights)

    x = torch.randn(2, 5, 3)
    torch.testing.assert_close(watched(Experts(), x)["weights"], x.square().sum(1).unsqueeze(-1).expand(2, 3, 4))


def test_squares_of_half_precision_do_not_overflow():
    layer = nn.Linear(1, 1, bias=False).half()
    assert watched(layer, torch.tensor([[1000.0]]).half())["weight"].item() == 1e6


@pytest.mark.parametrize("name", LAYERS)
def test_autocast_is_seen_through(name):
    make, shape = LAYERS[name]
    layer, inputs = make(), torch.randn(shape).bfloat16().float()
    (expected,) = watched(layer, inputs).values()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        (found,) = watched(layer, inputs).values()
    torch.testing.assert_close(found, expected)


def test_the_axis_of_the_outputs_is_told_even_where_there_is_one():
    class Column(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.matrix = nn.Parameter(torch.randn(3, 1))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x @ self.matrix

    for model, shape, axis in ((Column(), (2, 3), 1), (nn.Linear(3, 1), (2, 3), 0), (nn.Linear(1, 3), (2, 1), 0)):
        weight = next(model.parameters())
        watch = InputWatch({"weight": weight})
        with torch.no_grad(), watch:
            model(torch.ones(shape))
        assert watch.incoming["weight"].output_axis == axis


def test_weights_that_are_computed_with_first_are_not_met():
    class Standardised(nn.Linear):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return nn.functional.linear(x, self.weight - self.weight.mean())

    layer = Standardised(2, 2)
    watch = InputWatch({"weight": layer.weight})
    with torch.no_grad(), watch:
        layer(torch.ones(1, 2))
    assert watch.incoming["weight"].output_axis is None
