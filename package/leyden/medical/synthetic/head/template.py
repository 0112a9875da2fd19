"""The real heads that phantoms are made of: read where a package brought them, cut to the brain, told apart."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Literal, TypeAlias, final, get_args

import torch
from jaxtyping import Float
from scipy import ndimage
from torch import Tensor

from leyden.assets import find, read
from leyden.data import read_volume
from leyden.errors import MedicalError
from leyden.medical.synthetic.head.tissue import brain_maps, sharpened, tissues_of

__all__ = ["Anatomy", "Template", "check_anatomy", "licence_of", "load_template"]

Anatomy: TypeAlias = Literal["mni152", "colin27"]
"""`mni152`: the mean of 152 people, with tissue maps of its own, out of nilearn. `colin27`: one man, scanned 27 times,
out of Debian's mricron-data, tissues told apart by their brightness."""

_MNI: Mapping[str, str] = MappingProxyType(
    {
        "t1": "421a10e872fd6cadae7f61d358dffbcc1795a497d61ee76c5dda2503e1a1e9e6",
        "gm": "97a5ca69bd24db37a9cb7b32525e1733a209af904129bf1cd36da06d24243bed",
        "wm": "382d92812de4744f9c86c7a0e4f680dc317a0a50e4da1f0153618a6798c7b7db",
    }
)
"""The SHA-256 of each file, so that another version of nilearn makes no other phantoms."""

_FILE = "mni_icbm152_{}_tal_nlin_sym_09a_converted.nii.gz"
_MARGIN = 4


@final
@dataclass(frozen=True, eq=False)
class Template:
    """A brain at 1 mm.

    Args:
        name: of the anatomy.
        maps: `map z y x`, see `leyden.medical.synthetic.head.tissue.MAPS`; cut to the brain.
        origin: where the centre of the first voxel lies, x y z in mm, in the space of the MNI.
    """

    name: str
    maps: Float[Tensor, "6 z y x"]
    origin: tuple[float, float, float]


def check_anatomy(name: str) -> None:
    """Refuse what is no anatomy.

    Raises:
        MedicalError: there is none of that name.
    """
    if name not in get_args(Anatomy):
        raise MedicalError(f"no anatomy named {name!r}; there are {', '.join(get_args(Anatomy))}")


def licence_of(name: str) -> str:
    """Give the licence of an anatomy in words."""
    check_anatomy(name)
    return find(name).licence


@lru_cache(maxsize=2)
def load_template(name: str) -> Template:
    """Read a template; the second time it comes out of memory. About 2 CPU s and 110 MB.

    Args:
        name: of the anatomy.

    Raises:
        MedicalError: there is none of that name.
        AssetError: it is not on this machine and cannot be fetched.
    """
    check_anatomy(name)
    return _mni152() if name == "mni152" else _colin27()


def _mni152() -> Template:
    t1, grey, white = (read_volume(_packaged(part), dtype=torch.float32) for part in _MNI)
    box = _box(t1.data)
    scan, *parts = (one.data[box] for one in (t1, grey, white))
    inside = (scan > 0).float()
    parts = [part / 255 * inside for part in parts]
    rest = (inside - parts[0] - parts[1]).clamp(min=0)
    tissues = torch.stack([rest, *parts])
    return _template("mni152", scan, sharpened(tissues / tissues.sum(0).clamp(min=1)), t1.affine, box)


def _colin27() -> Template:
    brain, head = (
        read_volume(read("colin27", f"mricron/templates/{file}.nii.gz"), dtype=torch.float32)
        for file in ("ch2bet", "ch2")
    )
    # the tool that cut out the brain left the sulci open to the outside: dark places between gyri are fluid
    inside = brain.data > 0
    closed = torch.from_numpy(ndimage.binary_closing(inside.numpy(), iterations=4))
    fluid = float(torch.quantile(brain.data[inside][::97], 0.02))
    scan = torch.where(inside, brain.data, head.data.clamp(1, fluid) * closed)
    box = _box(scan)
    return _template("colin27", scan[box], sharpened(tissues_of(scan[box]), 1.2), brain.affine, box)


def _template(name: str, scan: Tensor, tissues: Tensor, affine: Tensor, box: tuple[slice, ...]) -> Template:
    starts = [float(along.start) for along in reversed(box)]
    x, y, z = (float(first) + start for first, start in zip(affine[:3, 3], starts, strict=True))
    heights = z + torch.arange(scan.shape[0])
    return Template(name, brain_maps(scan, tissues, heights), (x, y, z))


def _box(scan: Tensor) -> tuple[slice, ...]:
    """The part of a scan that is not empty, and a margin."""
    found = []
    for axis in range(3):
        filled = (scan > 0).movedim(axis, 0).flatten(1).any(1).nonzero().flatten()
        found.append(slice(max(0, int(filled[0]) - _MARGIN), int(filled[-1]) + 1 + _MARGIN))
    return tuple(found)


def _packaged(part: str) -> bytes:
    """A file of the installed nilearn, which is not imported: that takes seconds; out of the pinned archive if not."""
    file, spec = _FILE.format(part), find_spec("nilearn")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / "datasets" / "data" / file
        if path.is_file() and hashlib.sha256(content := path.read_bytes()).hexdigest() == _MNI[part]:
            return content
    return read("mni152", f"nilearn/datasets/data/{file}")
