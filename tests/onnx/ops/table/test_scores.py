import pytest
import torch

from leyden.onnx.ops.table.scores import Labels, finished, signed

SCORES = torch.tensor([[0.0, 1.0, 2.0]])


def test_labels_without_names_are_numbers():
    assert Labels((), ())(torch.tensor([2, 0])).tolist() == [2, 0]


def test_labels_may_be_integers():
    assert Labels((10, 20), ())(torch.tensor([1, 0])).tolist() == [20, 10]


@pytest.mark.parametrize(
    ("after", "wanted"),
    [
        ("NONE", SCORES), ("LOGISTIC", 1 / (1 + torch.exp(-SCORES))),
        ("SOFTMAX", torch.exp(SCORES) / torch.exp(SCORES).sum()),
        ("SOFTMAX_ZERO", torch.tensor([[0.0, 1.0, torch.e]]) / (1 + torch.e)),
    ],
)  # fmt: skip
def test_scores_are_finished(after: str, wanted: torch.Tensor):
    assert torch.allclose(finished(SCORES, after), wanted)


def test_probit_is_the_inverse_of_the_normal_distribution():
    values = torch.tensor([[-1.0, 0.0, 2.0]])
    shares = torch.distributions.Normal(0.0, 1.0).cdf(values)
    assert torch.allclose(finished(shares, "PROBIT"), values, atol=1e-4)


def test_one_score_is_for_one_class_and_against_the_other():
    assert signed(torch.tensor([[2.0]]), "NONE").tolist() == [[-2, 2]]
