"""Trying a transform on samples, law by law.

A transform of your own is a frozen dataclass of a few lines, and the laws say whether it is a good one:

Examples:
    >>> from dataclasses import dataclass
    >>> from leyden.augment import Spatial, about_centre, register, scaling
    >>> @register
    ... @dataclass(frozen=True, repr=False)
    ... class Widen(Spatial):
    ...     "Stretch pictures along x by a factor from 1 to `high`."
    ...     high: float
    ...     def ranges(self, size):
    ...         return ((1.0, self.high),)
    ...     def matrix(self, numbers, size):
    ...         return about_centre(scaling((*(1.0 for _ in size[1:]), *numbers)), size)
    >>> check_transform(Widen(1.5))
    Widen(1.5): 14 laws, 0 broken
                              picture  bytes  volume
    prints as what makes it   holds    holds  holds
    draws are values          holds    holds  holds
    ...
    colours come back         holds    holds  holds
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace

from leyden.augment.chain.transform import Transform
from leyden.augment.checking import laws, places
from leyden.augment.checking.trial import Trial, own_samples
from leyden.augment.checking.verdict import Finding, Report
from leyden.errors import DrawError, ItemError

__all__ = ["check_transform"]

_ROUNDS = 3
"""Draws a sample: enough for both sides of a coin, few enough for a test of every transform."""

_ACTS = "draws and acts"
"""What comes before every law."""

_LAWS: dict[str, Callable[[Trial], str]] = {
    "prints as what makes it": laws.repr_evaluates_back,
    "draws are values": laws.draws_are_values,
    "JSON comes back": laws.json_comes_back,
    "replays byte for byte": laws.replays_alike,
    "input is untouched": laws.input_is_untouched,
    "items share the new grid": laws.sizes_agree,
    "labels are a subset": laws.labels_are_a_subset,
    "dtypes are kept": laws.dtypes_are_kept,
    "finite stays finite": laws.finite_stays_finite,
    "one resample at most": laws.one_resample,
    "points agree with pixels": places.points_agree,
    "still steps stay": places.still_steps_stay,
    "places come back": places.places_come_back,
    "colours come back": places.colours_come_back,
}


def check_transform(transform: Transform, samples: Mapping[str, object] | None = None, *, seed: int = 0) -> Report:
    """Try a transform on samples and hold it to the laws that all of leyden's keep; for tests of your own transforms.

    It prints as what makes it; draws are values that JSON holds and that replay byte for byte; it changes nothing it is
    given; all items come out on one grid, points on the pixels they were on, masks without new labels, dtypes as they
    were, values finite; at most one resample; colours and labels change where they are; what is undone comes back. A
    sample that it refuses with a `DrawError` is one it is not for, as a transform of colours is not for scans.

    Args:
        transform: any, also a chain; of a class decorated with `@register`.
        samples: by name; left out: a picture, the same in bytes, and a volume, each with mask, points and boxes.
        seed: of the first of the draws that are tried.

    Returns:
        The report, which prints as a table.

    Raises:
        DrawError: a law is broken, or no sample is taken: the message has every violation; or what is given is none.

    Examples:
        >>> from leyden.augment import Flip
        >>> check_transform(Flip("x")).passed
        True
    """
    _demand_transform(transform)
    findings: list[Finding] = []
    refused: list[tuple[str, str]] = []
    for name, sample in (own_samples() if samples is None else samples).items():
        try:
            trials = _tried(transform, sample, seed)
        except (DrawError, ItemError) as error:
            refused.append((name, str(error)))
        except Exception as error:
            findings.append(Finding(_ACTS, name, _worded(error)))
        else:
            findings += [Finding(law, name, _first_fault(hold, trials)) for law, hold in _LAWS.items()]
    report = Report(repr(transform), tuple(findings), tuple(refused))
    if not report.passed:
        raise DrawError(_complaint(report))
    return report


def _demand_transform(given: object) -> None:
    if not isinstance(given, Transform):
        what = f"the class {given.__name__}: make one" if isinstance(given, type) else f"{given!r}: give one"
        raise DrawError(f"check_transform tries a transform, got {what}, such as Flip('x')")


def _tried(transform: Transform, sample: object, seed: int) -> list[Trial]:
    """Draw some times, and act once with each draw; a transform refuses a sample here or never."""
    trials = [Trial.of(transform, seed + number, deepcopy(sample)) for number in range(_ROUNDS)]
    for trial in trials:
        trial.draw(deepcopy(sample))
    return trials


def _first_fault(law: Callable[[Trial], str], trials: list[Trial]) -> str:
    for trial in trials:
        try:
            # a copy for each, so that a transform that changes what it is given breaks one law, not all of them
            fault = law(replace(trial, sample=deepcopy(trial.sample)))
        except Exception as error:  # whatever a stranger's transform raises is a finding
            fault = _worded(error)
        if fault:
            return f"{fault} (seed {trial.seed})"
    return ""


def _worded(error: Exception) -> str:
    return f"{type(error).__name__}: {error}; raise a DrawError, with what to do, for what the transform is not for"


def _complaint(report: Report) -> str:
    if not report.findings:
        said = "; ".join(f"{name}: {words}" for name, words in report.refused)
        return f"{report.transform} takes no sample, so nothing was checked; give samples it takes. It said: {said}"
    listed: dict[tuple[str, str], list[str]] = {}
    for finding in report.faults:
        listed.setdefault((finding.law, finding.fault), []).append(finding.sample)
    lines = [f"- {law} ({', '.join(samples)}): {fault}" for (law, fault), samples in listed.items()]
    return "\n".join([f"{report.transform} breaks {len(lines)} law{'s' if len(lines) > 1 else ''}:", *lines])
