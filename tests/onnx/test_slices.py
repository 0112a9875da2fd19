import numpy as np
import onnx
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from leyden.errors import OnnxError
from leyden.onnx import Session, export
from leyden.onnx.slices import as_slices


def model(nodes, tensors, *, axes=("n", "c", "z", "y", "x"), opset=18, kind=TensorProto.FLOAT, more=()):
    """A file with one input `a` and one output `b`."""
    takes = [helper.make_tensor_value_info("a", kind, axes), *more]
    gives = [helper.make_tensor_value_info("b", kind, None)]
    held = [numpy_helper.from_array(value, name) for name, value in tensors.items()]
    graph = helper.make_graph(nodes, "g", takes, gives, held)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9).SerializeToString()


def convolution(weight, bias=None, **say):
    names = ["a", "w"] + ([] if bias is None else ["v"])
    tensors = {"w": weight} | ({} if bias is None else {"v": bias})
    return model([helper.make_node("Conv", names, ["b"], **say)], tensors)


def kinds(file):
    """Operators of a file, with the axes of the weights of its convolutions."""
    graph = onnx.ModelProto.FromString(file).graph
    axes = {tensor.name: len(tensor.dims) for tensor in graph.initializer}
    return [(node.op_type, axes[node.input[1]]) if node.op_type == "Conv" else node.op_type for node in graph.node]


def noise(*size, seed=0):
    return np.random.default_rng(seed).standard_normal(size).astype(np.float32)


def same(one, other, array):
    expected, found = Session(one)(array)[0], Session(other)(array)[0]
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


sides = st.tuples(*[st.integers(1, 3)] * 3)


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(st.integers(2, 4), st.integers(1, 3), st.integers(1, 3)), sides, sides,
    st.tuples(*[st.integers(0, 2)] * 6), st.sampled_from([(1, 1), (3, 5), (8, 8), (12, 20)]),
    st.tuples(st.integers(1, 2), *[st.integers(10, 13)] * 3), st.booleans(),
)  # fmt: skip
def test_any_convolution_of_volumes_gives_what_it_gave(kernel, strides, dilations, pads, channels, size, biased):
    takes, gives = channels
    say = {"strides": strides, "dilations": dilations, "pads": pads}
    file = convolution(noise(gives, takes, *kernel), noise(gives) if biased else None, **say)
    new = as_slices(file)
    assert ("Conv", 4) in kinds(new)
    assert ("Conv", 5) not in kinds(new)
    same(file, new, noise(size[0], takes, *size[1:], seed=1))


def test_attributes_that_are_not_there_are_onnxs_defaults():
    file = convolution(noise(2, 3, 3, 3, 3))
    same(file, as_slices(file), noise(2, 3, 6, 5, 7))


