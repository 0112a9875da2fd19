from collections import Counter

import numpy as np
import onnx
import pytest
import torch

from leyden.onnx import export, load
from leyden.onnx.layers.dynamic.recurrent import DynamicLSTM
from leyden.onnx.layers.rounding import FakeQuantise, Grid


def test_a_file_gives_what_onnxruntime_gives(recurrent, sounds, run):
    with torch.no_grad():
        got = load(recurrent)(sounds).numpy()
    np.testing.assert_allclose(got, run(recurrent, sounds)[0], atol=5e-3)


def test_its_weights_are_parameters_in_the_order_of_the_file(recurrent):
    layer = next(layer for layer in load(recurrent).modules() if isinstance(layer, DynamicLSTM))
    shapes = {name: tuple(parameter.shape) for name, parameter in layer.named_parameters()}
    assert shapes == {"weight_ih": (2, 6, 64), "weight_hh": (2, 16, 64), "bias": (2, 128)}
    assert repr(layer) == "DynamicLSTM(6, 16, direction='bidirectional')"


def test_every_weight_learns(recurrent, sounds):
    net = load(recurrent)
    net(sounds).square().sum().backward()
    assert all(p.grad is not None and bool(p.grad.abs().sum() > 0) for p in net.parameters())


def test_training_brings_the_loss_down(recurrent, sounds):
    net = load(recurrent)
    optimizer, losses = torch.optim.Adam(net.parameters(), lr=0.01), []
    for _ in range(20):
        optimizer.zero_grad()
        loss = (net(sounds) - 1).square().mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 4


def test_a_trained_network_is_written_as_integers_again(recurrent, sounds, tmp_path):
    net = load(recurrent)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter += 0.1 * parameter.std() * torch.randn_like(parameter)
        wanted = net(sounds)
    free = {"x": {0: "time", 1: "batch"}}
    export(net, sounds, tmp_path / "net.onnx", tolerance=2e-2, dynamic=free)
    model = onnx.load(tmp_path / "net.onnx")
    ops = Counter(node.op_type for node in model.graph.node)
    assert (ops["DynamicQuantizeLSTM"], ops["QuantizeLinear"]) == (1, 0)
    again = load(tmp_path / "net.onnx")
    assert again.state_dict().keys() == net.state_dict().keys()
    assert torch.allclose(again(sounds), wanted, atol=1e-2)


def test_a_scale_for_each_gate_is_left_to_the_function(recurrent, sounds, run):
    model = onnx.load(recurrent)
    node = next(node for node in model.graph.node if node.op_type == "DynamicQuantizeLSTM")
    held = {tensor.name: tensor for tensor in model.graph.initializer}
    for name in node.input[8:12]:
        values = onnx.numpy_helper.to_array(held[name])
        held[name].CopyFrom(onnx.numpy_helper.from_array(np.repeat(values[:, None], 64, 1), name))
    net = load(model)
    assert not any(isinstance(layer, DynamicLSTM) for layer in net.modules())
    with torch.no_grad():
        np.testing.assert_allclose(net(sounds), run(recurrent, sounds)[0], atol=5e-3)


@pytest.mark.parametrize("batch", [1, 4])
def test_states_go_in_and_come_out(batch):
    layer = recurrent_layer()
    x = torch.randn(5, batch, 3)
    whole, hidden, cell = layer(x)
    first, *states = layer(x[:3])
    second, *last = layer(x[3:], *states)
    assert torch.allclose(torch.cat([first, second])[:3], whole[:3], atol=0.05)
    assert (tuple(second.shape), tuple(last[0].shape)) == ((2, 1, batch, 4), (1, batch, 4))
    assert torch.equal(hidden[0], whole[-1, 0])
    assert cell.shape == hidden.shape


def recurrent_layer() -> DynamicLSTM:
    from_steps = [torch.randint(-127, 128, shape).float() * 0.01 for shape in ((1, 3, 16), (1, 4, 16))]
    rounding = [FakeQuantise(torch.tensor([0.01]), torch.zeros(1).int(), Grid(3, 0)) for _ in range(2)]
    layer = DynamicLSTM("forward", *rounding)
    layer.weight_ih, layer.weight_hh = map(torch.nn.Parameter, from_steps)
    return layer
