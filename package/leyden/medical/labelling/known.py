"""The label schemes of the public brain tumour data, by name."""

from types import MappingProxyType

from leyden.errors import MedicalError
from leyden.items import LabelMap, Mask
from leyden.medical.labelling.regions import Scheme

__all__ = ["as_scheme", "fitting_schemes", "register_scheme", "scheme", "schemes"]

_OLD = {1: "necrotic and non-enhancing core", 2: "oedema", 4: "enhancing tumour"}
_OLD_REGIONS = {"TC": (1, 4), "WT": (1, 2, 4), "ET": (4,)}
_SAME = {"TC": (1, 3), "WT": (1, 2, 3), "ET": (3,)}

_schemes: dict[str, Scheme] = {}


def register_scheme(added: Scheme) -> Scheme:
    """Add a scheme of your own, to be found by its name from `Data.toml` and everywhere else.

    Raises:
        MedicalError: the name is taken.

    Examples:
        >>> liver = register_scheme(Scheme("liver", {1: "liver", 2: "lesion"}, {"liver": (1, 2), "lesion": (2,)}))
        >>> scheme("liver") is liver
        True
    """
    if added.name in _schemes:
        raise MedicalError(f"a scheme named {added.name!r} is registered already; choose another name")
    _schemes[added.name] = added
    return added


def scheme(name: str) -> Scheme:
    """Give the scheme of that name.

    Raises:
        MedicalError: there is none; the names that there are are listed.

    Examples:
        >>> scheme("msd").regions["ET"], scheme("brats21").regions["ET"]
        ((3,), (4,))
    """
    if name not in _schemes:
        raise MedicalError(f"no label scheme named {name!r}; there are {', '.join(_schemes)}; see register_scheme")
    return _schemes[name]


def as_scheme(given: Scheme | str) -> Scheme:
    """Give a scheme, or the one of that name.

    Raises:
        MedicalError: nothing says what codes mean, as where `cases.scheme` is None, or there is no such name.
    """
    if isinstance(given, Scheme):
        return given
    if isinstance(given, str):
        return scheme(given)
    told = "nothing says what the codes mean" if given is None else f"a scheme, or its name, is wanted; given {given!r}"
    raise MedicalError(f"{told}; give cases_in(..., scheme=...) or a name, one of {', '.join(_schemes)}")


def schemes() -> MappingProxyType[str, Scheme]:
    """Give all schemes by name; a view that cannot be written to."""
    return MappingProxyType(_schemes)


def fitting_schemes(labels: Mask | LabelMap) -> list[str]:
    """List the schemes that know every code of a label map.

    Codes alone seldom settle it: 1, 2 and 3 fit `msd` and `brats23`, in which they mean different things.

    Examples:
        >>> import torch
        >>> fitting_schemes(torch.tensor([[0, 1, 2, 4]]))[:2]
        ['brats17', 'brats18']
    """
    found = set((labels.data if isinstance(labels, Mask) else labels).unique().tolist())
    return [name for name, one in _schemes.items() if found <= set(one.known)]


for _name in ("brats17", "brats18", "brats19", "brats20", "brats21"):
    register_scheme(Scheme(_name, _OLD, _OLD_REGIONS, "Baid et al. 2021, arXiv:2107.02314, section 3.2"))
register_scheme(
    Scheme(
        "brats23",
        {1: "necrotic and non-enhancing core", 2: "oedema", 3: "enhancing tumour"},
        _SAME,
        "BraTS 2023, https://www.synapse.org/brats2023: enhancing tumour moved from 4 to 3",
    )
)
register_scheme(
    Scheme(
        "brats24",
        {1: "non-enhancing core", 2: "oedema and infiltration", 3: "enhancing tumour", 4: "resection cavity"},
        {**_SAME, "RC": (4,)},
        "de Verdier et al. 2024, arXiv:2405.18368: adult glioma after treatment",
    )
)
register_scheme(
    Scheme(
        "msd",
        {1: "oedema", 2: "non-enhancing tumour", 3: "enhancing tumour"},
        {"TC": (2, 3), "WT": (1, 2, 3), "ET": (3,)},
        "dataset.json of Task01_BrainTumour, Medical Segmentation Decathlon, arXiv:2106.05735",
    )
)
