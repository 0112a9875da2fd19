"""Phantoms: simulated tumours in real heads."""

from collections.abc import Sequence
from numbers import Integral

import torch
from jaxtyping import UInt8
from torch import Tensor
from torch.nn.functional import avg_pool3d

from leyden.errors import MedicalError
from leyden.items import Affine, Image, Mask, Size
from leyden.medical.labelling import Scheme
from leyden.medical.scan import Scan
from leyden.medical.synthetic.distractor import distract
from leyden.medical.synthetic.growth import Growth, Kind, grow, plan_tumour, pushed, seated
from leyden.medical.synthetic.head import Anatomy, Frame, aged, subject, tilted
from leyden.medical.synthetic.options import Options
from leyden.medical.synthetic.painting import MODALITIES, paint, scanned

__all__ = ["make_phantom", "phantom"]

_SEEDS = 2**63


def phantom(
    seed: int, *, size: int | Size = 64, anatomy: Anatomy = "mni152", scheme: str | Scheme = "brats21",
    kind: Kind | None = None, thick: float = 0.0, tilt: float = 0.0, without: str | Sequence[str] = (),
) -> Scan:  # fmt: skip
    """Make a case: a synthetic tumour on a real template, in t1, t1ce, t2 and flair, with the label that is the truth.

    The same seed and options give the same bytes, if numba is there both times or neither. Nothing measured on phantoms
    says anything about patients. About 0.1 CPU s at 64 voxels a side and 5 at (155, 240, 240); the first call reads the
    template, 2 CPU s.

    Args:
        seed: 0 and up; seeds in a row get every kind of tumour in its share, see `leyden.medical.synthetic.KINDS`.
        size: voxels a side, or along z, y and x, of the finest grid of cubes that holds the head, but no finer than
            1 mm: 64 gives 2.9 mm, (155, 240, 240) 1 mm, as BraTS has.
        anatomy: `mni152`, or `colin27`, another head.
        scheme: in whose codes the label is, by name or itself.
        kind: of tumour; that of the seed if none is asked for.
        thick: mm along z of thick slices, of which there are fewer; rounded to whole voxels. 0 for cubes.
        tilt: degrees by which the grid is turned against the head, up to 45 either way; the affine says so.
        without: a modality, or several, that were not scanned.

    Returns:
        Whole numbers of 16 bits in float32, 0 outside the brain, and codes; the affine is to the space of the MNI.

    Raises:
        MedicalError: an option that there is not; all at once.
        AssetError: the template is not on this machine and cannot be fetched.

    Examples:
        >>> phantom(2, size=32).label.data.unique()
        tensor([0, 1, 2, 4], dtype=torch.uint8)
    """
    return make_phantom(seed, Options(
        size=size, anatomy=anatomy, scheme=scheme, kind=kind, thick=thick, tilt=tilt, without=without
    ))  # fmt: skip


def make_phantom(seed: int, options: Options) -> Scan:
    """Make a case: a person, a tumour that pushes the brain aside and grows, what distracts, and the scanner.

    Args:
        seed: of the case.
        options: how it is made.

    Raises:
        MedicalError: a seed that is no whole number, below 0, or 2**63 and more.
        AssetError: the template is not on this machine and cannot be fetched.
    """
    if not isinstance(seed, Integral) or not 0 <= seed < _SEEDS:
        raise MedicalError(f"the seed of a phantom is a whole number from 0 to below 2**63, not {seed}")
    frame, slab, tilt = options.frame, options.slab, options.tilt
    plan = plan_tumour(seed, options.kind)
    person = aged(subject(seed, anatomy=options.anatomy, frame=frame, tilt=tilt), seed=seed, frame=frame)
    centres = seated(person, plan, seed=seed, frame=frame)
    maps = pushed(person, plan, centres, frame=frame)
    growth, brain = grow(maps, plan, centres, seed=seed, frame=frame), maps[:3].sum(0)
    bright = distract(maps, seed=seed, frame=frame)
    painted = paint(maps, growth, bright, enhances=plan.rim > 0, seed=seed, frame=frame)
    regions, affine = _regions(growth, brain, frame), tilted(frame, tilt) if tilt else frame.affine
    if slab > 1:
        painted, brain, regions = (_slabs(data, slab) for data in (painted, brain[None], regions))
        brain, affine = brain[0], _slab_affine(affine, slab)
    data = scanned(painted, brain, seed=seed)[[MODALITIES.index(name) for name in options.modalities]]
    label = Mask(options.rules.from_regions(regions >= 0.5), affine=affine)
    return Scan(Image(data, affine=affine), label, options.modalities, f"{options.anatomy}-{seed:05d}")


def _regions(growth: Growth, brain: Tensor, frame: Frame) -> UInt8[Tensor, "3 z y x"]:
    """TC, WT and ET: what there is most of in a voxel."""
    tumour = growth.necrosis + growth.enhancing + growth.oedema
    shares = torch.stack([1 - tumour, growth.oedema, growth.necrosis, growth.enhancing])
    most = shares.argmax(0) * (brain[growth.box] > 0.5)
    regions = torch.zeros(3, *frame.size, dtype=torch.uint8)
    regions[(slice(None), *growth.box)] = torch.stack([most >= 2, most >= 1, most == 3]).byte()
    return regions


def _slabs(data: Tensor, slab: int) -> Tensor:
    """Average slices in groups; what is left over at the top is cut off, as hardly anything of the brain is there."""
    return avg_pool3d(data.float(), (slab, 1, 1))


def _slab_affine(affine: Affine, slab: int) -> Affine:
    rows = [(row[0] * slab, row[1], row[2], row[3] + row[0] * (slab - 1) / 2) for row in affine[:-1]]
    return (*rows, affine[-1])
