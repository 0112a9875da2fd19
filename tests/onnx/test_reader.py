from pathlib import Path

import numpy as np
import onnx
import pytest

from leyden.errors import OnnxError
from leyden.onnx import summary
from leyden.onnx.reader import constants, read_model, walk


@pytest.fixture
def external(plus_one: Path, tmp_path: Path) -> Path:
    path = tmp_path / "outside.onnx"
    model = onnx.load(plus_one)
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.ones(2000, np.float32), "extra"))
    onnx.save(model, path, save_as_external_data=True, location="weights.bin", size_threshold=1000)
    return path


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.onnx", b"", "empty"),
        ("text.onnx", b"this is a text, not a network", "not an ONNX file"),
        ("zip.onnx", b"PK\x03\x04" + bytes(100), "not an ONNX file"),
        ("zeros.onnx", bytes(64), "not an ONNX file"),
    ],
)
def test_a_file_that_is_not_onnx_is_named_and_refused(tmp_path: Path, name: str, content: bytes, message: str):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(OnnxError, match=message) as caught:
        read_model(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path):
    with pytest.raises(OnnxError, match="no such file"):
        read_model(tmp_path / "absent.onnx")
    with pytest.raises(OnnxError, match="a folder, not a file"):
        read_model(tmp_path)


def test_a_file_cut_anywhere_is_refused(plus_one: Path):
    whole = plus_one.read_bytes()
    for cut in range(len(whole)):
        with pytest.raises(OnnxError, match=r"truncated|empty"):
            read_model(whole[:cut])


def test_content_reads_as_the_file_does(plus_one: Path):
    assert read_model(plus_one)[0] == read_model(plus_one.read_bytes())[0]


def test_weights_beside_the_file_are_read_and_counted(external: Path):
    found = summary(external)
    assert found.parameters == 2001
    assert found.bytes == external.stat().st_size + (external.parent / "weights.bin").stat().st_size


def test_missing_weights_are_named(external: Path):
    (external.parent / "weights.bin").unlink()
    with pytest.raises(OnnxError, match=r"weights are missing: weights\.bin"):
        read_model(external)


def test_content_alone_cannot_find_weights_in_other_files(external: Path):
    with pytest.raises(OnnxError, match="give the path"):
        read_model(external.read_bytes())


@pytest.mark.parametrize("location", ["../secret.bin", "/etc/passwd"])
def test_weights_outside_the_folder_are_never_read(external: Path, location: str):
    model = onnx.load(external, load_external_data=False)
    for entry in model.graph.initializer[1].external_data:
        entry.value = location if entry.key == "location" else entry.value
    external.write_bytes(model.SerializeToString())
    with pytest.raises(OnnxError, match="outside its folder"):
        read_model(external)


def test_truncated_weights_beside_the_file_are_refused(external: Path):
    weights = external.parent / "weights.bin"
    weights.write_bytes(weights.read_bytes()[:100])
    with pytest.raises(OnnxError, match="cannot be read"):
        read_model(external)


def test_walk_visits_branches_and_constants_finds_both_kinds():
    value = onnx.numpy_helper.from_array(np.ones(3, np.float32), "held")
    constant = onnx.helper.make_node("Constant", [], ["c"], value=value)
    inner = onnx.helper.make_graph([constant], "inner", [], [])
    outer = onnx.helper.make_graph(
        [onnx.helper.make_node("If", ["go"], ["y"], name="choose", then_branch=inner, else_branch=inner)],
        "outer", [], [], [value],
    )  # fmt: skip
    assert [place for place, _ in walk(outer)] == ["", "choose/else_branch", "choose/then_branch"]
    assert [name for name, _ in constants(outer)] == ["held"]
    assert [name for name, _ in constants(inner)] == ["c"]
