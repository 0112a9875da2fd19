import numpy as np
import onnx
import pytest
import torch

from leyden.onnx import run
from leyden.onnx.ops.text.grams import Grams, tf_idf_vectorizer

POOL, COUNTS, INDEXES = (1, 2, 3, 1, 2, 2, 3, 3, 3, 1, 2, 3), (0, 3, 9), (4, 2, 0, 6, 1, 5, 3)
WEIGHTS = (0.5, 0.625, 0.75, 0.875, 1.0, 1.125, 1.25)


@pytest.mark.parametrize("texts", [False, True], ids=["numbers", "texts"])
@pytest.mark.parametrize("mode", ["TF", "IDF", "TFIDF"])
@pytest.mark.parametrize(("lengths", "skips"), [((1, 1), 0), ((1, 2), 2), ((2, 3), 1), ((1, 3), 2)])
def test_groups_are_counted_as_onnxruntime_counts_them(texts: bool, mode: str, lengths: tuple[int, int], skips: int):
    rows = np.random.default_rng(0).integers(0, 5, (3, 12))
    pool = {"pool_strings": tuple(map(str, POOL))} if texts else {"pool_int64s": POOL}
    settings = {
        "mode": mode, "min_gram_length": lengths[0], "max_gram_length": lengths[1], "max_skip_count": skips,
        "ngram_counts": COUNTS, "ngram_indexes": INDEXES, "weights": WEIGHTS, **pool,
    }  # fmt: skip
    items = rows.astype(str).astype(object) if texts else rows
    node = onnx.helper.make_node("TfIdfVectorizer", ["x"], ["y"], **settings)
    declare = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph([node], "g", [declare("x", 8 if texts else 7, [3, 12])], [declare("y", 1, [3, 7])])
    model = onnx.helper.make_model(graph, ir_version=8, opset_imports=[onnx.helper.make_opsetid("", 18)])
    [wanted] = run(model.SerializeToString(), items)
    got = tf_idf_vectorizer(settings)(items if texts else torch.from_numpy(items))
    np.testing.assert_allclose(got.numpy(), wanted)


def test_a_single_row_gives_a_single_row():
    grams = Grams((7, 8), counts=(0,), indexes=(1, 0), weights=None, lengths=(1, 1), skips=0, mode="TF")
    assert grams(torch.tensor([8, 8, 7, 5])).tolist() == [2, 1]


def test_a_row_shorter_than_a_group_has_none():
    grams = Grams((7, 8), counts=(0, 0), indexes=(0,), weights=None, lengths=(2, 2), skips=3, mode="TF")
    assert grams(torch.tensor([[7]])).tolist() == [[0]]
