"""Real ONNX files of packages: recurrent nets with branches, a transformer with weights in another file, a CNN."""

import pytest
import torch

import onnx_checks as checks
from leyden.onnx import export, load
from onnx_files import inputs

pytestmark = pytest.mark.network


def test_it_gives_what_onnxruntime_gives_at_all_batch_sizes(imported):
    assert checks.parity(imported.file, imported.model, imported.path, imported.net) <= 1e-3


def test_weights_that_the_file_shares_stay_shared(imported):
    assert sum(parameter.numel() for parameter in imported.net.parameters()) <= checks.stored(imported.model)


def test_nearly_all_parameters_get_a_finite_gradient(imported):
    assert checks.gradients(imported.file, imported.model, imported.net) >= 0.95


def test_fifty_steps_halve_the_loss(imported):
    assert checks.trained(imported.file, imported.model, load(imported.path)) <= 0.5


def test_a_transformer_is_written_again_with_the_names_of_its_layers(transformer, tmp_path):
    example = tuple(map(torch.from_numpy, inputs(transformer.file, transformer.model, batch=1, seed=0)))
    export(transformer.net, example, tmp_path / "again.onnx", dynamic={"x": {}, "mask": {}})
    assert load(tmp_path / "again.onnx").state_dict().keys() >= transformer.net.state_dict().keys()


def test_torch_exports_a_transformer(transformer):
    assert checks.exported(transformer.file, transformer.model, transformer.net) == "yes"
