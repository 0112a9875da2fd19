"""Execution providers: what of onnxruntime runs a file, asked for by name and checked, since onnxruntime falls back."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import onnxruntime

from leyden.errors import OnnxError

__all__ = ["CPU", "Provider", "requested", "started"]

Provider: TypeAlias = str | tuple[str, Mapping[str, object]]
"""An execution provider by onnxruntime's name for it, alone or with its options."""

CPU = "CPUExecutionProvider"

_DOCS = "https://onnxruntime.ai/docs/execution-providers"
_PACKAGES = {
    "CUDAExecutionProvider": "onnxruntime-gpu",
    "CoreMLExecutionProvider": "onnxruntime on macOS",
    "DmlExecutionProvider": "onnxruntime-directml",
    "MIGraphXExecutionProvider": "onnxruntime-migraphx",
    "OpenVINOExecutionProvider": "onnxruntime-openvino",
    "TensorrtExecutionProvider": "onnxruntime-gpu",
}
_ENDING = "executionprovider"
_THREADS = {"OpenVINOExecutionProvider": "num_of_threads"}
"""The option for threads, of providers that do not heed the session's own."""


def requested(providers: object, *, threads: int | None = None) -> list[tuple[str, dict[str, str]]]:
    """Check what is asked for, and give it as onnxruntime takes it.

    Args:
        providers: A sequence of `Provider`, in order of preference; None is the CPU's.
        threads: Told to the providers that have an option of their own for it, unless that option is given.

    Raises:
        OnnxError: Nothing is asked for, it has another form, onnxruntime does not know it, or this build lacks it; with
            the package that brings it.

    Examples:
        >>> requested(None)
        [('CPUExecutionProvider', {})]

    Source:
        https://onnxruntime.ai/docs/execution-providers for names and packages, and
        https://onnxruntime.ai/docs/execution-providers/OpenVINO-ExecutionProvider.html for its threads. It takes all
        cores whatever the session says; what its option `load_config` says goes before `num_of_threads`.
    """
    if providers is None:
        return [(CPU, {})]
    if isinstance(providers, str) or not isinstance(providers, Sequence) or not providers:
        raise OnnxError(
            "providers must be a sequence of names or of (name, options) pairs, at least one, or None for the CPU's; "
            f"given: {providers!r}"
        )
    read = [_read(item) for item in providers]
    pairs = [pair for pair in read if pair is not None]
    faults = [
        f"item {place} must be a name or a (name, options) pair, not {item!r}"
        for place, (item, pair) in enumerate(zip(providers, read, strict=True))
        if pair is None
    ]
    faults += _missing([name for name, _ in pairs])
    if faults:
        raise OnnxError(f"providers: {'; '.join(faults)}")
    return [(name, _threads(name, threads) | options) for name, options in pairs]


def started(wanted: Sequence[str], running: Sequence[str]) -> tuple[str, ...]:
    """Give what an opened session runs on; onnxruntime drops a provider that it cannot start and goes on without it.

    Args:
        wanted: Names that were asked for.
        running: Names that the session tells.

    Raises:
        OnnxError: One that was asked for is not there.

    Examples:
        >>> started(["CPUExecutionProvider"], ["CPUExecutionProvider"])
        ('CPUExecutionProvider',)
    """
    dropped = [name for name in wanted if name not in running]
    if dropped:
        raise OnnxError(
            f"onnxruntime could not start {', '.join(dropped)} and would run on {', '.join(running)} alone: a library "
            "or a device that it needs is missing, or an option has a wrong value; onnxruntime wrote which on stderr"
        )
    return tuple(running)


def _read(item: object) -> tuple[str, dict[str, str]] | None:
    match item:
        case str():
            return item, {}
        case (str() as name, Mapping() as options):
            return name, {str(key): str(value) for key, value in options.items()}
    return None


def _threads(name: str, threads: int | None) -> dict[str, str]:
    return {} if threads is None or name not in _THREADS else {_THREADS[name]: str(threads)}


def _missing(names: Sequence[str]) -> Iterator[str]:
    here, known = onnxruntime.get_available_providers(), onnxruntime.get_all_providers()
    for place, name in enumerate(names):
        if name in names[:place]:
            yield f"{name} is named twice"
        elif name not in here and name not in known:
            yield f"onnxruntime knows no {name!r}{_closest(name, known)}; here are {', '.join(here)}"
        elif name not in here:
            package = _PACKAGES.get(name)
            way = f"install {package} in place of the onnxruntime that is here" if package else f"see {_DOCS}"
            yield f"{name} is not in this onnxruntime, which has {', '.join(here)}: {way}"


def _closest(name: str, known: Sequence[str]) -> str:
    spelled = {key: one for one in known for key in (one.casefold(), one.casefold().removesuffix(_ENDING))}
    near = difflib.get_close_matches(name.casefold(), spelled, n=1)
    return f"; closest: {spelled[near[0]]}" if near else ""
