import copy
import stat
from pathlib import Path

import numpy as np
import pytest
import pytorch_lightning as pl
import torch
from torch import Tensor, nn

from leyden.errors import ExportError
from leyden.onnx import export, run, summary, verify


def test_the_file_computes_what_the_network_computes(residual):
    images = torch.rand(3, 3, 16, 16)
    (answer,) = run(residual.report.path, images)
    with torch.no_grad():
        wanted = copy.deepcopy(residual.net).eval()(images)
    np.testing.assert_allclose(answer, wanted.numpy(), atol=1e-5)
    assert verify(residual.net, residual.report.path, [images]).passed


def test_a_network_on_two_free_axes_runs_at_any_of_their_sizes(recurrent):
    steps = torch.randn(4, 11, 4)
    outputs = run(recurrent.report.path, steps)
    assert [value.name for value in recurrent.report.outputs] == ["output_0", "output_1_0", "output_1_1"]
    assert recurrent.report.outputs[0].shape == ("batch", "time", 8)
    np.testing.assert_allclose(outputs[0], recurrent.net(steps)[0].detach().numpy(), atol=1e-5)


def test_the_network_and_the_example_stay_as_they_were(tmp_path: Path):
    class Restless(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = nn.Linear(3, 3)
            self.norm = nn.BatchNorm1d(3)
            self.drop = nn.Dropout()
            self.register_buffer("scratch", torch.zeros(3))

        def forward(self, x: Tensor) -> Tensor:
            self.scratch.copy_(x[0])
            return self.drop(self.norm(self.linear(x.mul_(2))))

    net, example, heard = Restless(), torch.rand(4, 3), []
    net.norm.eval()
    net.linear.weight.requires_grad_(False)
    net.linear.register_forward_hook(lambda *_: heard.append(0))
    weights, given = copy.deepcopy(net.state_dict()), example.clone()
    modes = [module.training for module in net.modules()]
    torch.manual_seed(7)
    drawn = torch.rand(3)
    torch.manual_seed(7)
    export(net, example, tmp_path / "net.onnx")
    assert torch.equal(torch.rand(3), drawn)
    assert torch.equal(example, given)
    assert all(torch.equal(weights[key], value) for key, value in net.state_dict().items())
    assert [module.training for module in net.modules()] == modes
    assert not net.linear.weight.requires_grad
    assert len(net.linear._forward_hooks) == 1
    net(torch.rand(4, 3)).sum().backward()
    assert net.linear.bias.grad is not None


def test_exporting_twice_gives_the_same_bytes(residual, tmp_path: Path):
    path = tmp_path / "again.onnx"
    export(residual.net, residual.example, path, metadata={"classes": '["cat", "dog"]'})
    assert path.read_bytes() == residual.report.path.read_bytes()


def test_a_file_that_differs_is_refused_and_the_old_one_stays(through, tmp_path: Path):
    path = tmp_path / "net.onnx"
    path.write_bytes(b"the old file")
    with pytest.raises(ExportError, match=r"net\.onnx was not written.*'output'.*tolerance 0\.0001.*random numbers"):
        export(through(lambda x: x + torch.rand_like(x)), torch.zeros(2, 3), path)
    assert path.read_bytes() == b"the old file"
    assert list(tmp_path.iterdir()) == [path]


def test_what_happens_at_one_batch_size_only_is_found(through, tmp_path: Path):
    with pytest.raises(ExportError, match=r"at batch=7 differs by .*; 1 of 4 comparisons failed.*size of an axis"):
        export(through(lambda x: x if x.shape[0] < 5 else x + 1), torch.rand(2, 3), tmp_path / "net.onnx")
    assert list(tmp_path.iterdir()) == []


def test_a_good_file_replaces_an_old_one_also_behind_a_link(tmp_path: Path):
    (tmp_path / "änderung ☃").mkdir()
    path, link = tmp_path / "änderung ☃" / "netz.onnx", tmp_path / "link.onnx"
    path.write_bytes(b"the old file")
    link.symlink_to(path)
    report = export(nn.Linear(3, 2), torch.rand(1, 3), link)
    assert link.is_symlink()
    assert report.path == path.resolve()
    assert summary(path).ops == {"Gemm": 1}
    assert stat.S_IMODE(path.stat().st_mode) & stat.S_IRUSR


class TwoWays(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(11, 4)
        layer = nn.TransformerEncoderLayer(4, 2, 8, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)

    def forward(self, tokens: Tensor, scale: Tensor, *, mask: Tensor) -> dict[str, Tensor]:
        hidden = self.encoder(self.words(tokens), src_key_padding_mask=mask)
        return {"hidden": hidden, "score": hidden.mean(1) * scale, "best": hidden[:, :, 0].argmax(1)}


def test_several_inputs_and_outputs_with_integers_and_masks(tmp_path: Path):
    torch.manual_seed(0)
    example = {
        "tokens": torch.randint(11, (2, 6)), "scale": torch.rand(2, 1), "mask": torch.zeros(2, 6, dtype=torch.bool),
    }  # fmt: skip
    axes = {0: "batch", 1: "time"}
    report = export(
        TwoWays(), example, tmp_path / "net.onnx", dynamic={"tokens": axes, "mask": axes}, sizes={"time": (3, 9)}
    )
    assert [str(value) for value in report.inputs] == [
        "tokens: int64[batch, time]", "scale: float32[batch, 1]", "mask: bool[batch, time]",
    ]  # fmt: skip
    assert [value.name for value in report.outputs] == ["hidden", "score", "best"]
    assert [case.run for case in report.parity.cases][::3] == [
        "the example", "batch=1 time=3", "batch=2 time=9", "batch=7 time=3",
    ]  # fmt: skip


def test_names_can_be_chosen(tmp_path: Path):
    report = export(
        nn.Linear(3, 2), torch.rand(2, 3), tmp_path / "net.onnx",
        input_names=["features"], output_names=["logits"], dynamic={"features": {0: "rows"}},
    )  # fmt: skip
    assert [str(value) for value in (*report.inputs, *report.outputs)] == [
        "features: float32[rows, 3]", "logits: float32[rows, 2]",
    ]  # fmt: skip
    assert report.batch_sizes == ()


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        ({"input_names": ["a", "b"]}, r"must name 1 inputs \(input\)"),
        ({"output_names": ["a", "b"]}, r"must name 1 outputs \(output\)"),
        ({"output_names": ["input"]}, "stand for more than one input, output or weight: input"),
        ({"input_names": ["weight"], "output_names": ["bias"]}, "output or weight: bias, weight; give others"),
    ],
)
def test_names_that_do_not_fit_are_refused(tmp_path: Path, wishes: dict, message: str):
    with pytest.raises(ExportError, match=message):
        export(nn.Linear(3, 2), torch.rand(2, 3), tmp_path / "net.onnx", **wishes)


