import json

import pytest
import torch

from leyden import onnx
from leyden.errors import ExportError
from leyden.prune import Magnitude, prune
from leyden.recipe import ship
from leyden.train import Classifier, Tuning


def test_the_file_agrees_knows_its_classes_and_compresses_when_pruned(task, prep, tmp_path):
    dense = ship(task, prep, tmp_path / "dense.onnx", repeats=3)
    pruned = Classifier(prune(task.model, Magnitude(0.9)), ["dunkel ä", "light"], tuning=Tuning(freeze=0))
    modes = [module.training for module in pruned.modules()]
    shipped = ship(pruned, prep, tmp_path / "pruned.onnx", repeats=3)
    assert shipped.report.max_abs <= 1e-4
    assert shipped.zipped < dense.zipped
    assert shipped.torch_seconds > 0
    assert shipped.onnxruntime_seconds > 0
    assert [module.training for module in pruned.modules()] == modes
    metadata = onnx.summary(tmp_path / "pruned.onnx").metadata
    assert json.loads(metadata["classes"]) == ["dunkel ä", "light"]
    assert json.loads(metadata["preprocess"])["size"] == 16


def test_any_batch_size_runs(task, prep, tmp_path):
    ship(task, prep, tmp_path / "net.onnx", repeats=1)
    images = torch.randn(5, 3, 16, 16)
    (logits,) = onnx.run(tmp_path / "net.onnx", images)
    with torch.no_grad():
        assert torch.allclose(torch.from_numpy(logits), task.eval()(images), atol=1e-4)


@pytest.mark.usefixtures("unchecked")
def test_what_is_no_classifier_is_told_and_nothing_is_written(prep, tmp_path):
    with pytest.raises(
        ExportError, match=r"ship writes a leyden\.train\.Classifier .*; given a Linear: any network is"
    ):
        ship(torch.nn.Linear(2, 2), prep, tmp_path / "net.onnx")
    assert not list(tmp_path.iterdir())
