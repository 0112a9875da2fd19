"""The promises, asked of three designs; docs/design/pruning-promises.qmd shows what came of it.

What torch.nn.utils.prune and parametrize keep is told as well: the table is to be honest, not long.
"""

import inspect
import pickle
import re
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from prune.promise import company, copies, graphs, state, training
from prune.promise.cases import CASES, PLAIN, Case
from prune.promise.designs import DESIGNS, Design, Ours

PAGE = Path(__file__).parents[3] / "docs/design/pruning-promises.qmd"
Check = Callable[[Design, Case], bool]
BROKEN = (
    RuntimeError, KeyError, AttributeError, TypeError, ValueError, pickle.PicklingError,
    torch.onnx.errors.OnnxExporterError, torch.fx.proxy.TraceError,
)  # fmt: skip
ONCE = {
    *(check for _, check in inspect.getmembers(company, inspect.isfunction)),
    copies.a_fresh_process_reads_its_pickle,
    *(check for name, check in inspect.getmembers(graphs, inspect.isfunction) if name.startswith("onnx")),
    state.infinite_weights_can_be_pruned,
    state.tied_weights_stay_tied,
    training.attention_trains_with_all_its_weights_pruned,
    training.a_recurrent_layer_trains_pruned,
}


def checks_of(module: object) -> list[Check]:
    own = [
        check for check in vars(module).values() if inspect.isfunction(check) and check.__module__ == module.__name__
    ]
    return [check for check in own if list(inspect.signature(check).parameters) == ["design", "case"]]


CHECKS = [check for module in (state, copies, training, graphs, company) for check in checks_of(module)]


def row_of(check: Check) -> str:
    return check.__name__.replace("_", " ")


def rows() -> dict[str, tuple[str, ...]]:
    """Read the tables of the page: what each row says of each design."""
    lines = re.findall(r"^\| (.+?) *\| (yes|no) *\| (yes|no) *\| (yes|no) *\|$", PAGE.read_text(encoding="utf-8"), re.M)
    return {line[0]: line[1:] for line in lines}


def holds(check: Check, design: Design) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return check(design, PLAIN)
    except BROKEN as error:
        print(f"{type(error).__name__}: {str(error)[:200]}")
        return False


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.title)
@pytest.mark.parametrize("check", CHECKS, ids=row_of)
def test_the_page_says_what_is_so(check: Check, design: Design) -> None:
    held = check(design, PLAIN) if isinstance(design, Ours) else holds(check, design)
    assert rows()[row_of(check)][DESIGNS.index(design)] == ("yes" if held else "no")


@pytest.mark.parametrize("case", CASES[1:], ids=lambda case: case.title)
@pytest.mark.parametrize("check", [check for check in CHECKS if check not in ONCE], ids=row_of)
def test_leyden_keeps_it_on_other_networks(check: Check, case: Case) -> None:
    assert check(Ours(), case)


def test_the_page_has_a_row_for_each_promise_in_their_order() -> None:
    assert list(rows()) == [row_of(check) for check in CHECKS]


def test_the_page_counts_right() -> None:
    kept = [sum(row[i] == "yes" for row in rows().values()) for i in range(len(DESIGNS))]
    told = f"Of {len(CHECKS)} promises, torch.nn.utils.prune keeps {kept[0]}, parametrize {kept[1]}, leyden {kept[2]}."
    assert told in " ".join(PAGE.read_text(encoding="utf-8").split())
