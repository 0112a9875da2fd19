"""Tensors that lie, and operators that ask for more than there is."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from hostile.making import HUGE, entered, model, one, tensor


def raw(name: str, sizes: list[int], content: bytes, code: int = TensorProto.FLOAT) -> onnx.TensorProto:
    return onnx.TensorProto(name=name, dims=sizes, raw_data=content, data_type=code)


def external(name: str, sizes: list[int], **entries: str) -> onnx.TensorProto:
    made = onnx.TensorProto(name=name, dims=sizes, data_type=1, data_location=TensorProto.EXTERNAL)
    for key, text in entries.items():
        made.external_data.add(key=key, value=text)
    return made


@entered
def sizes_below_zero() -> onnx.ModelProto:
    return one("Add", ["x", "w"], raw("w", [-2, -3], bytes(24)))


@entered
def more_declared_than_held() -> onnx.ModelProto:
    return one("Add", ["x", "w"], raw("w", [HUGE], bytes(24)))


@entered
def less_declared_than_held() -> onnx.ModelProto:
    return one("Add", ["x", "w"], raw("w", [1], bytes(24)))


@entered
def nothing_held() -> onnx.ModelProto:
    return one("Add", ["x", "w"], onnx.TensorProto(name="w", dims=[1000, 1000, 1000], data_type=1))


@entered
def sizes_that_overflow() -> onnx.ModelProto:
    return one("Add", ["x", "w"], raw("w", [2**32, 2**32], b""))


@entered
def many_axes() -> onnx.ModelProto:
    return one("Add", ["x", "w"], raw("w", [1] * 10_000, bytes(4)))


@entered
def unknown_element_type() -> onnx.ModelProto:
    return one("Add", ["x", "w"], raw("w", [1], bytes(4), code=77))


@entered
def undefined_element_type() -> onnx.ModelProto:
    return one("Add", ["x", "w"], raw("w", [1], bytes(4), code=0))


@entered
def texts_that_are_not() -> onnx.ModelProto:
    return one("Identity", ["w"], onnx.TensorProto(name="w", dims=[2], data_type=8, string_data=[b"\xff", b"\xfe"]))


@entered
def external_in_bytes() -> onnx.ModelProto:
    return one("Add", ["x", "w"], external("w", [3], location="weights.bin"))


@entered
def external_absolute() -> onnx.ModelProto:
    return one("Add", ["x", "w"], external("w", [3], location="/etc/passwd"))


@entered
def external_above() -> onnx.ModelProto:
    return one("Add", ["x", "w"], external("w", [3], location="../../../../etc/passwd"))


@entered
def external_in_itself_beyond_its_end() -> onnx.ModelProto:
    return one("Add", ["x", "w"], external("w", [3], location="", offset="999999", length="12"))


@entered
def external_offset_below_zero() -> onnx.ModelProto:
    return one("Add", ["x", "w"], external("w", [3], location="", offset="-5", length="12"))


@entered
def external_offset_no_number() -> onnx.ModelProto:
    return one("Add", ["x", "w"], external("w", [3], location="", offset="__import__('os')"))


@entered
def external_many_times_the_same() -> onnx.ModelProto:
    tensors = [external(f"w{i}", [2**12], location="", offset="0", length=str(2**14)) for i in range(2000)]
    tensors.append(raw("z", [2**12], bytes(2**14)))
    return model([helper.make_node("Sum", [made.name for made in tensors], ["y"])], tensors=tuple(tensors))


@entered
def fill_a_trillion() -> onnx.ModelProto:
    return one("ConstantOfShape", ["s"], tensor("s", [HUGE]))


@entered
def fill_less_than_nothing() -> onnx.ModelProto:
    return one("ConstantOfShape", ["s"], tensor("s", [-4]))


@entered
def fill_many_axes() -> onnx.ModelProto:
    return one("ConstantOfShape", ["s"], tensor("s", [2] * 60))


@entered
def fill_then_double() -> onnx.ModelProto:
    nodes = [helper.make_node("ConstantOfShape", ["s"], ["v0"])]
    nodes += [helper.make_node("Concat", [f"v{i}"] * 2, [f"v{i + 1}"], axis=0) for i in range(40)]
    nodes.append(helper.make_node("Identity", ["v40"], ["y"]))
    return model(nodes, tensors=(tensor("s", [1024]),))


@entered
def shape_then_double() -> onnx.ModelProto:
    nodes = [helper.make_node("Shape", ["x"], ["v0"])]
    nodes += [helper.make_node("Concat", [f"v{i}"] * 2, [f"v{i + 1}"], axis=0) for i in range(40)]
    nodes.append(helper.make_node("ConstantOfShape", ["v40"], ["y"]))
    return model(nodes)


@entered
def expand_to_a_trillion() -> onnx.ModelProto:
    return one("Expand", ["w", "s"], tensor("w", [1.0], np.float32), tensor("s", [HUGE]))


@entered
def repeat_a_trillion_times() -> onnx.ModelProto:
    return one("Tile", ["w", "s"], tensor("w", [1.0, 2.0], np.float32), tensor("s", [HUGE]))


@entered
def repeat_texts() -> onnx.ModelProto:
    return one("Tile", ["w", "s"], helper.make_tensor("w", 8, [1], [b"text"]), tensor("s", [10**9]))


@entered
def count_to_a_trillion() -> onnx.ModelProto:
    return one("Range", ["a", "b", "c"], tensor("a", 0), tensor("b", HUGE), tensor("c", 1))


@entered
def count_without_a_step() -> onnx.ModelProto:
    return one("Range", ["a", "b", "c"], tensor("a", 0), tensor("b", 10), tensor("c", 0))


@entered
def pad_by_a_trillion() -> onnx.ModelProto:
    return one("Pad", ["w", "p"], tensor("w", [1.0], np.float32), tensor("p", [HUGE, HUGE]))


@entered
def resize_to_a_trillion() -> onnx.ModelProto:
    sizes = tensor("s", [1, 1, 2**20, 2**20])
    return one("Resize", ["w", "", "", "s"], tensor("w", [[[[1.0]]]], np.float32), sizes)


@entered
def encode_in_a_trillion_classes() -> onnx.ModelProto:
    return one("OneHot", ["i", "d", "v"], tensor("i", [1]), tensor("d", HUGE), tensor("v", [0, 1]))


@entered
def broadcast_to_a_trillion() -> onnx.ModelProto:
    column, row = np.zeros((2**13, 1), np.float32), np.zeros((1, 2**13), np.float32)
    nodes = [helper.make_node("Mul", ["a", "b"], ["c"]), helper.make_node("Identity", ["c"], ["y"])]
    return model(nodes, tensors=(numpy_helper.from_array(column, "a"), numpy_helper.from_array(row, "b")))


@entered
def multiply_for_minutes() -> onnx.ModelProto:
    nodes = [helper.make_node("ConstantOfShape", ["s"], ["v0"])]
    nodes += [helper.make_node("MatMul", [f"v{i}"] * 2, [f"v{i + 1}"]) for i in range(20)]
    nodes.append(helper.make_node("Identity", ["v20"], ["y"]))
    return model(nodes, tensors=(tensor("s", [1500, 1500]),))


@entered
def as_many_settings_as_fit() -> onnx.ModelProto:
    nodes = [helper.make_node("ConstantOfShape", ["s"], ["v"]), helper.make_node("Reshape", ["x", "v"], ["y"])]
    return model(nodes, tensors=(tensor("s", [8 * 10**6]),))


def sparse(sizes: list[int], indices: list[int]) -> onnx.ModelProto:
    made = one("Add", ["x", "w"])
    ones = tensor("w", [1.0] * len(indices), np.float32)
    made.graph.sparse_initializer.append(helper.make_sparse_tensor(ones, tensor("i", indices), sizes))
    return made


@entered
def sparse_of_a_trillion() -> onnx.ModelProto:
    return sparse([HUGE], [5])


@entered
def sparse_outside_its_sizes() -> onnx.ModelProto:
    return sparse([3], [7])


@entered
def sparse_below_zero() -> onnx.ModelProto:
    return sparse([3], [-1])


@entered
def weights_that_do_not_fit_their_layer() -> onnx.ModelProto:
    return one("Gemm", ["x", "w", "b"], raw("w", [7, 5], bytes(140)), raw("b", [9], bytes(36)))


def grams(indexes: list[int], counts: list[int]) -> onnx.ModelProto:
    return one(
        "TfIdfVectorizer", ["x"], min_gram_length=1, max_gram_length=1, max_skip_count=0, mode="TF", pool_int64s=[1, 2],
        ngram_counts=counts, ngram_indexes=indexes,
    )  # fmt: skip


@entered
def words_in_a_column_a_trillion_away() -> onnx.ModelProto:
    return grams([0, HUGE], [0])


@entered
def words_counted_from_far_below() -> onnx.ModelProto:
    return grams([0, 1], [-(2**62)])
