"""What looking through all elements found: one pass, one result, told in rows and pictures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeAlias, get_args

from leyden import plot
from leyden.data.look.clock import Timing, duration, timing
from leyden.data.look.reading import Progress, spread, visit
from leyden.data.look.survey import Statistics, Tally
from leyden.data.look.twin import Duplicates, Place, Prints
from leyden.data.pipe.broken import named
from leyden.data.pipe.source import as_container
from leyden.data.pipe.view import Container, Element, describe
from leyden.errors import DataError, PanelError
from leyden.widget.base.panel import Fact
from leyden.widget.data.element import Look

__all__ = [
    "Findings", "Task", "balance_picture", "checked", "field_facts", "groups_shown", "pipeline_picture", "search",
    "survey",
]  # fmt: skip

Task: TypeAlias = Literal["statistics", "duplicates", "timing"]
"""What can be looked for."""

_CLASSES = 40  # bars of a picture of classes
_GROUPS = 24
_COUNT, _WARM_UP = 16, 2  # elements that a pipe is timed on


@dataclass(frozen=True)
class Findings:
    """What was found; None for what was not looked for.

    Args:
        statistics: of the elements, those beneath the batches of a batched pipe.
        duplicates: among them, and with the held-out ones.
        timing: of the pipe.
    """

    statistics: Statistics | None = None
    duplicates: Duplicates | None = None
    timing: Timing | None = None

    def facts(self) -> list[Fact]:
        """What was found, as rows of a table."""
        rows: list[Fact] = []
        if self.statistics is not None:
            rows.append(("read", f"{self.statistics.seen:,} of {self.statistics.count:,}"))
            rows += field_facts(self.statistics)
        if self.duplicates is not None:
            rows.append(("duplicates", repr(self.duplicates).splitlines()[0]))
        if self.timing is not None:
            rows.append(("time", repr(self.timing).splitlines()[0]))
        return rows

    def pictures(self) -> list[tuple[str, bytes]]:
        """(what it shows, PNG) of the classes and of the pipe, where they were looked at."""
        drawn: list[tuple[str, bytes]] = []
        if self.statistics is not None and self.statistics.balance:
            told = ", ".join(f"{name} {count:,}" for name, count in list(self.statistics.balance.items())[:_CLASSES])
            drawn.append((f"Elements of every class: {told}", balance_picture(self.statistics.balance)))
        return drawn + ([pipeline_picture(self.timing)] if self.timing is not None else [])


def checked(tasks: Sequence[Task], sample: int | None) -> Sequence[Task]:
    """What to look for: all that there is where nothing is named.

    Raises:
        PanelError: there is no such task, or the sample is below 1.
    """
    known = get_args(Task)
    wrong = [task for task in tasks if task not in known]
    if wrong or (sample is not None and sample < 1):
        raise PanelError(f"look takes {', '.join(known)} and a sample of 1 or more; given {wrong}, {sample=}")
    return tasks or known


def survey(
    parts: Sequence[tuple[str, Container]],
    pipe: Element,
    *,
    tasks: Sequence[Task],
    look: Look,
    sample: int | None,
    near: int | None,
    progress: Progress,
    note: Callable[[Findings], None],
) -> None:
    """Read every element once for statistics and duplicates alike, then time the pipe.

    Args:
        parts: what is read and what it is called: the elements, and those held out, if any.
        pipe: what is timed.
        tasks: what to look for.
        look: kinds and class names.
        sample: read at most so many elements of each part; None reads all.
        near: see `leyden.data.duplicates`.
        progress: see `leyden.data.statistics`; where it returns False all ends there.
        note: is given what was found, also of a pass that was ended early.
    """
    timed = min(len(as_container(pipe)), _COUNT + _WARM_UP) if "timing" in tasks else 0
    done, going = 0, True
    if "statistics" in tasks or "duplicates" in tasks:
        tally = Tally(describe(parts[0][1]), len(parts[0][1]), classes=look.classes, kinds=look.kinds)
        prints = Prints([name for name, _ in parts], classes=look.classes, near=near, kinds=look.kinds)
        doubles = "duplicates" in tasks
        ways = _ways(parts if doubles else parts[:1], tally, prints if doubles else None, sample)
        total = timed + sum(len(indices) for _, indices, _ in ways)
        try:
            for part, indices, see in ways:
                read = visit(part, indices, see, progress=partial(_told, progress, done, total)) if going else 0
                done, going = done + read, going and read == len(indices)
        finally:
            note(Findings(tally.result() if "statistics" in tasks else None, prints.result() if doubles else None))
    if timed and going:
        told = partial(_told, progress, done, done + timed)
        note(Findings(timing=timing(pipe, count=_COUNT, warm_up=_WARM_UP, progress=told)))


def _ways(
    parts: Sequence[tuple[str, Container]], tally: Tally, prints: Prints | None, sample: int | None
) -> list[tuple[Container, Sequence[int], Callable[[int, Element], None]]]:
    """What is read of each part, and what it is shown to."""
    sees: list[Callable[[int, Element], None]] = [partial(_see, tally, prints)]
    sees += [partial(prints.see, number) for number in range(1, len(parts)) if prints is not None]
    return [(part, spread(len(part), sample), see) for (_, part), see in zip(parts, sees, strict=True)]


def _see(tally: Tally, prints: Prints | None, index: int, element: Element) -> None:
    try:
        tally.see(index, element)
        if prints is not None:
            prints.see(0, index, element)
    except Exception as error:
        raise DataError(f"the look ended at element {index}, which cannot be counted: {named(error)}") from error


def _told(progress: Progress, before: int, total: int, read: int, _count: int) -> object:
    return progress(before + read, total)


def field_facts(statistics: Statistics) -> list[Fact]:
    """What is worth a line besides the table: channels, sizes, labels."""
    rows: list[Fact] = []
    for name, field in statistics.fields.items():
        if field.channels:
            told = "; ".join(f"{mean:.4g} ± {std:.3g}" for mean, std in field.channels)
            rows.append((f"{name}: mean ± std by channel", told))
        if len(field.sizes) > 1:
            sizes = [f"{' x '.join(map(str, size))} ({count:,})" for size, count in field.sizes[:6]]
            more = f" and {len(field.sizes) - 6} more" if len(field.sizes) > 6 else ""
            rows.append((f"{name}: sizes", ", ".join(sizes) + more))
    if statistics.balance:
        least, most = min(statistics.balance.values()), max(statistics.balance.values())
        rows.append(("labels", f"{len(statistics.balance)} classes, {least:,} to {most:,} elements each"))
    return rows


def search(
    labels: Callable[[int], str | None], wanted: str, *, start: int, count: int, progress: Progress
) -> int | None:
    """The next index, from one on and round to the front, whose label is wanted; None where there is none.

    Raises:
        DataError: no element has any label.
    """
    some = False
    for done in range(count):
        index = (start + 1 + done) % count
        label = labels(index)
        some |= label is not None
        if label == wanted:
            return index
        if progress(done + 1, count) is False:
            return None
    if not some:
        raise DataError("no element has a label to find it by: name the field 'label', or give pairs of (what, label)")
    return None


def balance_picture(balance: Mapping[str, int]) -> bytes:
    """Elements of every class as bars, at most forty."""
    shown = dict(list(balance.items())[:_CLASSES])
    title = "Elements of every class" + (f", the first {_CLASSES} of {len(balance)}" if len(balance) > _CLASSES else "")
    heights = {name: float(count) for name, count in shown.items()}
    return plot.png(plot.bars(heights, x_label="elements", title=title, limit=None))


def pipeline_picture(found: Timing) -> tuple[str, bytes]:
    """(what it shows, PNG) of a pipe with the time of its steps."""
    told = [
        duration(step.seconds) + ("" if step.calls == 1 else f" x {step.calls:.3g}") + f"  {step.share:.0%}"
        for step in found.steps
    ]
    title = f"{duration(found.seconds)} for one element at the end, on one thread"
    drawn = plot.pipeline(
        [step.expression for step in found.steps],
        [step.beneath for step in found.steps],
        shares=[step.share for step in found.steps],
        told=told,
        title=title,
    )
    words = "; ".join(f"{step.expression} {each}" for step, each in zip(found.steps, told, strict=True))
    return f"{title}: {words}", plot.png(drawn)


def groups_shown(found: Duplicates) -> list[tuple[str, tuple[Place, ...]]]:
    """The groups worth showing first: (what is wrong with it, its places), leaks before conflicts before the rest."""
    leaks, conflicts = set(found.leaks), set(found.conflicts)
    rows = []
    for kind, groups in (("equal", found.exact), ("alike", found.near)):
        for group in groups:
            words = [kind]
            words += ["in both parts"] if group in leaks else []
            words += ["different labels"] if group in conflicts else []
            rows.append(((group not in leaks, group not in conflicts), ", ".join(words), group))
    return [(words, group) for _, words, group in sorted(rows, key=lambda row: row[0])[:_GROUPS]]
