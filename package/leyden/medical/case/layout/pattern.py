"""Any layout, by a pattern of its names."""

import re
from collections import Counter
from pathlib import Path
from typing import TypeAlias

from leyden.errors import MedicalError
from leyden.medical.case.layout.found import Found, files_below
from leyden.medical.case.modality import modality_of, ordered
from leyden.medical.case.study import Case, Series

__all__ = ["find_by_pattern"]

_Key: TypeAlias = tuple[str, str]
"""Of a case: its patient, empty where the pattern has none, and what the pattern calls it."""

_FIELDS = ("case", "subject", "modality")
_TOKEN = re.compile(r"\{(\w*)\}|(\*\*/)|(\*)")


def find_by_pattern(folder: Path, images: str, *, label: str | None, frames: tuple[str, ...] | None) -> Found:
    """Find the cases below a folder whose names fit a pattern.

    Args:
        folder: where they lie.
        images: such as "{case}/{modality}.nii.gz", seen from the folder; "*" is any part of a name, "**/" any folders,
            and "{subject}" a patient of several cases. A field used twice stands for the same.
        label: of the segmentations, with the same fields, such as "{case}/seg.nii.gz"; None where there are none.
        frames: what the volumes in each file show, in their order, where the pattern has no "{modality}".

    Raises:
        MedicalError: a pattern that cannot be one, or two files of one case for the same.
    """
    expression, drawn_as = _expression(images, "layout"), None if label is None else _expression(label, "label")
    if "{modality}" not in images and not frames:
        raise MedicalError(
            f"layout={images!r} has no {{modality}}; say what the files show with modalities=('flair', ...)"
        )
    shown, drawn, twice = dict[_Key, list[Series]](), dict[_Key, Path](), []
    for path in files_below(folder):
        name = path.relative_to(folder).as_posix()
        if drawn_as and (match := drawn_as.fullmatch(name)):
            key = _key(match)
            twice += [f"{drawn[key]} and {path}"] if key in drawn else []
            drawn[key] = path
        elif match := expression.fullmatch(name):
            held = shown.setdefault(_key(match), [])
            new = _series(match, path, frames)
            twice += [f"{one.path} and {path}" for one in held if one.modality == new[0].modality]
            held += new
    if twice:
        raise MedicalError(f"two files of one case for the same: {'; '.join(twice[:5])}; make the pattern narrower")
    named = sorted((name, key) for key, name in _named({*shown, *drawn}).items())
    cases = tuple(Case(name, tuple(shown.get(key, ())), drawn.get(key), key[0] or name) for name, key in named)
    return Found(cases, frames or ordered(found for case in cases for found in case.modalities), None)


def _expression(pattern: str, what: str) -> re.Pattern[str]:
    fields = [match[1] for match in _TOKEN.finditer(pattern) if match[0].startswith("{")]
    faults = [
        f"knows no {{{name}}}; there are {{case}}, {{subject}}, {{modality}}" for name in fields if name not in _FIELDS
    ]
    if "case" not in fields:
        faults.append("needs {case}")
    if what == "label" and "modality" in fields:
        faults.append("has no {modality}: one segmentation is of all")
    if Path(pattern).is_absolute():
        faults.append("is seen from the folder: no path from the root")
    if faults:
        raise MedicalError(f"{what}={pattern!r} {'; '.join(faults)}; such as '{{case}}/{{modality}}.nii.gz'")
    parts, at, met = [], 0, set[str]()
    for match in _TOKEN.finditer(pattern):
        parts.append(re.escape(pattern[at : match.start()]))
        parts.append(_part(match, met))
        met.add(match[1] or "")
        at = match.end()
    return re.compile("".join([*parts, re.escape(pattern[at:])]))


def _part(match: re.Match[str], met: set[str]) -> str:
    if match[2]:
        return "(?:.+/)?"
    if match[3]:
        return "[^/]*"
    return f"(?P={match[1]})" if match[1] in met else f"(?P<{match[1]}>[^/]+)"


def _key(match: re.Match[str]) -> _Key:
    found = match.groupdict()
    return found.get("subject") or "", found["case"]


def _named(keys: set[_Key]) -> dict[_Key, str]:
    """The names of cases: with the patient's before it where that is not in it already, or where others are called so.

    Raises:
        MedicalError: two are called alike all the same.
    """
    names = {(subject, case): case if case.startswith(subject) else f"{subject}_{case}" for subject, case in keys}
    for sign in ("_", "__"):
        often = Counter(names.values())
        names |= {key: sign.join(key) for key, name in names.items() if often[name] > 1}
    often = Counter(names.values())
    if alike := sorted(name for name in often if often[name] > 1):
        raise MedicalError(f"several cases would be called {', '.join(alike[:5])}; rename a folder of theirs")
    return names


def _series(match: re.Match[str], path: Path, frames: tuple[str, ...] | None) -> list[Series]:
    if found := match.groupdict().get("modality"):
        return [Series(modality_of(found), path)]
    shown = frames or ()
    return [Series(name, path, None if len(shown) == 1 else frame) for frame, name in enumerate(shown)]
