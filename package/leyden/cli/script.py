"""Running a function of a user's Python file on declared datasets."""

import inspect
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from leyden.data.declared.injection import datasets_of
from leyden.data.declared.registry import closest
from leyden.data.declared.stack import Catalog
from leyden.errors import CatalogError

__all__ = ["own_lines", "run_function"]


def run_function(target: str, given: Sequence[str], datasets: Catalog) -> Any:
    """Run a function of a Python file on declared datasets.

    Args:
        target: "FILE.py", whose one function decorated with `uses`, or else `main`, is run; or "FILE.py:function".
        given: "parameter=dataset", over what the function says by itself.
        datasets: where they are looked up.

    Raises:
        CatalogError: there is no such file or function, or a setting is not as it should be.
        UnknownDataset: a dataset is not declared.
    """
    chosen = dict(_setting(one) for one in given)
    module = _loaded(target)
    function = _function(module, target)
    wanted = {**datasets_of(function), **chosen}
    entries = {parameter: datasets.entry(name) for parameter, name in wanted.items()}  # all names before any work
    _check_call(function, entries)
    return function(**{parameter: datasets[entry.name] for parameter, entry in entries.items()})


def own_lines(error: BaseException, target: str) -> str:
    """What Python tells of an error, from the first line of the user's own file on.

    Args:
        error: what was raised.
        target: as of `run_function`.
    """
    path, trace = str(_parted(target)[0].resolve()), error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != path:
        trace = trace.tb_next
    return "".join(traceback.format_exception(type(error), error, trace)).rstrip()


def _check_call(function: Callable[..., Any], given: Iterable[str]) -> None:
    """Refuse, before anything is fetched, what would be refused only after that."""
    signature = inspect.signature(function)
    try:
        signature.bind(**dict.fromkeys(given))
    except TypeError as error:
        what = ", ".join(given) or "nothing"
        raise CatalogError(
            f"{function.__name__}{signature} cannot be called with {what}: {error}; write parameter=dataset for each"
        ) from error


def _setting(text: str) -> tuple[str, str]:
    parameter, sign, name = text.partition("=")
    if not (sign and parameter.isidentifier() and name):
        raise CatalogError(f"{text!r} is no setting; write parameter=dataset, such as train=brats")
    return parameter, name


def _parted(target: str) -> tuple[Path, str]:
    file, sign, name = target.rpartition(":")
    return (Path(file), name) if sign and name.isidentifier() else (Path(target), "")


def _loaded(target: str) -> ModuleType:
    """The file as a module, found again by its name where functions of it are sent to other processes."""
    path = _parted(target)[0].resolve()
    if path.suffix != ".py" or not path.is_file():
        raise CatalogError(f"no Python file {str(path)!r}; write FILE.py or FILE.py:function")
    if path.stem in sys.modules:
        raise CatalogError(f"{path.name} is called like a module that is loaded already; rename the file")
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None, "a file that ends in .py has a loader"
    assert spec.loader is not None, "a file that ends in .py has a loader"
    module = module_from_spec(spec)
    sys.modules[path.stem] = module
    sys.path.insert(0, str(path.parent))
    spec.loader.exec_module(module)
    return module


def _function(module: ModuleType, target: str) -> Callable[..., Any]:
    path, name = _parted(target)
    own = {one: value for one, value in vars(module).items() if callable(value)}
    if name and name not in own:
        raise CatalogError(f"{path} has no function {name!r}{closest(name, own)}")
    if name:
        return own[name]
    using = [one for one, value in own.items() if datasets_of(value) and value.__module__ == module.__name__]
    if len(using) == 1 or "main" in own:
        return own[using[0] if len(using) == 1 else "main"]
    told = f"{len(using)} functions with @uses ({', '.join(using)})" if using else "no function with @uses"
    raise CatalogError(f"{path} has {told} and no main; write {path}:function")
