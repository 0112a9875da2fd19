"""What is in a container: counted and measured in one pass."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from torch import Tensor

from leyden.data.look.field import FieldStatistics, FieldTally
from leyden.data.look.leaf import Kind, fields_of, kinds_of, label_in
from leyden.data.look.reading import Progress, class_names, spread, visit
from leyden.data.pipe.broken import Broken
from leyden.data.pipe.source import as_container
from leyden.data.pipe.view import Element, describe
from leyden.errors import DataError

__all__ = ["Statistics", "Tally", "statistics"]


@final
@dataclass(frozen=True, repr=False)
class Statistics:
    """What one pass over a container found.

    Args:
        about: the container in words.
        count: elements that it has.
        seen: elements that were read, the broken ones included; fewer than `count` of a sample, or where it was ended.
        fields: what was found in every field, by name.
        balance: elements of every class, in the order of the class names, else the most frequent first; empty where
            there are no labels.
        broken: the elements that could not be read, and why.
    """

    about: str
    count: int
    seen: int
    fields: Mapping[str, FieldStatistics]
    balance: Mapping[str, int]
    broken: tuple[Broken, ...]

    def __repr__(self) -> str:
        lines = [f"{self.about}: {self.seen:,} of {self.count:,} elements read, {len(self.broken)} broken"]
        table = [("field", *FieldStatistics.HEADS), *((name, *field.row()) for name, field in self.fields.items())]
        widths = [max(len(row[place]) for row in table) for place in range(len(table[0]))]
        lines += ["  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in table if self.fields]
        if self.balance:
            named = [f"{name} {count:,}" for name, count in self.balance.items()]
            lines.append(f"  {len(named)} labels: {', '.join(named[:20])}{', ...' if len(named) > 20 else ''}")
        lines += [f"  broken: {fault}" for fault in self.broken[:5]]
        return "\n".join([*lines, f"  and {len(self.broken) - 5} more broken"] if len(self.broken) > 5 else lines)


@final
class Tally:
    """Statistics under way: shown elements one by one, asked for the result at any time.

    Args:
        about: the container in words.
        count: elements that it has.
        classes: names of the classes, by index.
        labels: the field that holds the label, or one label an element; None finds it.
        kinds: kinds of fields that are known better than they look.
    """

    def __init__(
        self,
        about: str,
        count: int,
        *,
        classes: Sequence[str] = (),
        labels: str | Sequence[object] | None = None,
        kinds: Mapping[str, Kind] | None = None,
    ) -> None:
        self._about, self._count, self._kinds = about, count, kinds
        self._classes = tuple(classes)
        self._field = labels if isinstance(labels, str) else None
        self._row = None if labels is None or isinstance(labels, str) else labels
        self._seen = 0
        self._fields: dict[str, FieldTally] = {}
        self._balance: Counter[str] = Counter()
        self._broken: list[Broken] = []

    def see(self, index: int, element: Element) -> None:
        """Count one element."""
        self._seen += 1
        if type(element) is Broken:
            self._broken.append(element)
            return
        fields = fields_of(element)
        kinds = kinds_of(fields, given=self._kinds)
        for name, value in fields.items():
            self._fields.setdefault(name, FieldTally()).add(kinds[name], value)
        given = {"label": self._row[index]} if self._row is not None else fields
        name = "label" if self._row is not None else self._field
        label = label_in(given, kinds, field=name, classes=self._classes)
        if label is not None:
            self._balance[label] += 1

    def result(self) -> Statistics:
        """What was counted so far."""
        named = {name: self._balance[name] for name in self._classes if self._balance}
        rest = {name: count for name, count in self._balance.most_common() if name not in named}
        fields = {name: tally.result(self._seen - len(self._broken)) for name, tally in self._fields.items()}
        return Statistics(self._about, self._count, self._seen, fields, named | rest, tuple(self._broken))


def statistics(
    data: Element,
    sample: int | None = None,
    *,
    labels: str | Sequence[object] | Tensor | np.ndarray | None = None,
    classes: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Statistics:
    """Go through a container once, and count and measure what is in it.

    Of every field: its kind, shapes, type, least, greatest, mean and standard deviation, also by channel, and what is
    missing. What cannot be read is reported and stops nothing; Ctrl-C ends the pass and keeps what was read.

    Args:
        data: a container. Elements of a batched pipe are batches: look at it before `batch`.
        sample: read at most so many elements, evenly spread; None reads all.
        labels: the field that holds the label, or one label an element; left out, what is called so or ends a pair.
        classes: names of the classes by index; left out, those that the container has.
        progress: called with (elements read, elements in all) after each; where it returns False the pass ends there.

    Raises:
        DataError: `data` is no container, the sample is below 1, or labels are not one an element.

    Examples:
        >>> import torch
        >>> grey = [(torch.full((1, 8, 8 + number), number / 4), number % 2) for number in range(4)]
        >>> statistics(grey, classes=("even", "odd"))
        list[4]: 4 of 4 elements read, 0 broken
          field  kind   count  type     shape          least  greatest  mean   std    missing
          0      image  4      float32  1 x 8 x 8..11  0      0.75      0.408  0.278
          1      label  4      int
          2 labels: even 2, odd 2
    """
    container = as_container(data)
    if sample is not None and sample < 1:
        raise DataError(f"statistics: the sample is 1 element or more; given {sample}")
    names = class_names(container) if classes is None else tuple(classes)
    tally = Tally(describe(container), len(container), classes=names, labels=_checked_labels(labels, len(container)))
    visit(container, spread(len(container), sample), tally.see, progress=progress)
    return tally.result()


def _checked_labels(labels: Element, count: int) -> str | Sequence[object] | None:
    plain = labels.tolist() if isinstance(labels, Tensor | np.ndarray) else labels
    if plain is not None and not isinstance(plain, str) and len(plain) != count:
        raise DataError(f"statistics: labels are one an element; given {len(plain)} for {count} elements")
    return plain
