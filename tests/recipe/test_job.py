import json

import pytest

from leyden.recipe import Compressed, Job, Plan
from leyden.train import Fitted, History


def test_a_plan_counts_its_passes():
    assert Plan(epochs=6, retune=3, sparsities=(0.5, 0.7)).passes == 18


def test_figures_are_written_as_soon_as_they_are_known(labelled, prep, batches, task, tmp_path):
    job = Job(Plan(), labelled, prep, batches, tmp_path, task)
    job.measure({"status": "running"})
    job.measure({"accuracy.finetuned": 0.5})
    assert json.loads((tmp_path / "metrics.json").read_text()) == {"status": "running", "accuracy.finetuned": 0.5}


@pytest.mark.parametrize(("wanted", "taken"), [(0.7, 0.8), (0.1, 0.5)])
def test_what_is_shipped_is_nearest_to_what_was_planned(labelled, prep, batches, task, tmp_path, wanted, taken):
    job = Job(Plan(chosen=wanted), labelled, prep, batches, tmp_path, task)
    fitted = Fitted("finished", task, History(), None)
    job.points = [Compressed(share, share, share, 0.9, fitted) for share in (0.5, 0.8)]
    assert job.chosen.sparsity == taken
