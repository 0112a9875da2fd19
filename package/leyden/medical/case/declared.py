"""The type "scans" of Data.toml."""

from pathlib import Path
from typing import Literal

from leyden.data import reader
from leyden.medical.case.container import Cases
from leyden.medical.case.finding import cases_in

__all__ = ["scans"]


@reader("scans", takes=("folder",))
def scans(
    where: Path, *, layout: str = "auto", label: str | None = None, modalities: list[str] | None = None,
    scheme: str | None = None, part: Literal["training", "test"] = "training",
) -> Cases:  # fmt: skip
    """The type "scans": the cases of a folder; see `cases_in`. An archive is unpacked.

    Args:
        where: the folder.
        layout: "msd", "brats", "auto", or a pattern of names.
        label: with a pattern, that of the segmentations.
        modalities: the channels, in order.
        scheme: the name of a label scheme.
        part: of an MSD folder.

    Examples:
        >>> import tempfile
        >>> import leyden as ly
        >>> folder = Path(tempfile.mkdtemp())
        >>> (folder / "p1").mkdir()
        >>> for name in ("flair.nii.gz", "seg.nii.gz"):
        ...     (folder / "p1" / name).touch()
        >>> toml = '''
        ... [[datasets]]
        ... name = "ours"
        ...
        ...     [datasets.storage]
        ...     driver = "folder"
        ...     type = "scans"
        ...     path = "."
        ...     layout = "{case}/{modality}.nii.gz"
        ...     label = "{case}/seg.nii.gz"
        ...     scheme = "brats21"
        ... '''
        >>> _ = (folder / "Data.toml").write_text(toml)
        >>> ly.data.catalog(folder)["ours"].modalities
        ('flair',)
    """
    return cases_in(where, layout=layout, label=label, modalities=modalities, scheme=scheme, part=part)
