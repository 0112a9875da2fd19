"""Scoring a method on cases."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, TypeAlias, final

import torch

from leyden.data import Container
from leyden.errors import MedicalError
from leyden.medical.evaluation.result import Evaluation, Failure
from leyden.medical.evaluation.subject import subject_of, subjects_of
from leyden.medical.labelling import RegionMaps, Scheme, as_scheme
from leyden.medical.metric import CaseScore, LesionRule, score_case
from leyden.medical.metric.lesion import rule_of
from leyden.medical.metric.maps import number_faults
from leyden.medical.scan import Scan

__all__ = ["Predict", "evaluate"]

Predict: TypeAlias = Callable[[Scan], RegionMaps]
"""Gives `region z y x` of bool, or uint8 of 0 and 1, on the grid of the scan."""


def evaluate(
    predict: Predict,
    cases: Container,
    *,
    scheme: Scheme | str,
    name: str = "",
    subjects: Sequence[str] | None = None,
    tolerance: float = 1.0,
    rule: LesionRule | str = "brats23",
    progress: Callable[[int, int], Any] | None = None,
) -> Evaluation:
    """Predict every case and score it; a case that fails is reported by name and does not stop the others.

    Cases are read one by one and let go again. Ctrl-C, or a `progress` that returns False, ends the way: what was
    scored is kept, and the evaluation says how many are left.

    Args:
        predict: gives the regions of a scan on its own grid; called without gradients.
        cases: scans with labels.
        scheme: what the codes of the labels mean, or its name; its regions are scored.
        name: of the method, for tables.
        subjects: whose each case is; if left out, what the container says, also of a part of `leyden.data.split`, or
            `subject_of` the names.
        tolerance: of the surface Dice, mm.
        rule: of the lesions, or its name, see `lesion_wise`.
        progress: called with (cases done, cases in all).

    Raises:
        MedicalError: no cases, or a scheme, rule or subjects that do not fit; before anything is read.

    Source:
        For what to report: Maier-Hein et al. 2024, Metrics reloaded, doi:10.1038/s41592-023-02151-z.
    """
    one, whose = _settings(predict, cases, scheme=scheme, subjects=subjects, tolerance=tolerance, rule=rule)
    return _gathered(name, one, whose, _visited(cases, one, progress), count=len(cases))


@final
@dataclass(frozen=True)
class _Settings:
    predict: Predict
    scheme: Scheme
    tolerance: float
    rule: LesionRule

    def score(self, scan: Scan, name: str) -> "_Scored":
        """Predict and score one scan."""
        if scan.label is None or scan.image.spacing is None:
            what = "label to score against" if scan.label is None else "spacing, so there are no millimetres"
            raise MedicalError(f"the scan has no {what}")
        truth = self.scheme.to_regions(scan.label)
        start = perf_counter()
        with torch.no_grad():
            prediction = self.predict(scan)
        seconds = perf_counter() - start
        score = score_case(
            prediction,
            truth,
            spacing=scan.image.spacing,
            regions=tuple(self.scheme.regions),
            name=name,
            tolerance=self.tolerance,
            rule=self.rule,
        )
        return _Scored(score, seconds)


@final
@dataclass(frozen=True)
class _Scored:
    score: CaseScore
    seconds: float


def _settings(
    predict: Predict,
    cases: Container,
    *,
    scheme: Scheme | str,
    subjects: Sequence[str] | None,
    tolerance: float,
    rule: LesionRule | str,
) -> tuple[_Settings, Sequence[str] | None]:
    """Check all that can be checked before work begins; also gives whose each case is, as far as anybody says."""
    known = as_scheme(scheme)
    whose = subjects_of(cases) if subjects is None else subjects
    named, faults = rule_of(rule)
    faults += number_faults("a tolerance", tolerance)
    if not len(cases):
        faults.append("there are no cases")
    if whose is not None and len(whose) != len(cases):
        faults.append(f"{len(whose)} subjects for {len(cases)} cases; one each is wanted")
    if faults:
        raise MedicalError(f"cannot evaluate: {'; '.join(faults)}")
    return _Settings(predict, known, tolerance, named), whose


def _visited(
    cases: Container, settings: _Settings, progress: Callable[[int, int], Any] | None
) -> list[_Scored | Failure]:
    """Score case after case, as far as one is let."""
    names = getattr(cases, "names", None) or [f"case {place}" for place in range(len(cases))]
    found: list[_Scored | Failure] = []
    try:
        for place in range(len(cases)):
            found.append(_tried(cases, place, names[place], settings))
            if progress is not None and progress(len(found), len(cases)) is False:
                break
    except KeyboardInterrupt:
        return found
    return found


def _tried(cases: Container, place: int, name: str, settings: _Settings) -> _Scored | Failure:
    try:
        scan = cases[place]
        name = scan.name or name
        return settings.score(scan, name)
    except Exception as error:  # whatever a file or a network may raise: it is reported, and the others are scored
        return Failure(name, f"{type(error).__name__}: {error}")


def _gathered(
    name: str, settings: _Settings, whose: Sequence[str] | None, found: list[_Scored | Failure], *, count: int
) -> Evaluation:
    scored = [(place, each) for place, each in enumerate(found) if isinstance(each, _Scored)]
    return Evaluation(
        name,
        tuple(settings.scheme.regions),
        tuple(each.score for _, each in scored),
        tuple(subject_of(each.score.name) if whose is None else str(whose[place]) for place, each in scored),
        tuple(each for each in found if isinstance(each, Failure)),
        seconds=tuple(each.seconds for _, each in scored),
        left=count - len(found),
        tolerance=settings.tolerance,
        rule=settings.rule,
    )
