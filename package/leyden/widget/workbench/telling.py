"""How a workbench stands, in words and in pictures."""

from leyden import plot
from leyden.augment import Transform
from leyden.widget.base.panel import Fact
from leyden.widget.workbench.line import Line
from leyden.widget.workbench.record import Exported, Stage

__all__ = ["facts_of", "pictures_of", "scores_of", "stale_of", "summary_of", "titles_of", "told"]


def told(line: Line, stage: Stage) -> str:
    """A network in words: which training, and what was pruned of it.

    Args:
        line: whose network it is.
        stage: which one.
    """
    known = [training.name for training in line.ledger.trainings if training.number == stage.training]
    name = known[0] if known else f"training {stage.training}"
    return f"{name}, {_pruned(stage)}"


def _pruned(stage: Stage) -> str:
    choice = stage.choice
    if choice is None:
        return "not pruned"
    return f"{100 * choice.sparsity:.4g}% pruned{', fine-tuned' if choice.tuned else ''}"


def stale_of(line: Line, *, move: Transform | None, exported: Exported | None) -> tuple[str, ...]:
    """What an earlier step has left behind, a sentence each; the network in use and a file that is as it is say none.

    Args:
        line: what was trained and pruned.
        move: the augmentation as it is chosen now.
        exported: the file that was written last.
    """
    ledger, said = line.ledger, []
    using, pruning = ledger[ledger.using], ledger[ledger.pruning]
    if using.number != pruning.number:
        said.append(f"trained again since this was pruned: pruned is {pruning.name}, in use is {using.name}")
    if exported is not None and (exported.stage != line.stage or using.number != pruning.number):
        said.append(f"{exported.path.name} holds an earlier network: {told(line, exported.stage)}")
    elif exported is not None and not exported.untouched:
        said.append(f"{exported.path.name} is no longer the file that was written here")
    if using.number and using.move != move:
        said.append(f"the augmentation was changed since {using.name}: start training again to learn with it")
    return tuple(said)


def summary_of(line: Line, *, exported: Exported | None) -> str:
    """The way from the task to the file in one line.

    Args:
        line: what was trained and pruned.
        exported: the file that was written last.
    """
    training, stage, panel = line.ledger[line.stage.training], line.stage, line.pruned
    parts = [str(training)]
    if panel is not None and stage.choice is not None:
        score = "" if panel.accuracy is None else f", {panel.score} {panel.accuracy:.3f}"
        parts.append(f"{_pruned(stage)}{score}")
    if exported is not None and exported.stage == stage:
        parts.append(f"{exported.path.name}, {exported.bytes:,} bytes")
    return " → ".join(parts)


def scores_of(line: Line) -> dict[str, float]:
    """What validation said of each network that was measured, the way it came about."""
    found = {}
    for training in line.ledger.trainings:
        if training.score is not None:
            found[training.name] = training.score
    panel = line.pruned
    if panel is not None and line.stage.choice is not None and panel.accuracy is not None:
        found[told(line, line.stage)] = panel.accuracy
    return found


def facts_of(line: Line, *, move: Transform | None, exported: Exported | None) -> list[Fact]:
    """The whole way as rows of a table: what is trained, what is pruned, what was written, what is left behind."""
    ledger, panel, stage = line.ledger, line.pruned, line.stage
    using = ledger[ledger.using]
    rows = [("task", type(using.task).__name__), ("augmentation", "none" if move is None else repr(move))]
    rows.append(("trained", str(using) if using.number else "not yet"))
    others = [str(training) for training in ledger.trainings if training.number not in (0, using.number)]
    rows += [("kept as well", "; ".join(others))] if others else []
    if panel is None or stage.choice is None:
        rows.append(("pruned", "no"))
    else:
        rows.append(("pruned", f"{stage.choice}, of {ledger[stage.training].name}"))
        rows.append(("fine-tuned", "yes" if stage.choice.tuned else "no"))
        # what was pruned is known without pruning it once more, unless nobody has looked at it yet
        rows += [("zeros", f"{panel.sparsity.zeros_all:.1%} of all weights")] if panel.ready and panel.layers else []
        scores = ((panel.score, panel.accuracy), (f"{panel.score}, not pruned", panel.dense))
        rows += [(name, f"{value:.4f}") for name, value in scores if value is not None]
    if exported is not None:
        rows += [("file", exported.path.name), ("network in it", told(line, exported.stage))]
        rows.append(("size", f"{exported.bytes:,} bytes, {exported.zipped:,} zipped"))
        rows.append(("file and network", f"{exported.max_abs:.1e} apart at most"))
        rows.append(("one call", f"{1e3 * exported.seconds:.3g} ms in onnxruntime"))
    return rows + [("left behind", sentence) for sentence in stale_of(line, move=move, exported=exported)]


def pictures_of(line: Line) -> list[tuple[str, bytes]]:
    """The scores along the way, or the curves before there are any; and what is pruned: (what it shows, PNG) each.

    Args:
        line: what was trained and pruned.
    """
    scores, what = scores_of(line), line.train().scores[0].removeprefix("val_")
    if scores:
        figure = plot.bars(scores, x_label=what, title="The way so far")
        words = ", ".join(f"{name} {score:.3f}" for name, score in scores.items())
        drawn = [(f"{what}: {words}", plot.png(figure))]
    else:
        drawn = line.train().pictures()[:1]
    panel = line.pruned
    if panel is not None and line.stage.choice is not None and panel.layers:
        title = told(line, line.stage)
        figure = plot.bars(panel.shares(), x_label="share of zeros", title=title)
        drawn.append((f"Share of zeros in every layer: {title}", plot.png(figure)))
    return drawn


def titles_of(line: Line, *, exported: Exported | None, writing: bool) -> dict[str, str]:
    """What the tabs are called: the name of each panel, and how it stands.

    Args:
        line: what was trained and pruned.
        exported: the file that was written last.
        writing: whether one is being written.
    """
    ledger, stage, train = line.ledger, line.stage, line.training
    using = ledger[ledger.using]
    learning = train is not None and train.status in ("running", "paused", "stopping")
    scored = "" if using.score is None else f"{using.score:.3f}"
    pruned = "" if stage.choice is None else f"{100 * stage.choice.sparsity:.4g}%"
    behind = exported is not None and (exported.stage != stage or ledger.using != ledger.pruning)
    told_of = {
        "train": f"{train.status} {train.progress.share:.0%}" if learning and train is not None else scored,
        "prune": f"{pruned}, earlier training" if ledger.using != ledger.pruning else pruned,
        "onnx": "writing" if writing else "" if exported is None else "earlier network" if behind else "written",
    }
    names = {"data": "Data", "augment": "Augmentation", "callbacks": "Callbacks"}
    names |= {"train": "Training", "prune": "Pruning", "onnx": "ONNX"}
    return {key: f"{name}: {told_of[key]}" if told_of.get(key) else name for key, name in names.items()}
