from pathlib import Path

import onnx
import pytest
import torch

import leyden
from leyden.errors import ExportError
from leyden.onnx.write.call import bind
from leyden.onnx.write.finish import beside, correct_outputs, open_written, sign
from leyden.onnx.write.parity import Run


def test_nothing_stays_beside_the_file(tmp_path: Path):
    with beside(tmp_path / "net.onnx") as temporary:
        assert temporary.parent == tmp_path
        assert temporary.exists()
    with pytest.raises(ZeroDivisionError), beside(tmp_path / "net.onnx"):
        1 / 0  # noqa: B018
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_takes_no_file_is_named():
    with pytest.raises(ExportError, match="/proc takes no file"), beside(Path("/proc/net.onnx")):
        pass


def test_a_link_is_followed(tmp_path: Path):
    (tmp_path / "there").mkdir()
    (tmp_path / "link.onnx").symlink_to(tmp_path / "there" / "net.onnx")
    with beside(tmp_path / "link.onnx") as temporary:
        assert temporary.parent == tmp_path / "there"


@pytest.mark.parametrize(
    ("declared", "corrected"),
    [
        (["batch", 5], ["batch", "time"]),
        ([2, 5], ["batch", "time"]),
        ([2, "time"], ["batch", "time"]),
        (["batch"], ["batch"]),
    ],
)
def test_shapes_of_outputs_follow_what_the_network_gave(declared: list, corrected: list):
    output = onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, declared)
    model = onnx.helper.make_model(onnx.helper.make_graph([], "g", [], [output]))
    runs = []
    for batch, time in ((2, 5), (3, 4)):
        call = bind(lambda x: x, torch.zeros(batch, time))
        call = type(call)(call.names, call.tensors, call.keywords, ({0: "batch", 1: "time"},))
        runs.append(Run("", call, (("y", torch.zeros(batch, time)),)))
    correct_outputs(model, runs)
    assert [axis.dim_param for axis in model.graph.output[0].type.tensor_type.shape.dim] == corrected


def test_an_output_whose_size_follows_no_axis_is_left_without_a_name():
    output = onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [4])
    model = onnx.helper.make_model(onnx.helper.make_graph([], "g", [], [output]))
    runs = [Run("", bind(lambda x: x, torch.zeros(n)), (("y", torch.zeros(2 * n)),)) for n in (2, 3)]
    correct_outputs(model, runs)
    assert model.graph.output[0].type.tensor_type.shape.dim[0].WhichOneof("value") is None


def test_a_file_is_signed_with_versions_and_texts(plus_one: Path):
    model = onnx.load(plus_one)
    sign(model, {"classes": "a b"})
    texts = {entry.key: entry.value for entry in model.metadata_props}
    assert texts == {"classes": "a b", "leyden.version": leyden.__version__, "leyden.torch": torch.__version__}
    assert (model.producer_name, model.producer_version) == ("leyden", leyden.__version__)


def test_a_model_that_breaks_the_rules_is_refused(plus_one: Path, tmp_path: Path):
    model = onnx.load(plus_one)
    model.graph.node[0].input[1] = "nowhere"
    with pytest.raises(ExportError, match="not valid ONNX"):
        open_written(model, tmp_path / "net.onnx")


def test_a_model_that_onnxruntime_has_no_operator_for_names_the_file_and_the_way_out(tmp_path: Path):
    sizes = {"x": [1, 1, 3], "w": [1, 1, 3], "y": [1, 1, 1]}
    declared = [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.DOUBLE, size) for name, size in sizes.items()]
    graph = onnx.helper.make_graph([onnx.helper.make_node("Conv", ["x", "w"], ["y"])], "g", declared[:2], declared[2:])
    model = onnx.helper.make_model(graph, ir_version=10, opset_imports=[onnx.helper.make_opsetid("", 20)])
    story = r"net\.onnx: onnxruntime cannot open it: .*Conv.*export net\.float\(\); nothing was written"
    with pytest.raises(ExportError, match=story) as caught, beside(tmp_path / "net.onnx") as temporary:
        open_written(model, temporary)
    assert temporary.name not in str(caught.value)
