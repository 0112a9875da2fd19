from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from leyden.errors import OnnxError, OnnxImportError
from leyden.onnx.loading import load
from leyden.onnx.lower.safety.limits import Limits
from leyden.onnx.lower.source.opening import Opened, describe


@pytest.fixture
def outside(written: Any, tmp_path: Path) -> Path:
    """A file whose weight is in weights.bin beside it."""
    model = written("net (float[3] x) => (float[3] y) <float[3] w = {0, 0, 0}> { y = Add(x, w) }")
    model.graph.initializer[0].CopyFrom(numpy_helper.from_array(np.array([1, 2, 3], np.float32), "w"))
    path = tmp_path / "models" / "net.onnx"
    path.parent.mkdir()
    onnx.save(model, path, save_as_external_data=True, location="weights.bin", size_threshold=0)
    return path


def test_weights_beside_the_file_are_found(outside: Path):
    assert next(load(outside).parameters()).tolist() == [1, 2, 3]


def test_missing_weights_are_named(outside: Path):
    (outside.parent / "weights.bin").unlink()
    with pytest.raises(OnnxImportError, match=r"its weights are missing: weights\.bin; they belong into"):
        load(outside)


@pytest.mark.parametrize("name", ["../secret.bin", "/etc/hostname", "a/../../secret.bin"])
def test_files_outside_the_folder_are_never_opened(outside: Path, name: str):
    (outside.parent.parent / "secret.bin").write_bytes(bytes(12))
    model = onnx.load(outside, load_external_data=False)
    next(entry for entry in model.graph.initializer[0].external_data if entry.key == "location").value = name
    outside.write_bytes(model.SerializeToString())
    with pytest.raises(OnnxImportError, match="outside its folder"):
        load(outside)


def test_a_link_out_of_the_folder_is_not_followed(outside: Path):
    secret, weights = outside.parent.parent / "secret.bin", outside.parent / "weights.bin"
    secret.write_bytes(bytes(12))
    weights.unlink()
    weights.symlink_to(secret)
    with pytest.raises(OnnxError, match="outside its folder"):
        load(outside)


def test_links_into_the_place_where_the_model_itself_is_kept_are_followed(outside: Path, tmp_path: Path):
    view = tmp_path / "view"
    view.mkdir()
    for name in ("net.onnx", "weights.bin"):
        (view / name).symlink_to(outside.parent / name)
    assert next(load(view / "net.onnx").parameters()).tolist() == [1, 2, 3]


def test_weights_that_end_too_early_are_refused(outside: Path):
    (outside.parent / "weights.bin").write_bytes(bytes(5))
    with pytest.raises(OnnxImportError, match="bytes 0 to 12 are not in its file of 5 bytes"):
        load(outside)


def test_large_tensors_stay_in_the_file_until_they_are_read(tmp_path: Path):
    weight = numpy_helper.from_array(np.arange(5000, dtype=np.float32), "w")
    path = tmp_path / "net.onnx"
    graph = onnx.helper.make_graph([], "g", [], [], [weight])
    onnx.save(onnx.helper.make_model(graph), path)
    with Opened(path, Limits()) as opened:
        assert len(opened.model.SerializeToString()) < 200
        file, offset, length = opened.place(opened.model.graph.initializer[0])
        file.seek(offset)
        assert np.array_equal(np.frombuffer(file.read(length), np.float32), np.arange(5000))
        assert opened.bytes == path.stat().st_size
    assert file.closed


@pytest.mark.parametrize(
    ("source", "message"),
    [("absent.onnx", "no such file"), (".", "a folder, not a file"), (b"", "empty"), (b"text", "not an ONNX file")],
)
def test_what_is_no_file_of_onnx_is_refused(source: Any, message: str):
    with pytest.raises(OnnxImportError, match=message):
        load(source)


def test_a_file_may_be_too_large(outside: Path):
    with pytest.raises(OnnxImportError, match=r"5 are allowed \(Limits.file_bytes\)"):
        load(outside, limits=Limits(file_bytes=5))


def test_each_source_has_a_name(written: Any):
    assert describe(b"12") == "the 2 bytes given"
    assert describe(Path("net.onnx")) == "net.onnx"
    assert describe(written("net () => () {}")) == "the model given"
