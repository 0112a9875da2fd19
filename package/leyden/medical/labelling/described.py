"""The scheme that a dataset declares of itself, in its dataset.json."""

import json
import re
from pathlib import Path
from typing import Any

from leyden.errors import MedicalError
from leyden.medical.labelling.known import schemes
from leyden.medical.labelling.regions import Scheme

__all__ = ["contradictions", "read_scheme"]

_IGNORED = "ignore"
"""What nnU-Net calls voxels that nobody has drawn."""

_PARTS = {"core", "oedema", "enhancing"}


def read_scheme(path: str | Path) -> Scheme:
    """Read what the codes of a dataset mean from its dataset.json, by what the names say and never by position.

    Brain tumours, told by their oedema and enhancing part, get the regions TC, WT and ET; any other dataset gets one
    region a label. The form of nnU-Net, names to codes or to lists of codes, is read as well as that of the Medical
    Segmentation Decathlon, codes to names; where one name has a list of codes, every name is a region.

    Args:
        path: a dataset.json, or the folder it lies in.

    Returns:
        A registered scheme where one has the same codes and regions of the same codes; else a new one.

    Raises:
        MedicalError: no such file, no JSON, or no labels in it.

    Examples:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> labels = {"0": "background", "1": "edema", "2": "non-enhancing tumor", "3": "enhancing tumour"}
        >>> _ = (folder / "dataset.json").write_text(json.dumps({"labels": labels}))
        >>> read_scheme(folder).name
        'msd'
    """
    path = Path(path).expanduser()
    path = path / "dataset.json" if path.is_dir() else path
    codes, regions = _told(path)
    meaning = {_meaning(name): code for code, name in codes.items()}
    if set(meaning) >= _PARTS and len(codes) == 3:
        core = (meaning["core"], meaning["enhancing"])
        regions = {"TC": tuple(sorted(core)), "WT": tuple(sorted(codes)), "ET": (meaning["enhancing"],)}
    made = Scheme(path.parent.name, codes, regions or {name: (code,) for code, name in codes.items()}, str(path))
    known = [one for one in schemes().values() if set(one.codes) == set(codes) and dict(one.regions) == regions]
    return known[0] if known else made


def _told(path: Path) -> tuple[dict[int, str], dict[str, tuple[int, ...]]]:
    try:
        labels = json.loads(path.read_text(encoding="utf-8-sig"))["labels"]
        pairs = [(str(key), value) for key, value in labels.items()]
        if all(key.isdecimal() for key, _ in pairs):
            pairs = [(str(name), int(key)) for key, name in pairs]
        codes = {int(value): key for key, value in pairs if not isinstance(value, list) and int(value)}
        regions = _regions(pairs)
    except FileNotFoundError as error:
        raise MedicalError(f"{path} does not exist; give the scheme by name, see leyden.medical.schemes()") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        what = f"{type(error).__name__}: {error}"
        raise MedicalError(
            f'{path} does not tell labels ({what}); it wants {{"labels": {{"1": "edema", ...}}}}, or give the scheme '
            "by name"
        ) from error
    for name, group in regions.items():
        codes |= {code: f"part of {name}" for code in group if code not in codes}
    if not codes:
        raise MedicalError(f"{path} tells no label but background; give the scheme by name")
    return codes, regions


def _regions(pairs: list[tuple[str, Any]]) -> dict[str, tuple[int, ...]]:
    """The regions that labels name; none where no name stands for several codes."""
    if not any(isinstance(value, list) for _, value in pairs):
        return {}
    held = {name: tuple(map(int, value if isinstance(value, list) else [value])) for name, value in pairs}
    return {name: codes for name, codes in held.items() if any(codes) and name.lower() != _IGNORED}


def contradictions(one: Scheme, other: Scheme) -> list[str]:
    """Name the codes that are one part of a brain tumour by one scheme, and another part by the other.

    Examples:
        >>> from leyden.medical.labelling.known import scheme
        >>> contradictions(scheme("msd"), scheme("brats23"))[1]
        "2 is 'non-enhancing tumour' by msd and 'oedema' by brats23"
        >>> contradictions(scheme("brats20"), scheme("brats21"))
        []
    """
    both = [code for code in one.codes if code in other.codes]
    return [
        f"{code} is {one.codes[code]!r} by {one.name} and {other.codes[code]!r} by {other.name}"
        for code in both
        if {_meaning(one.codes[code]), _meaning(other.codes[code])} <= _PARTS
        and _meaning(one.codes[code]) != _meaning(other.codes[code])
    ]


def _meaning(name: str) -> str:
    """What a label of a brain tumour is; the name itself where it is something else."""
    lower = (
        name.lower()
        .replace("_", "-")
        .replace("nonenhancing", "non-enhancing")
        .replace("non enhancing", "non-enhancing")
    )
    words = set(re.split(r"[^a-z]+", lower))
    if "non-enhancing" in lower or "necro" in lower or words & {"ncr", "net", "netc"}:
        return "core"
    if any(word in lower for word in ("edema", "oedema", "snfh", "flair")) or "ed" in words:
        return "oedema"
    return "enhancing" if "enhancing" in lower or "et" in words else name
