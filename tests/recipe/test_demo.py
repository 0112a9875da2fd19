import json
import os
import signal

import onnxruntime
import pytest
import torch

from leyden import vision
from leyden.prune import masks
from leyden.recipe import Plan, photos, run_demo

pytestmark = pytest.mark.network
SMALL = Plan(epochs=2, freeze=1, retune=1, sparsities=(0.7,), size=48, batch=20)
FILES = {
    "augmentations.png", "best.ckpt", "confusion.png", "curves.png", "metrics.json", "model.onnx", "model.pt",
    "report.html", "tradeoff.png",
}  # fmt: skip


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "demo"
    said = []
    job = run_demo(photos(train=4, held_out=2), folder, plan=SMALL, say=said.append)
    return job, folder, said


def test_the_job_leaves_every_file_and_figure_it_promises(done):
    job, folder, said = done
    assert {path.name for path in folder.iterdir()} == FILES
    metrics = json.loads((folder / "metrics.json").read_text())
    assert metrics == job.metrics
    assert metrics["status"] == "finished"
    promised = {
        "accuracy.finetuned",
        "accuracy.scratch",
        "accuracy.pruned",
        "zeros",
        "zeros_all",
        "parity.max_abs",
        "seconds.total",
    }
    assert promised <= set(metrics)
    assert metrics["bytes.onnx_zipped"] < 0.7 * metrics["bytes.dense_zipped"] < 0.7 * 4 * metrics["parameters"]
    assert any("held-out images are right" in line for line in said)


def test_seventy_percent_of_the_touched_weights_are_exactly_zero_in_the_plain_state_dict(done):
    job, folder, _ = done
    state = torch.load(folder / "model.pt", weights_only=True)
    plain, _ = vision.create("efficientnet_lite0", classes=17)
    plain.load_state_dict(state)
    touched = [
        weight.flatten()
        for name, weight in state.items()
        if weight.ndim > 1 and not name.startswith("head") and weight.shape[1] > 1
    ]
    assert job.metrics["zeros"] == pytest.approx(0.7, abs=1e-4)
    assert (torch.cat(touched) == 0).double().mean() == pytest.approx(0.7, abs=1e-4)


def test_the_onnx_file_classifies_as_the_network_does_and_knows_its_classes(done):
    job, folder, _ = done
    session = onnxruntime.InferenceSession(folder / "model.onnx")
    found = session.get_modelmeta().custom_metadata_map
    assert json.loads(found["classes"])[3] == "cat"
    images, _ = next(iter(job.pipes.held_out))
    (logits,) = session.run(None, {session.get_inputs()[0].name: images.numpy()})
    with torch.no_grad():
        reference = job.chosen.fitted.task(images)
    assert (torch.from_numpy(logits) - reference).abs().max() < 1e-4


def test_the_dense_network_given_to_pruning_stays_dense(done):
    job, _, _ = done
    weights = torch.cat([weight.detach().flatten() for weight in job.tuned.task.model.parameters()])
    assert masks(job.tuned.task.model) == {}
    assert (weights == 0).double().mean() < 0.05


def test_training_batches_differ_between_epochs_and_held_out_batches_do_not(done):
    job, _, _ = done
    first, second = next(iter(job.pipes.train))[0], next(iter(job.pipes.train))[0]
    assert not torch.equal(first, second)
    assert torch.equal(next(iter(job.pipes.held_out))[0], next(iter(job.pipes.held_out))[0])
    assert first.shape == (20, 3, 48, 48)


def test_ctrl_c_keeps_what_there_is_and_says_so(tmp_path):
    def listen(history):
        if len(history.steps) == 6:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run_demo(photos(train=4, held_out=1), tmp_path / "demo", plan=SMALL, say=lambda line: None, listener=listen)
    assert json.loads((tmp_path / "demo" / "metrics.json").read_text())["status"] == "interrupted"
    kept = torch.load(tmp_path / "demo" / "best.ckpt", weights_only=True)
    assert "model.head.linear.weight" in kept["state_dict"]
