"""Write docs/onnx/support.qmd: every operator of ONNX, in every version, and what a network of torch has for it.

    python docs/onnx_support.py [OUTCOMES]

What is supported is read from leyden's tables and ONNX's schemas, how many cases pass from docs/onnx/conformance.json.
With a file that `python -m leyden.onnx.conformance --json` has written (of the whole suite), that is renewed first.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnx
from onnx import defs

from leyden.onnx import arguments, control, layers
from leyden.onnx.conformance import BARS
from leyden.onnx.lower import call
from leyden.onnx.ops.registry import find, operators

__all__ = ["Support", "main", "page", "summarised", "supports"]

ROOMS = (arguments, control, layers)  # that enter the makers
ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "onnx" / "support.qmd"
FIGURES = ROOT / "docs" / "onnx" / "conformance.json"
DOMAINS = {"": "ai.onnx", "ai.onnx.ml": "ai.onnx.ml", "ai.onnx.preview": "ai.onnx.preview",
           "ai.onnx.preview.training": "ai.onnx.preview.training"}  # fmt: skip
GROUPS = {
    "node": "one operator each", "plain": "of those, the ones that are about numbers alone",
    "simple": "a few operators", "pytorch-operator": "exported by torch, one operator",
    "pytorch-converted": "exported by torch, one layer", "light": "known networks, AlexNet to VGG-19",
}  # fmt: skip
LIFTED = "a value that the network holds"
NONE = "not supported"
TEXT = """---
title: Operators of ONNX
---

What `leyden.onnx.load` makes of each operator of ONNX {onnx}. *A layer* is one of torch's, with parameters of its own,
wherever its weights are known beforehand and it computes just what the file says; elsewhere the operator is a function.
*A function* computes what ONNX says, in torch. *Its body* are the operators by which ONNX itself defines an operator;
the network has those in its place. *Control* is built into the network from the graphs that the node holds. Whatever is
known beforehand is computed when the file is loaded.

## ONNX's own tests

`make conformance` runs ONNX's own test suite: each case in a process that can import neither onnxruntime nor ONNX's
reference implementation, compared by ONNX's own rule. Counted with onnx {onnx} and torch {torch}:

{counts}

Numbers alone: tensors of NumPy's own numeric types in and out, no control flow, nothing of the domains for machine
learning and for training. What is drawn at random is drawn by torch: other numbers than those that ONNX drew once.

{failed}

## Operators

Versions are those of the operator set in which an operator came or was changed; one that is struck out was withdrawn
with the last. Cases are those of ONNX's tests of single operators that are about it; how many of them pass.
"""


@dataclass(frozen=True)
class Support:
    """What a network has for an operator.

    Args:
        domain: of the operator.
        name: of the operator.
        kinds: what it becomes, by the version of the operator set that it came or was changed in.
        withdrawn: the version that took it back, if one did.
    """

    domain: str
    name: str
    kinds: Mapping[int, str]
    withdrawn: int | None = None


def supports() -> list[Support]:
    """All operators that ONNX knows, sorted by domain and name."""
    found: dict[tuple[str, str], list[defs.OpSchema]] = {}
    for schema in defs.get_all_schemas_with_history():
        found.setdefault((schema.domain, schema.name), []).append(schema)
    return [_support(*key, sorted(known, key=_version)) for key, known in sorted(found.items())]


def _support(domain: str, name: str, schemas: Sequence[defs.OpSchema]) -> Support:
    kinds = {schema.since_version: _kind(domain, name, schema) for schema in schemas if not schema.deprecated}
    withdrawn = schemas[-1].since_version if schemas[-1].deprecated else None
    return Support(domain, name, kinds, withdrawn)


def _kind(domain: str, name: str, schema: Any) -> str:
    maker = call.find_maker(name, domain)
    function = find(name, opset=schema.since_version, domain=domain)
    if maker is not None and ".control" in maker.__module__:
        return "control"
    if maker is not None and ".layers" in maker.__module__:
        return "a layer, or a function" if function is not None else "a layer"
    if function is not None:
        return "a function"
    if (domain, name) == ("", "Constant"):
        return LIFTED
    return "its body" if schema.has_function or schema.has_context_dependent_function else NONE


def _version(schema: defs.OpSchema) -> int:
    return schema.since_version


def summarised(record: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a record of the whole suite: counts, and what fails; nothing that differs from run to run."""
    cases = record["cases"]
    node = [case for case in cases if case["kind"] == "node"]
    passed = Counter(case["operator"] for case in node if case["status"] == "pass")
    run = Counter(case["operator"] for case in node)
    failed = [
        {key: case[key] for key in ("kind", "name", "operator", "status")} | {"reason": _steady(case["reason"])}
        for case in cases
        if case["status"] != "pass"
    ]
    return {
        "onnx": record["onnx"], "torch": record["torch"], "counts": record["counts"],
        "operators": {name: [passed[name], run[name]] for name in sorted(run)},
        "failed": sorted(failed, key=lambda case: (case["kind"], case["name"])),
    }  # fmt: skip


