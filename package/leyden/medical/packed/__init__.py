"""Cases kept small and quick to read: 16-bit, cropped to the brain, mapped into memory, read patch by patch."""

from leyden.medical.packed.container import PackedCases, packed_in
from leyden.medical.packed.packing import pack
from leyden.medical.packed.patch import Patch
from leyden.medical.packed.sizing import PackedSize, predict_size
from leyden.medical.packed.stored import Norm, Origin, PackedCase

__all__ = ["Norm", "Origin", "PackedCase", "PackedCases", "PackedSize", "Patch", "pack", "packed_in", "predict_size"]
