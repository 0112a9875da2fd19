"""What a phantom may be like, checked before anything is made."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import final

from leyden.errors import MedicalError
from leyden.items import Size
from leyden.medical.labelling import Scheme, as_scheme
from leyden.medical.synthetic.growth import Kind, kind_of
from leyden.medical.synthetic.head import Anatomy, Frame, check_anatomy, frame_of
from leyden.medical.synthetic.painting import MODALITIES

__all__ = ["Options"]

_REGIONS = ("TC", "WT", "ET")
_STEEP = 45.0
_THICK = 20.0


@final
@dataclass(frozen=True, kw_only=True)
class Options:
    """How phantoms are made; see `phantom` for what each is.

    Args:
        size: voxels a side, or along z, y and x.
        anatomy: the template.
        scheme: in whose codes the label is.
        kind: of tumour; None for that of the seed.
        thick: mm of a slice; 0 for cubes.
        tilt: degrees.
        without: a modality, or several.

    Raises:
        MedicalError: with all that is wrong.
    """

    size: int | Size = 64
    anatomy: Anatomy = "mni152"
    scheme: str | Scheme = "brats21"
    kind: Kind | None = None
    thick: float = 0.0
    tilt: float = 0.0
    without: str | Sequence[str] = ()

    def __post_init__(self) -> None:
        checks: list[Callable[[], object]] = [
            lambda: self.frame, lambda: _check_regions(self.rules), lambda: check_anatomy(self.anatomy),
            lambda: kind_of(0, self.kind),
        ]  # fmt: skip
        faults = [fault for check in checks if (fault := _fault(check))]
        strange = [name for name in self.left_out if name not in MODALITIES]
        if strange:
            faults.append(f"no modality named {', '.join(strange)} to leave out; there are {', '.join(MODALITIES)}")
        if not self.modalities:
            faults.append("all modalities are left out; leave one in")
        if not 0 <= self.thick <= _THICK:
            faults.append(f"slices are 0 to {_THICK:g} mm thick, not {self.thick:g}")
        if not abs(self.tilt) <= _STEEP:
            faults.append(f"a tilt is between -{_STEEP:g} and {_STEEP:g} degrees, not {self.tilt:g}")
        if faults:
            raise MedicalError(f"no such phantom: {'; '.join(faults)}")

    @cached_property
    def frame(self) -> Frame:
        """The grid, before slices are made thick."""
        return frame_of(self.size)

    @cached_property
    def rules(self) -> Scheme:
        """The scheme itself."""
        return as_scheme(self.scheme)

    @property
    def left_out(self) -> tuple[str, ...]:
        """The modalities that are missing."""
        return (self.without,) if isinstance(self.without, str) else tuple(self.without)

    @property
    def modalities(self) -> tuple[str, ...]:
        """Those that are there, in the order of `MODALITIES`."""
        return tuple(name for name in MODALITIES if name not in self.left_out)

    @property
    def slab(self) -> int:
        """How many slices of the grid make a thick one."""
        return max(1, round(self.thick / self.frame.step))


def _check_regions(rules: Scheme) -> None:
    if tuple(rules.regions) != _REGIONS:
        raise MedicalError(
            f"scheme {rules.name!r} has the regions {', '.join(rules.regions)}; phantoms have {', '.join(_REGIONS)}"
        )


def _fault(check: Callable[[], object]) -> str:
    try:
        check()
    except MedicalError as error:
        return str(error)
    return ""
