"""What may be done to a pruned model: copied, stored, sent, made of another number type."""

import copy
import io
import pickle
from collections.abc import Callable

import torch
from torch import nn

from prune.promise.cases import Case, loss, train, zero_in_forward, zero_in_gradients
from prune.promise.designs import Design
from prune.promise.elsewhere import told_elsewhere


def deepcopy_works_after_a_forward(design: Design, case: Case) -> bool:
    return _copied(design, case, copy.deepcopy)


def pickle_works_after_a_forward(design: Design, case: Case) -> bool:
    return _copied(design, case, lambda model: pickle.loads(pickle.dumps(model)))


def torch_save_works_after_a_forward(design: Design, case: Case) -> bool:
    def saved(model: nn.Module) -> nn.Module:
        file = io.BytesIO()
        torch.save(model, file)
        file.seek(0)
        return torch.load(file, weights_only=False)

    return _copied(design, case, saved)


def a_fresh_process_reads_its_pickle(design: Design, case: Case) -> bool:
    return told_elsewhere()[f"pickle of {design.title}"]


def double_keeps_it_pruned(design: Design, case: Case) -> bool:
    return _as(design, case, torch.float64)


def half_keeps_it_pruned(design: Design, case: Case) -> bool:
    return _as(design, case, torch.float16)


def bfloat16_keeps_it_pruned(design: Design, case: Case) -> bool:
    return _as(design, case, torch.bfloat16)


def mixed_precision_keeps_it_pruned(design: Design, case: Case) -> bool:
    sparse = design.prune(case.model())
    with torch.autocast("cpu", dtype=torch.bfloat16):
        train(sparse, case.example)
    return zero_in_gradients(design, sparse) and zero_in_forward(design, sparse, case)


def _copied(design: Design, case: Case, copied: Callable[[nn.Module], nn.Module]) -> bool:
    """Whether a copy taken in the midst of training computes the same, and trains on with zeros where it is pruned."""
    sparse = design.prune(case.model())
    loss(sparse(case.example)).backward()
    kept, twin = design.kept(sparse), copied(sparse)
    if not torch.equal(twin.eval()(case.example), sparse.eval()(case.example)):
        return False
    train(twin.train(), case.example)
    return zero_in_forward(design, twin, case) and set(design.kept(twin)) == set(kept)


def _as(design: Design, case: Case, dtype: torch.dtype) -> bool:
    sparse = design.prune(case.model()).to(dtype)
    train(sparse, case.cast(dtype))
    return zero_in_gradients(design, sparse) and zero_in_forward(design, sparse, case)