@pytest.mark.parametrize("size", [(1, 2, 3, 4, 5), (2, 3, 6, 5, 4)])
@pytest.mark.parametrize("scale", [(2, 2, 2), (1, 3, 2), (0.5, 1.7, 1)])
@pytest.mark.parametrize(
    "say",
    [
        {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
        {"mode": "linear", "coordinate_transformation_mode": "half_pixel"},
        {"mode": "linear", "coordinate_transformation_mode": "align_corners"},
    ],
)
def test_any_resize_along_the_axes_of_space_gives_what_it_gave(size, scale, say):
    node = helper.make_node("Resize", ["a", "", "s"], ["b"], **say)
    file = model([node], {"s": np.array([1, 1, *scale], np.float32)})
    new = as_slices(file)
    assert kinds(new).count("MatMul") == 3
    same(file, new, noise(*size))


def test_a_network_that_is_exported_keeps_its_answers_at_all_sizes_that_it_takes(tmp_path):
    class Small(nn.Module):
        def __init__(self):
            super().__init__()
            self.down = nn.Sequential(nn.Conv3d(2, 8, 3, 2, 1), nn.InstanceNorm3d(8, affine=True), nn.LeakyReLU())
            self.inner = nn.Conv3d(8, 20, 3, padding=1)
            self.last = nn.Sequential(nn.Conv3d(22, 6, 3, padding=1), nn.ReLU(), nn.Conv3d(6, 3, 1))

        def forward(self, x):
            deep = nn.functional.interpolate(self.inner(self.down(x)), size=x.shape[2:], mode="nearest")
            return self.last(torch.cat([deep, x], 1))

    network, path = Small().eval(), tmp_path / "net.onnx"
    axes = {0: "batch", 2: "depth", 3: "height", 4: "width"}
    export(network, torch.zeros(1, 2, 8, 8, 8), path, dynamic={"x": axes})
    new = as_slices(path)
    assert kinds(new).count(("Conv", 4)) == 3
    assert kinds(new).count("MatMul") == 3
    for size in ((1, 2, 8, 8, 8), (3, 2, 7, 10, 9)):
        given = torch.randn(size)
        torch.testing.assert_close(torch.from_numpy(Session(new)(given)[0]), network(given), rtol=1e-4, atol=1e-4)
    assert Session(new).inputs == Session(path).inputs
    assert as_slices(new) == new


@pytest.mark.parametrize(
    "file",
    [
        convolution(noise(4, 2, 3, 3, 3), group=2),
        convolution(noise(4, 2, 1, 3, 3)),
        convolution(noise(4, 2, 3, 3, 3), auto_pad="SAME_UPPER"),
        model([helper.make_node("Conv", ["a", "w"], ["b"])], {"w": noise(4, 2, 3, 3)}, axes=("n", "c", "y", "x")),
        model([helper.make_node("Conv", ["a", "w"], ["b"])], {"w": noise(4, 2, 3, 3, 3)}, opset=13),
        model([helper.make_node("Conv", ["a", "a"], ["b"])], {}),
        model(
            [helper.make_node("Conv", ["a", "w"], ["b"])], {"w": noise(4, 2, 3, 3, 3)},
            more=[helper.make_tensor_value_info("w", TensorProto.FLOAT, [4, 2, 3, 3, 3])],
        ),
        model(
            [helper.make_node("Conv", ["a", "w"], ["b"])], {"w": noise(4, 2, 3, 3, 3).astype(np.float16)},
            kind=TensorProto.FLOAT16,
        ),
        model([helper.make_node("Resize", ["a", "", "s"], ["b"])], {"s": np.array([1, 2, 2, 2, 2], np.float32)}),
        model(
            [helper.make_node("Resize", ["a", "", "s"], ["b"])], {"s": np.array([1, 1, 2, 2, 2], np.float32)},
            kind=TensorProto.UINT8,
        ),
        model([helper.make_node("Relu", ["a"], ["b"])], {}),
    ],
    ids=[
        "groups", "one plane", "auto_pad", "pictures", "opset 13", "computed weight", "given weight", "16 bits",
        "channels resized", "bytes resized", "no convolution",
    ],
)  # fmt: skip
def test_what_cannot_be_written_anew_stays_as_it_is(file):
    assert as_slices(file) == file


def test_names_of_the_file_are_not_taken_again_and_weights_that_nobody_reads_go():
    nodes = [
        helper.make_node("Relu", ["a"], ["slices1"]),
        helper.make_node("Conv", ["slices1", "slices0"], ["c"], pads=[1] * 6),
        helper.make_node("Add", ["c", "slices1"], ["b"]),
    ]
    file = model(nodes, {"slices0": noise(2, 2, 3, 3, 3)})
    new = as_slices(file)
    same(file, new, noise(1, 2, 4, 5, 6))
    graph = onnx.ModelProto.FromString(new).graph
    names = [name for node in graph.node for name in node.output] + [tensor.name for tensor in graph.initializer]
    assert len(names) == len(set(names))
    assert "slices0" not in names


def test_a_weight_that_a_branch_reads_too_is_kept():
    def branch(kind):
        inner = helper.make_node(kind, ["w"], [f"inner {kind}"])
        return helper.make_graph([inner], kind, [], [helper.make_tensor_value_info(f"inner {kind}", 1, None)])

    nodes = [
        helper.make_node("Conv", ["a", "w"], ["c"], pads=[1] * 6),
        helper.make_node("If", ["yes"], ["d"], then_branch=branch("Neg"), else_branch=branch("Abs")),
        helper.make_node("ReduceSum", ["d"], ["e"]),
        helper.make_node("Add", ["c", "e"], ["b"]),
    ]
    file = model(nodes, {"w": noise(2, 2, 3, 3, 3), "yes": np.array(True)})
    same(file, as_slices(file), noise(1, 2, 4, 4, 4))


def test_weights_beside_the_file_come_into_it(tmp_path):
    file, path = convolution(noise(12, 2, 3, 3, 3), noise(12)), tmp_path / "net.onnx"
    written = onnx.ModelProto.FromString(file)
    onnx.save(written, path, save_as_external_data=True, location="weights.bin", size_threshold=0)
    new = as_slices(path)
    (tmp_path / "weights.bin").unlink()
    same(file, new, noise(1, 2, 5, 6, 7))


def test_operators_that_onnx_does_not_know_stay(tmp_path):
    nodes = [
        helper.make_node("Conv", ["a", "w"], ["c"]),
        helper.make_node("Foo", ["c"], ["d"], domain="com.acme"),
        helper.make_node("Resize", ["d", "", "s"], ["b"]),
    ]
    file = model(nodes, {"w": noise(2, 2, 3, 3, 3), "s": np.array([1, 1, 2, 2, 2], np.float32)})
    assert [each for each in kinds(as_slices(file)) if each in ("Foo", "Resize")] == ["Foo", "Resize"]


def test_what_is_no_file_is_refused(tmp_path):
    with pytest.raises(OnnxError, match="no such file"):
        as_slices(tmp_path / "none.onnx")
    with pytest.raises(OnnxError, match="not an ONNX file"):
        as_slices(b"no file at all")
