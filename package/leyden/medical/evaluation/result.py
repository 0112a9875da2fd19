"""What an evaluation found: a row a case, a summary a region, the worst first."""

import csv
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, final

import numpy as np

from leyden.errors import MedicalError
from leyden.medical.evaluation.summary import METRICS, Metric, Summary, digits_of, in_millimetres, summarised
from leyden.medical.metric import CaseScore, LesionRule
from leyden.medical.table import Table, html_of, ranged, text_of

__all__ = ["Evaluation", "Failure"]


@final
@dataclass(frozen=True)
class Failure:
    """A case that could not be scored, and why."""

    case: str
    reason: str


@final
@dataclass(frozen=True, repr=False)
class Evaluation:
    """The scores of one method on some cases; prints as a table, with the worst cases and what failed.

    Args:
        name: of the method.
        regions: their names, in order.
        cases: the scores of each case, in the order in which they were scored.
        subjects: whose each of them is.
        failures: cases that could not be scored; they are in no mean.
        seconds: that each scored case took to predict, on the clock.
        left: cases that were not come to, because it was stopped.
        tolerance: mm, of the surface Dice.
        rule: of the lesions; None if nobody said.

    Examples:
        >>> import torch
        >>> from leyden.items import Image, Mask
        >>> from leyden.medical.evaluation.run import evaluate
        >>> from leyden.medical.scan import Scan
        >>> label = torch.zeros(6, 6, 6, dtype=torch.uint8)
        >>> label[1:4, 1:4, 1:4] = 4
        >>> scan = Scan(Image(torch.rand(1, 6, 6, 6), (1.0, 1.0, 1.0)), Mask(label), ("flair",), "one")
        >>> always = lambda scan: torch.ones(3, 6, 6, 6, dtype=torch.bool)
        >>> found = evaluate(always, [scan, scan._replace(label=None, name="two")], scheme="brats21")
        >>> found.of("ET", "dice").mean, found.failures[0].case
        (0.2222222222222222, 'two')
    """

    name: str
    regions: tuple[str, ...]
    cases: tuple[CaseScore, ...]
    subjects: tuple[str, ...]
    failures: tuple[Failure, ...] = ()
    seconds: tuple[float, ...] = ()
    left: int = 0
    tolerance: float = 1.0
    rule: LesionRule | None = None

    def values(self, region: str, metric: Metric = "dice") -> np.ndarray:
        """Give one number a scored case, in their order.

        Args:
            region: its name; `mean` for the mean of the regions.
            metric: its name.

        Raises:
            MedicalError: there is no such region or metric.
        """
        names = (*self.regions, "mean")
        faults = [] if region in names else [f"no region {region!r}, but {', '.join(names)}"]
        if metric not in METRICS:
            faults.append(f"no metric {metric!r}, but {', '.join(METRICS)}")
        if faults:
            raise MedicalError(f"the evaluation has {'; '.join(faults)}")
        rows = [[getattr(score, metric) for score in case.regions] for case in self.cases]
        table = np.array(rows, dtype=np.float64).reshape(len(rows), len(self.regions))
        return table.mean(axis=1) if region == "mean" else table[:, self.regions.index(region)]

    def of(self, region: str, metric: Metric = "dice") -> Summary:
        """Summarise a metric of a region, or of `mean`, over the scored cases.

        Raises:
            MedicalError: there is no such region or metric, or no case was scored.
        """
        values = self.values(region, metric)
        if not values.size:
            raise MedicalError(f"no case was scored, so there is no mean; {self._failed() or 'it was stopped'}")
        return summarised(values, region=region, metric=metric, subjects=self.subjects)

    @property
    def summary(self) -> tuple[Summary, ...]:
        """Every metric of every region and of their mean; none if no case was scored."""
        if not self.cases:
            return ()
        return tuple(self.of(region, metric) for region in (*self.regions, "mean") for metric in METRICS)

    def worst(self, count: int = 5, *, region: str = "mean", metric: Metric = "dice") -> tuple[CaseScore, ...]:
        """Give the cases with the worst scores, the worst first.

        Raises:
            MedicalError: there is no such region or metric.
        """
        values = self.values(region, metric)
        order = np.argsort(-values if in_millimetres(metric) else values, kind="stable")
        return tuple(self.cases[place] for place in order[:count])

    @property
    def rows(self) -> list[dict[str, Any]]:
        """One dictionary a region of each case, ready for a data frame; a case that failed has one row, saying why."""
        scored = [
            {**row, "subject": subject, "failure": ""}
            for case, subject in zip(self.cases, self.subjects, strict=True)
            for row in case.rows
        ]
        empty = dict.fromkeys(scored[0] if scored else ("case", "region", "subject", "failure"))
        return scored + [{**empty, "case": each.case, "failure": each.reason} for each in self.failures]

    def to_csv(self, path: str | Path) -> Path:
        """Write `rows` as a table with commas, and give the path; folders are made."""
        path, rows = _place(path), self.rows
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]) if rows else ["case"])
            writer.writeheader()
            writer.writerows(rows)
        return path

    def to_json(self, path: str | Path) -> Path:
        """Write rows, summary and what else there is to know as JSON, and give the path; what is not known is null.

        Folders are made.
        """
        path = _place(path)
        told = {
            "name": self.name,
            "rows": self.rows,
            "summary": [asdict(each) for each in self.summary],
            "left": self.left,
            "tolerance": self.tolerance,
            "rule": asdict(self.rule) if self.rule else None,
        }
        for each in told["summary"]:
            each |= {name: None for name, value in each.items() if value != value}  # JSON knows no NaN
        path.write_text(json.dumps(told, indent=1, allow_nan=False), encoding="utf-8")
        return path

    def __repr__(self) -> str:
        return "\n".join([self._title(), *map(text_of, self._tables()), *self._notes()])

    def _repr_html_(self) -> str:
        means, spread = self._tables()
        return html_of(means, title=self._title()) + html_of(spread, notes=self._notes())

    def _title(self) -> str:
        count, subjects = len(self.cases), len(set(self.subjects))
        of = f" of {subjects} subject{'s' * (subjects != 1)}" if subjects != count else ""
        return f"{self.name or 'Evaluation'}: {count} case{'s' * (count != 1)}{of}"

    def _tables(self) -> tuple[Table, Table]:
        means = [["mean (95 % interval)", *METRICS.values()]]
        spread = [["median (quartiles)", *METRICS.values()]]
        for region in (*self.regions, "mean") if self.cases else ():
            found = [(self.of(region, metric), digits_of(metric)) for metric in METRICS]
            means.append([region, *(ranged(one.mean, one.low, one.high, digits=how) for one, how in found)])
            spread.append([region, *(ranged(one.median, one.lower, one.upper, digits=how) for one, how in found)])
        return means, spread

    def _notes(self) -> list[str]:
        worst = zip(self.worst(3), sorted(self.values("mean")), strict=False)
        told = ", ".join(f"{case.name} {mean:.3f}" for case, mean in worst)
        notes = [f"worst by mean Dice: {told}"] if told else []
        if self.failures:
            notes.append(f"failed, and in no mean: {self._failed()}")
        if self.left:
            notes.append(f"stopped with {self.left} case{'s' * (self.left != 1)} left")
        return notes

    def _failed(self) -> str:
        return "; ".join(f"{each.case} ({each.reason})" for each in self.failures)


def _place(path: str | Path) -> Path:
    """A path whose folder is there."""
    found = Path(path).expanduser()
    found.parent.mkdir(parents=True, exist_ok=True)
    return found
