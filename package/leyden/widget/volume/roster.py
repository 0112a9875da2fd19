"""The cases of a panel: read one at a time, those that scored worst first."""

import math
from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, final, runtime_checkable

from torch import Tensor

from leyden.errors import LeydenError, PanelError
from leyden.items import Image, Mask
from leyden.medical import Scan, Scheme
from leyden.widget.volume.subject import Subject, subject_of

__all__ = ["CaseRow", "Named", "Roster", "Score", "Scores"]

Score: TypeAlias = float | Mapping[str, float]
"""How well a case was predicted, 0 to 1: one number, or one for each region."""

Scores: TypeAlias = Mapping[str, Score] | Sequence[Score]
"""Scores by the names of cases, or in their order."""


@runtime_checkable
class Named(Protocol):
    """A container that knows what its cases are called without reading them."""

    @property
    def names(self) -> Sequence[str]:
        """One a case, in order."""
        ...


@dataclass(frozen=True)
class CaseRow:
    """One case to choose.

    Args:
        index: in the container.
        name: of the case.
        score: 0 to 1, higher is better; the mean where there are several, None where none is known.
        told: the scores in words, empty where there are none.
    """

    index: int
    name: str
    score: float | None = None
    told: str = ""

    def words(self) -> str:
        """The case in one line."""
        return f"{self.name}: {self.told}" if self.told else self.name


@final
class Roster:
    """All cases of a panel.

    Args:
        scans: a Scan, or a container of scans, of which one is read at a time.
        prediction: of one scan what belongs to it; of several a mapping by their names, or a container in their order.
        scheme: what codes mean.
        scores: see `Scores`.

    Raises:
        PanelError: there is no case; or predictions or scores that do not belong to the cases.

    Attributes:
        rows: the cases, those that scored worst first, those without a score last.
    """

    def __init__(self, scans: Any, prediction: Any, *, scheme: Scheme | None, scores: Scores | None) -> None:
        single = isinstance(scans, Scan | Image)
        self._scans = [scans] if single else scans
        self._predictions = [prediction] if single and prediction is not None else prediction
        self._scheme = scheme
        names = self._names()
        faults = [] if names else ["there is no case to show"]
        faults += self._prediction_faults(names)
        told, more = _scored(names, scores)
        if faults + more:
            raise PanelError(f"these cases cannot be shown: {'; '.join(faults + more)}")
        rows = [CaseRow(index, name, *told[index]) for index, name in enumerate(names)]
        self.rows = tuple(sorted(rows, key=lambda row: math.inf if row.score is None else row.score))

    def read(self, index: int) -> Subject:
        """Read one case, and check it.

        Raises:
            PanelError: it cannot be shown. What its container raises passes through.
        """
        name = next(row.name for row in self.rows if row.index == index)
        found = self._predictions
        if isinstance(found, Mapping):
            found = found.get(name)
        elif found is not None:
            found = found[index]
        sample = self._scans[index]
        if isinstance(sample, Scan) and not sample.name:
            sample = sample._replace(name=name)
        return subject_of(sample, found, scheme=self._scheme)

    def opened(self) -> tuple[CaseRow, Subject, str]:
        """Read the first case of the list that can be shown; also give why those before it cannot, in words.

        Raises:
            LeydenError: none can; it is that of the first.
        """
        faults: list[LeydenError] = []
        for row in self.rows:
            try:
                subject = self.read(row.index)
            except LeydenError as error:
                faults.append(error)
            else:
                return row, subject, "; ".join(str(error) for error in faults)
        raise faults[0]

    def find(self, which: int | str) -> CaseRow:
        """The case of a number in the container, or of a name.

        Raises:
            PanelError: there is none.
        """
        found = [row for row in self.rows if which in (row.index, row.name)]
        if not found:
            names = ", ".join(row.name for row in self.rows[:8])
            raise PanelError(f"there is no case {which!r}; there are {len(self.rows)}: {names}")
        return found[0]

    def _names(self) -> list[str]:
        try:
            count = len(self._scans)
        except TypeError as error:
            raise PanelError(
                f"a volume panel shows a leyden.medical.Scan, or a container of them, given a "
                f"{type(self._scans).__name__}"
            ) from error
        if isinstance(self._scans, Named):
            return list(self._scans.names)
        known = isinstance(self._scans, list | tuple)  # these are in memory: their names cost nothing
        given = [self._scans[index] for index in range(count)] if known else [None] * count
        names = [one.name if isinstance(one, Scan) else "" for one in given]
        twice = len(set(names)) < len(names)
        return [name if name and not twice else f"{name or 'case'} {index}" if count > 1 else name or "scan"
                for index, name in enumerate(names)]  # fmt: skip

    def _prediction_faults(self, names: list[str]) -> list[str]:
        found = self._predictions
        if found is None:
            return []
        if isinstance(found, Mapping):
            strange = [str(name) for name in found if name not in names]
            return [f"there are predictions of {', '.join(strange)}, which are no cases"] if strange else []
        many = len(found) if isinstance(found, Sized) else 1
        single = isinstance(found, Tensor | Mask)
        if single or many != len(names):
            given = "one prediction" if single else f"{many} predictions"
            return [f"{given} for {len(names)} cases: give a list in their order, or a mapping by their names"]
        return []


def _scored(names: list[str], scores: Scores | None) -> tuple[list[tuple[float | None, str]], list[str]]:
    """(score, words) of each case, and what is wrong with the scores."""
    if scores is None:
        return [(None, "")] * len(names), []
    if isinstance(scores, Mapping):
        strange = [str(name) for name in scores if name not in names]
        if strange:
            return [(None, "")] * len(names), [f"there are scores of {', '.join(strange)}, which are no cases"]
        return [_told(scores.get(name)) for name in names], []
    if len(scores) != len(names):
        return [(None, "")] * len(names), [f"{len(scores)} scores for {len(names)} cases"]
    return [_told(score) for score in scores], []


def _told(score: Score | None) -> tuple[float | None, str]:
    if score is None:
        return None, "no score"
    if not isinstance(score, Mapping):
        return (None, "no score") if math.isnan(score) else (float(score), f"Dice {score:.2f}")
    known = {name: float(one) for name, one in score.items() if not math.isnan(one)}
    if not known:
        return None, "no score"
    mean = sum(known.values()) / len(known)
    return mean, f"Dice {mean:.2f} ({', '.join(f'{name} {one:.2f}' for name, one in known.items())})"
