from pathlib import Path

import pytest
import torch
from torch import nn

from leyden.errors import ExportError
from leyden.onnx.write.call import bind
from leyden.onnx.write.door import Wish, admit, check_example


def refused(path: Path, net: nn.Module | None = None, **wishes) -> str:
    with pytest.raises(ExportError) as caught:
        admit(Wish(path, **wishes), net or nn.Identity())
    return str(caught.value)


def test_all_faults_are_told_at_once(tmp_path: Path):
    story = refused(
        tmp_path / "absent" / "net.onnx", batch_sizes=(0,), tolerance=-1.0, opset=99, metadata={"leyden.version": "7"},
        input_names=["a"], output_names=["a"],
    )  # fmt: skip
    for part in ("does not exist", "batch_sizes", "tolerance", "opset must be from 7", "leyden.version", "must differ"):
        assert part in story
    assert f"Path('{tmp_path / 'absent'}').mkdir(parents=True)" in story


@pytest.mark.parametrize("name", ["net", "net.pt", "net.onnx.ckpt"])
def test_only_an_onnx_file_is_ever_replaced(tmp_path: Path, name: str):
    assert "must end in .onnx" in refused(tmp_path / name)


def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path: Path):
    (tmp_path / "net.onnx").mkdir()
    assert "is a folder" in refused(tmp_path / "net.onnx")


def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path):
    assert refused(tmp_path / f"{300 * 'a'}.onnx").startswith("no file can have this path (File name too long); give")


def test_no_batch_size_and_no_number_are_refused(tmp_path: Path):
    assert "given: ()" in refused(tmp_path / "net.onnx", batch_sizes=())
    assert "given: nan" in refused(tmp_path / "net.onnx", tolerance=float("nan"))


def test_bfloat16_is_refused_because_it_cannot_be_proven(tmp_path: Path):
    assert "export net.float()" in refused(tmp_path / "net.onnx", nn.Linear(2, 2).bfloat16())


def test_weights_beyond_two_gigabytes_are_refused(tmp_path: Path):
    with torch.device("meta"):
        net = nn.Linear(2**15, 2**15)
    assert "take 4295098368 bytes" in refused(tmp_path / "net.onnx", net)


def test_a_good_wish_is_admitted(tmp_path: Path):
    admit(Wish(tmp_path / "net.onnx", metadata={"classes": "a b"}), nn.Linear(2, 2))


def example_refused(example, **wishes) -> str:
    call = bind(lambda x, y=None: x, example)
    with pytest.raises(ExportError) as caught:
        check_example(Wish(Path("net.onnx"), **wishes), call)
    return str(caught.value)


def test_an_example_must_hold_elements_and_agree_on_the_batch():
    assert "x holds no element (shape (0, 3))" in example_refused(torch.zeros(0, 3))
    assert "4 in x, 1 in y" in example_refused((torch.zeros(4, 3), torch.zeros(1)))


def test_free_axes_must_exist():
    story = example_refused(torch.zeros(2, 3), dynamic={"z": {0: "batch"}, "x": {0: "batch", 2: "time"}})
    assert "dynamic names the input 'z'; the inputs are x" in story
    assert "x of shape (2, 3) has no axes [2]" in story


def test_sizes_must_name_free_axes_and_be_positive():
    story = example_refused(torch.zeros(2, 3), sizes={"time": (), "batch": (3,)})
    assert "sizes names the axis 'time'" in story
    assert "batch_sizes is for 'batch'" in story
    assert "sizes['time'] must be one or more" in story
