"""Libraries that only some containers need, loaded when one is first used."""

from importlib import import_module
from types import ModuleType

from leyden.errors import DriverMissing

__all__ = ["library"]


def library(name: str, *, purpose: str) -> ModuleType:
    """Load a library by name.

    Args:
        name: how it is imported, such as "h5py".
        purpose: what it is wanted for, for the error.

    Raises:
        DriverMissing: it is not installed.

    Examples:
        >>> library("leyden_no_such", purpose="reading .xyz files")
        Traceback (most recent call last):
        ...
        leyden.errors.DriverMissing: reading .xyz files needs leyden_no_such, which is not installed: pip install ...
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise DriverMissing(
            f"{purpose} needs {name}, which is not installed: pip install {name} (or 'leyden[formats]' for all formats)"
        ) from error
