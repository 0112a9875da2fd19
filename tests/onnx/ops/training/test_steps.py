import pytest
import torch

from leyden.onnx.ops.training.steps import adagrad, adam, momentum

RATE, X, G = torch.tensor(0.1), torch.tensor([1.0, 2.0]), torch.tensor([0.5, -1.0])
ZERO = torch.zeros(2)


def after(optimiser: type[torch.optim.Optimizer], steps: int, **settings: float) -> torch.Tensor:
    value = torch.nn.Parameter(X.clone())
    rule = optimiser([value], lr=0.1, **settings)
    for _ in range(steps):
        value.grad = G.clone()
        rule.step()
    return value.detach()


@pytest.mark.parametrize("mode", ["standard", "nesterov"])
def test_momentum_steps_as_torch_does(mode: str):
    x, v = X, ZERO
    for step in range(3):
        x, v = momentum(RATE, torch.tensor(step), x, G, v, alpha=0.9, beta=1.0, mode=mode, norm_coefficient=0.0)
    assert torch.allclose(x, after(torch.optim.SGD, 3, momentum=0.9, nesterov=mode == "nesterov"))


def test_the_first_step_takes_the_whole_gradient():
    settings = {"alpha": 0.5, "beta": 0.25, "mode": "standard", "norm_coefficient": 0.0}
    first = momentum(RATE, torch.tensor(0), X, G, ZERO, **settings)[1]
    second = momentum(RATE, torch.tensor(1), X, G, ZERO, **settings)[1]
    assert torch.equal(first, 4 * second)


def test_adagrad_steps_as_torch_does():
    x, h = X, ZERO
    for step in range(3):
        x, h = adagrad(RATE, torch.tensor(step), x, G, h, epsilon=1e-10, decay_factor=0.5)
    assert torch.allclose(x, after(torch.optim.Adagrad, 3, lr_decay=0.5))


def test_adam_steps_as_torch_does():
    x, v, h = X, ZERO, ZERO
    for step in range(1, 4):
        x, v, h = adam(RATE, torch.tensor(step), x, G, v, h, epsilon=1e-10)
    assert torch.allclose(x, after(torch.optim.Adam, 3), atol=1e-6)


def test_adam_before_the_first_step_corrects_nothing():
    x, v, h = adam(RATE, torch.tensor(0), X, G, ZERO, ZERO, alpha=0.9, beta=0.99, epsilon=0.0)
    assert torch.allclose(x, X - 0.1 * v / h.sqrt())


def test_adam_shrinks_the_new_parameters_where_it_is_told():
    plain = adam(RATE, torch.tensor(1), X, G, ZERO, ZERO)[0]
    assert torch.allclose(adam(RATE, torch.tensor(1), X, G, ZERO, ZERO, norm_coefficient_post=0.5)[0], plain / 2)


def test_regularisation_is_part_of_the_gradient():
    regular = adagrad(RATE, torch.tensor(0), X, G, ZERO, norm_coefficient=0.5)
    plain = adagrad(RATE, torch.tensor(0), X, G + 0.5 * X, ZERO)
    assert all(torch.equal(one, other) for one, other in zip(regular, plain, strict=True))


def test_several_parameters_come_before_their_states():
    both = adagrad(RATE, torch.tensor(0), X, X, G, G, ZERO, ZERO)
    one = adagrad(RATE, torch.tensor(0), X, G, ZERO)
    assert [value.tolist() for value in both] == [part.tolist() for part in one for _ in range(2)]


def test_inputs_that_are_no_equal_groups_are_an_error():
    with pytest.raises(ValueError, match="4 inputs after rate and step are no 3 groups"):
        adagrad(RATE, torch.tensor(0), X, G, ZERO, ZERO)
