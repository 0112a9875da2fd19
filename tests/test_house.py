"""The rules of the house, applied to this repository. tests/house shows that each of them can fail."""

from collections.abc import Callable
from pathlib import Path

import pytest

from house import imports, names, notebooks, repository, source
from house.fault import Fault, report

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "package"

RULES: list[Callable[[Path], list[Fault]]] = [
    source.file_lengths,
    source.function_lengths,
    source.folder_widths,
    source.bare_excepts,
    source.unfinished_work,
    source.skipped_tests,
    source.missing_docstrings,
    source.docstring_sections,
    names.published_names,
    names.shadowed_files,
    names.untested_files,
    imports.homeless_libraries,
    imports.broken_layers,
    repository.machine_words,
    notebooks.invalid_notebooks,
    notebooks.machine_traces,
    notebooks.failed_cells,
    notebooks.skipped_cells,
    notebooks.stored_outputs,
    notebooks.unexecuted_tutorials,
    notebooks.misnamed_tutorials,
    notebooks.bare_tutorials,
    notebooks.unproven_sections,
    notebooks.unchecked_tutorials,
]
LIGHT = "import leyden.types, leyden.errors, leyden.items, leyden.augment, leyden.data, leyden.prune, leyden.vision"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_its_rule(rule: Callable[[Path], list[Fault]]) -> None:
    faults = rule(ROOT)
    assert not faults, report(faults)


def test_there_is_something_to_rule() -> None:
    assert len(list((PACKAGE / "leyden").rglob("*.py"))) > 3
    assert ROOT / "pyproject.toml" in repository.tracked_files(ROOT)


@pytest.mark.parametrize("statement", ["import leyden", LIGHT])
def test_importing_loads_nothing_heavy(statement: str) -> None:
    faults = imports.heavy_after(statement, source=PACKAGE)
    assert not faults, report(faults)


def test_importing_leyden_costs_torch_and_nothing_else() -> None:
    ratio = imports.import_ratio("import leyden", to="import torch", source=PACKAGE, allowed=1.15)
    assert ratio <= 1.15, f"import leyden costs {ratio:.2f} times import torch; allowed: 1.15"
