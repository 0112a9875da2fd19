"""Networks on which the promises are tried, and the few things that are done to all of them."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from prune.promise.designs import Design


class Tagger(nn.Module):
    """Recurrent, with the output layer tied to the embedding."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(10, 6)
        self.hidden = nn.LSTM(6, 6, batch_first=True)
        self.output = nn.Linear(6, 10, bias=False)
        self.output.weight = self.embedding.weight

    def forward(self, tokens: Tensor) -> Tensor:
        return self.output(self.hidden(self.embedding(tokens))[0])


class Mixing(nn.Module):
    """A matrix that belongs to no layer of torch's."""

    def __init__(self) -> None:
        super().__init__()
        self.matrix = nn.Parameter(torch.randn(8, 4))

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.matrix


class Attentive(nn.Module):
    """Attention over the pixels of a picture."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.mixing = Mixing()

    def forward(self, picture: Tensor) -> Tensor:
        x = self.stem(picture).flatten(2).transpose(1, 2)
        return self.mixing(self.attention(x, x, x, need_weights=False)[0].mean(1))


def _plain() -> nn.Module:
    layers = nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(64, 5)
    return nn.Sequential(*layers)


def _odd() -> nn.Module:
    return nn.Sequential(
        nn.Conv1d(3, 4, 3), nn.Conv1d(4, 8, 3, groups=4, padding=1), nn.GELU(), nn.ConvTranspose1d(8, 3, 2)
    )


@dataclass(frozen=True)
class Case:
    """A network and an input for it; `model()` gives equal ones each time."""

    title: str
    make: Callable[[], nn.Module]
    example: Tensor

    def model(self) -> nn.Module:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            return self.make()

    def cast(self, dtype: torch.dtype) -> Tensor:
        return self.example.to(dtype) if self.example.is_floating_point() else self.example


_NOISE = torch.Generator().manual_seed(1)
PLAIN = Case("plain", _plain, torch.randn(6, 3, 4, 4, generator=_NOISE))
CASES = (
    PLAIN,
    Case("attentive", Attentive, torch.randn(2, 3, 5, 5, generator=_NOISE)),
    Case("tied and recurrent", Tagger, torch.randint(0, 10, (3, 5), generator=_NOISE)),
    Case("grouped and transposed", _odd, torch.randn(2, 3, 7, generator=_NOISE)),
)


def train(
    model: nn.Module, example: Tensor, rule: torch.optim.Optimizer | None = None, steps: int = 5
) -> torch.optim.Optimizer:
    """Take steps that would move every weight that is free to move."""
    rule = rule or torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=0.1)
    for _ in range(steps):
        rule.zero_grad()
        loss(model(example)).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        rule.step()
    return rule


def loss(output: Tensor) -> Tensor:
    """Something that every weight has a part in."""
    return (output.float() - 1).square().mean()


def zero_in_forward(design: Design, model: nn.Module, case: Case) -> bool:
    """Whether the model computes what the dense one does that has its trained weights, and zeros where it is pruned."""
    dtype = next(model.parameters()).dtype
    plain = case.model().to(dtype)
    state, trained, kept = plain.state_dict(), model.state_dict(), design.kept(model)
    for name in state:
        held = trained[design.key(name) if name in kept else name]
        state[name] = torch.where(kept[name], held, 0) if name in kept else held
    plain.load_state_dict(state)
    example = case.cast(dtype)
    return bool(kept) and torch.allclose(model.eval()(example), plain.eval()(example), rtol=1e-4, atol=1e-5)


def zero_in_state(design: Design, model: nn.Module, kept: dict[str, Tensor] | None = None) -> bool:
    """Whether parameters and checkpoint of the model are exact zeros where it is pruned, and not all are elsewhere."""
    kept = kept or design.kept(model)
    for held in (dict(model.named_parameters()), model.state_dict()):
        values = {name: held[design.key(name)].detach() for name in kept}
        if not all(not values[name][~mask].any() and bool(values[name][mask].any()) for name, mask in kept.items()):
            return False
    return bool(kept)


def zero_in_gradients(design: Design, model: nn.Module) -> bool:
    """Whether the gradients of the trained parameters are exact zeros where it is pruned."""
    parameters = dict(model.named_parameters())
    return all(not parameters[design.key(name)].grad[~mask].any() for name, mask in design.kept(model).items())
