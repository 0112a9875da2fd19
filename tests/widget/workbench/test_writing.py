import json
from pathlib import Path

import onnx
import pytest
import torch
from torch import nn

from leyden.errors import ExportError, PanelError
from leyden.train import Segmenter
from leyden.vision import Preprocess
from leyden.widget.workbench.record import Stage
from leyden.widget.workbench.writing import admitted, example_of, write

STAGE = Stage(1, None)


def test_a_file_that_is_there_is_not_replaced_unasked(task, tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(b"mine")
    with pytest.raises(PanelError, match=r"net\.onnx is there already: say replace=True"):
        admitted(path, task, replace=False)
    assert admitted(path, task, replace=True) == path
    assert path.read_bytes() == b"mine"


def test_a_place_that_takes_no_file_is_refused_before_any_work(task, tmp_path):
    with pytest.raises(ExportError, match="must end in"):
        admitted(tmp_path / "net.pt", task, replace=False)
    with pytest.raises(ExportError, match="does not exist; make it first"):
        admitted(tmp_path / "no" / "net.onnx", task, replace=False)


def test_a_folder_that_takes_no_file_is_said_and_not_the_file_on_the_way(task):
    path = Path("/proc/net.onnx")  # nobody, not even root, may write there
    with pytest.raises(PanelError, match=r"nothing can be written into /proc \(.+\): name another$"):
        write(task, path, stage=STAGE, prep=None, batches=None, wanted=lambda: True)


def test_a_classifier_with_its_preprocessing_is_shipped_with_both(task, tmp_path):
    prep = Preprocess(6, mean=(0.5,) * 3, std=(0.5,) * 3)
    path = tmp_path / "net.onnx"
    done = write(task, path, stage=STAGE, prep=prep, batches=None, wanted=lambda: True)
    held = {entry.key: entry.value for entry in onnx.load(path).metadata_props}
    assert json.loads(held["classes"]) == ["dark", "light"]
    assert json.loads(held["preprocess"])["size"] == 6
    assert done.untouched
    assert done.bytes == path.stat().st_size
    assert [each.name for each in tmp_path.iterdir()] == ["net.onnx"]


def test_any_task_is_written_by_an_example_and_not_where_it_is_no_longer_wanted(tmp_path):
    task = Segmenter(nn.Conv2d(2, 1, 3, padding=1), ["bright"])
    batches = [(torch.rand(2, 2, 8, 8), torch.zeros(2, 1, 8, 8))]
    path = tmp_path / "net.onnx"
    assert write(task, path, stage=STAGE, prep=None, batches=batches, wanted=lambda: False) is None
    assert list(tmp_path.iterdir()) == []


def test_an_example_is_one_sample_of_the_first_batch():
    assert example_of([(torch.rand(4, 3, 2, 2), torch.zeros(4))]).shape == (1, 3, 2, 2)
    assert example_of([torch.rand(4, 5)]).shape == (1, 5)
    for wrong in ([], [{"image": 1}]):
        with pytest.raises(PanelError, match="needs batches that begin with a tensor"):
            example_of(wrong)