def test_an_input_without_free_axes_stays_fixed(tmp_path: Path):
    report = export(nn.Linear(3, 2), torch.rand(2, 3), tmp_path / "net.onnx", dynamic={"input": {}})
    assert report.inputs[0].shape == (2, 3)
    assert [case.run for case in report.parity.cases] == ["the example", "random values"]


def test_a_lightning_module_is_exported(tmp_path: Path):
    class Task(pl.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.model = nn.Sequential(nn.Linear(3, 3), nn.Dropout())

        def forward(self, x: Tensor) -> Tensor:
            return self.model(x)

    assert export(Task(), torch.rand(1, 3), tmp_path / "net.onnx").max_abs < 1e-6


def test_a_function_of_several_tensors_is_exported(tmp_path: Path):
    def score(left: Tensor, right: Tensor) -> Tensor:
        return torch.softmax(left @ right.mT, -1)

    report = export(score, (torch.rand(1, 4, 3), torch.rand(1, 4, 3)), tmp_path / "net.onnx")
    assert [value.name for value in report.inputs] == ["left", "right"]


def test_half_precision_needs_a_tolerance_that_fits_it(tmp_path: Path):
    torch.manual_seed(0)
    net, example = nn.Sequential(nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 4)).half(), torch.randn(2, 64).half()
    with pytest.raises(ExportError, match=r"float16 keeps three digits: raise the tolerance to 1e-2"):
        export(net, example, tmp_path / "net.onnx", tolerance=1e-9)
    assert export(net, example, tmp_path / "net.onnx", tolerance=1e-2).inputs[0].dtype == "float16"


def test_double_precision_is_exported_as_such(tmp_path: Path):
    report = export(nn.Linear(3, 2).double(), torch.rand(2, 3).double(), tmp_path / "net.onnx")
    assert report.inputs[0].dtype == report.outputs[0].dtype == "float64"
    assert report.max_abs < 1e-12


def test_a_network_that_fails_on_its_own_is_told_apart_from_a_bad_export(tmp_path: Path):
    with pytest.raises(ExportError, match="the network itself fails on the example: RuntimeError"):
        export(nn.Linear(3, 2), torch.rand(2, 4), tmp_path / "net.onnx")
    with pytest.raises(ExportError, match=r"fails on batch=1 time=10: .*choose sizes that it takes with batch_sizes"):
        export(nn.Linear(5, 2), torch.rand(1, 5), tmp_path / "net.onnx", dynamic={"input": {0: "batch", 1: "time"}})


def test_a_network_that_gives_no_tensor_is_refused(through, tmp_path: Path):
    with pytest.raises(ExportError, match="gives no tensor"):
        export(through(lambda x: None), torch.rand(2, 3), tmp_path / "net.onnx")


def test_a_network_that_keeps_a_state_is_refused(tmp_path: Path):
    class Counting(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("calls", torch.zeros(()))

        def forward(self, x: Tensor) -> Tensor:
            self.calls += 1
            return x + self.calls

    net = Counting()
    with pytest.raises(ExportError, match="keeps a state"):
        export(net, torch.rand(2, 3), tmp_path / "net.onnx")
    assert net.calls == 0


def test_an_example_of_one_value_is_told_where_norms_make_noise_of_it(tmp_path: Path):
    net = nn.Sequential(nn.Conv1d(2, 16, 3), nn.InstanceNorm1d(16, eps=1e-14), nn.Conv1d(16, 2, 3))
    with pytest.raises(
        ExportError, match=r"example is of one value everywhere.* Give real data as the example, or torch"
    ):
        export(net, torch.full((1, 2, 33), 0.1), tmp_path / "net.onnx")
    assert export(net, torch.randn(1, 2, 33), tmp_path / "net.onnx").path.is_file()
