"""leyden: a notebook-first deep-learning workbench on PyTorch Lightning.

Each room loads when it is first used, so `import leyden` stays as cheap as torch itself:

Examples:
    >>> import leyden as ly
    >>> ly.vision.names()[:1]
    ['efficientnet_lite0']
"""

from importlib import import_module
from types import ModuleType

__version__ = "0.1.0"

_ROOMS = (
    "assets", "augment", "data", "errors", "items", "medical", "onnx", "plot", "prune", "recipe", "train", "types",
    "vision", "widget",
)  # fmt: skip

__all__ = [*_ROOMS]


def __getattr__(name: str) -> ModuleType:
    if name not in _ROOMS:
        raise AttributeError(f"leyden has no room {name!r}; its rooms are {', '.join(_ROOMS)}")
    return import_module(f"leyden.{name}")


def __dir__() -> list[str]:
    return sorted([*_ROOMS, "__version__"])
