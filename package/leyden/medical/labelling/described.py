"""The scheme that a dataset declares of itself, in its dataset.json."""

import json
from pathlib import Path

from leyden.errors import MedicalError
from leyden.medical.labelling.known import schemes
from leyden.medical.labelling.regions import Scheme

__all__ = ["read_scheme"]


def read_scheme(path: str | Path) -> Scheme:
    """Read what the codes of a dataset mean from its dataset.json, by what the names say and never by position.

    Brain tumours, told by their oedema and enhancing part, get the regions TC, WT and ET; any other dataset gets one
    region a label. The form of nnU-Net, names to codes or to lists of codes, is read as well as that of the Medical
    Segmentation Decathlon, codes to names.

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
    if {"oedema", "enhancing", "core"} <= set(meaning) and len(codes) == 3:
        core = (meaning["core"], meaning["enhancing"])
        regions = {"TC": tuple(sorted(core)), "WT": tuple(sorted(codes)), "ET": (meaning["enhancing"],)}
    made = Scheme(path.parent.name, codes, regions or {name: (code,) for code, name in codes.items()}, str(path))
    known = [one for one in schemes().values() if set(one.codes) == set(codes) and dict(one.regions) == regions]
    return known[0] if known else made


def _told(path: Path) -> tuple[dict[int, str], dict[str, tuple[int, ...]]]:
    try:
        labels = json.loads(path.read_text(encoding="utf-8"))["labels"]
        pairs = [(str(key), value) for key, value in labels.items()]
        if all(key.isdecimal() for key, _ in pairs):
            pairs = [(str(name), int(key)) for key, name in pairs]
        codes = {int(value): key for key, value in pairs if not isinstance(value, list) and int(value)}
        regions = {key: tuple(map(int, value)) for key, value in pairs if isinstance(value, list)}
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


def _meaning(name: str) -> str:
    """What a label of a brain tumour is; the name itself where it is something else."""
    lower = (
        name.lower()
        .replace("_", "-")
        .replace("nonenhancing", "non-enhancing")
        .replace("non enhancing", "non-enhancing")
    )
    if "non-enhancing" in lower or "necro" in lower or lower in ("ncr", "net", "netc"):
        return "core"
    if any(word in lower for word in ("edema", "oedema", "snfh", "flair")):
        return "oedema"
    return "enhancing" if "enhancing" in lower or lower == "et" else name