def _steady(reason: str) -> str:
    """A reason without addresses and without what was drawn at random."""
    return re.sub(r"0x[0-9a-f]+", "0x...", reason.partition(" Mismatched elements")[0])


def page(figures: Mapping[str, Any]) -> str:
    """The page, of what the tables say now and of counted figures."""
    text = TEXT.format(
        onnx=figures["onnx"], torch=figures["torch"].partition("+")[0], counts="\n".join(_counts(figures["counts"])),
        failed="\n".join(_failed(figures["failed"])),
    )  # fmt: skip
    known = supports()
    sections = [_section(domain, [one for one in known if one.domain == domain], figures) for domain in DOMAINS]
    return "\n".join([text, *sections, *_others()])


def _counts(counts: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    yield "| cases | what they are | run | pass | must |"
    yield "|---|---|--:|--:|--:|"
    for bar in BARS:
        if bar.group in counts:
            found = counts[bar.group]
            must = bar.least or "-"
            yield f"| {bar.group} | {GROUPS[bar.group]} | {found['run']} | {found.get('pass', 0)} | {must} |"


def _failed(failed: Sequence[Mapping[str, str]]) -> Iterator[str]:
    if not failed:
        yield "None fails."
        return
    yield "Those that do not pass:\n"
    yield "| case | operator | why |"
    yield "|---|---|---|"
    for case in failed:
        reason = case["reason"].replace("|", "/").replace("<", "&lt;")
        yield f"| `{case['name']}` | {case['operator']} | {reason[:120]} |"


def _section(domain: str, known: Sequence[Support], figures: Mapping[str, Any]) -> str:
    lines = [f"### {DOMAINS[domain]}\n", "| operator | versions | becomes | cases that pass |", "|---|---|---|--:|"]
    for one in known:
        passed, run = figures["operators"].get(one.name, (0, 0))
        name = one.name if one.withdrawn is None else f"~~{one.name}~~"
        for kind, versions in _ranges(one):
            lines.append(f"| {name} | {versions} | {kind} | {f'{passed} of {run}' if run else ''} |")
    return "\n".join([*lines, ""])


def _ranges(one: Support) -> Iterator[tuple[str, str]]:
    """Each thing that an operator becomes, with the versions in which it does."""
    for kind in dict.fromkeys(one.kinds.values()):
        versions = [str(version) for version, becomes in one.kinds.items() if becomes == kind]
        end = f", until {one.withdrawn}" if one.withdrawn else ""
        yield kind, ", ".join(versions) + end


def _others() -> Iterator[str]:
    """Operators of domains that are not ONNX's own, which files of other tools have."""
    known = [
        entry
        for entry in operators()
        if entry.domain not in DOMAINS and entry.function.__module__.startswith("leyden.")
    ]
    if known:
        yield "### Domains of others\n"
        yield "| operator | domain | becomes |"
        yield "|---|---|---|"
        for entry in known:
            yield f"| {entry.name} | {entry.domain} | a function |"
        yield ""


def main(arguments: Sequence[str]) -> int:
    """Renews the figures, if a file of outcomes is given, and writes the page."""
    if arguments:
        record = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
        assert record["onnx"] == onnx.__version__, f"counted with onnx {record['onnx']}, not {onnx.__version__}"
        short = {bar.group for bar in BARS if record["counts"].get(bar.group, {}).get("run", 0) < bar.total}
        assert not short, f"not the whole suite: {', '.join(sorted(short))}"
        PAGE.parent.mkdir(exist_ok=True)
        FIGURES.write_text(json.dumps(summarised(record), indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(json.loads(FIGURES.read_text(encoding="utf-8"))), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
