"""Where in a network a layer or a parameter belongs: read from the names that a file carries."""

import keyword
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import final

__all__ = ["Names", "family_of", "identifier", "is_path", "parameter_path", "scope_of"]

_SCOPES = "pkg.torch.onnx.name_scopes"
_CLASSES = "pkg.torch.onnx.class_hierarchy"
_NO_SCOPE = "_empty_nn_module_stack"  # torch's own filler for a node that came from no module
_FUSED, _READS = ";", "/ReadVariableOp"  # what TensorFlow Lite puts between names, and what it calls a weight
_QUOTED = re.compile(r"'([^']*)'")
_DOTTED = re.compile(r"[A-Za-z_0-9]+(\.[A-Za-z_0-9]+)+")
_MADE = re.compile(r"val_\d+|\d.*")  # what torch's exporters call the values that they make themselves
_OUTSIDE = re.compile(r"\W")
_LONG = re.compile(r"__+")
_SHORT = {"BatchNorm": "bn"}


@final
class Names:
    """What the names in one graph say of where its layers belong.

    Args:
        nodes: Name and metadata of each node.
        weights: Names of the tensors that the file holds.

    Attributes:
        from_torch: Whether torch wrote the file, so that its tensors are called what the network called them.
    """

    def __init__(self, nodes: Iterable[tuple[str, Mapping[str, str]]], weights: Iterable[str]) -> None:
        pairs = list(nodes)
        self._scopes: dict[tuple[str, str], str] = {}
        scopes = [self.scope_of(name, metadata) for name, metadata in pairs]
        self.from_torch = any(_SCOPES in metadata or name.startswith("/") for name, metadata in pairs)
        self._crowd = Counter(scope for scope in scopes if scope)
        paths = {*self._crowd, *(name.rpartition(".")[0] for name in weights if _DOTTED.fullmatch(name))}
        self._homes = {path[:at] for path in paths for at, letter in enumerate(path) if letter == "."}
        self._counts: Counter[str] = Counter()

    def scope_of(self, name: str, metadata: Mapping[str, str]) -> str:
        """Find the path of the module that a node came from, as `scope_of` does, once for each."""
        key = name, metadata.get(_SCOPES, "")
        if key not in self._scopes:
            self._scopes[key] = scope_of(name, metadata)
        return self._scopes[key]

    def of_weight(self, kind: str, weight: str, *, parameter: str, scope: str = "", family: str = "") -> str | None:
        """Say where a layer with weights belongs; None if it would give one of them a name that torch did not.

        The scope of a module of its own class comes first, then the name of the weight, then what scope there is. The
        empty text says that nothing tells.

        Args:
            kind: Class of the layer.
            weight: Name of the weight in the file; empty if it is not stored there.
            parameter: What the layer calls it.
            scope: Of the node.
            family: Class of the module that the node came from.

        Examples:
            >>> names = Names([], ["layer1.0.conv1.weight"])
            >>> names.of_weight("Conv2d", "layer1.0.conv1.weight", parameter="weight")
            'layer1.0.conv1'
            >>> names.of_weight("Conv2d", "W12", parameter="weight"), names.numbered("Conv2d"), names.numbered("Conv2d")
            ('', 'conv1', 'conv2')
        """
        leaf = bool(scope) and scope not in self._homes
        if leaf and family in ("", kind) and (family or self._is_shared(weight, scope, parameter)):
            return scope
        if _DOTTED.fullmatch(weight):
            home, _, last = weight.rpartition(".")
            if last == parameter and home not in self._homes:
                return _clean(home)
            if self.from_torch:
                return None
        elif self.from_torch and is_path(weight):
            return None
        return scope if leaf else ""

    def _is_shared(self, weight: str, scope: str, parameter: str) -> bool:
        """Say whether a weight has its name from another module than the one that a node came from."""
        home, _, last = weight.rpartition(".")
        return self.from_torch and last == parameter and home in self._crowd and home != scope

    def of_scope(self, kind: str, *, scope: str, family: str, nodes: int = 1) -> str | None:
        """Say where a layer without weights belongs; None if the file says that it is no module of its own.

        Args:
            kind: Class of the layer.
            scope: Of the node.
            family: Class of the module that the node came from.
            nodes: How many nodes the layer is made of.
        """
        if not self._crowd:
            return self.numbered(kind)
        if not scope or scope in self._homes:
            return None
        own = family == kind if family else self._crowd[scope] == nodes
        return scope if own else None

    def numbered(self, kind: str, scope: str = "") -> str:
        """Make a name of the class of a layer and of a number, counted anew in each scope."""
        plain = re.sub(r"\dd$", "", kind)
        stem = ".".join(filter(None, (scope, _SHORT.get(plain, plain.lower()))))
        stem = f"{stem}_" if stem[-1].isdigit() else stem
        self._counts[stem] += 1
        return f"{stem}{self._counts[stem]}"


def scope_of(name: str, metadata: Mapping[str, str]) -> str:
    """Find the path of the module that a node came from; the empty text where the file does not say.

    Torch's exporter notes the path; its older one, and others, write it into the name of the node. TensorFlow Lite
    calls a node by all that was fused into it; the last of them that computes counts.

    Examples:
        >>> scope_of("node_conv2d", {"pkg.torch.onnx.name_scopes": "['', 'layer1', 'layer1.0.conv1', 'conv2d']"})
        'layer1.0.conv1'
        >>> scope_of("/layer1/layer1.0/conv1/Conv", {})
        'layer1.0.conv1'
        >>> scope_of("model/conv1/Conv2D", {})
        'model.conv1'
        >>> scope_of("relu/Relu;conv2/BiasAdd;conv2/Conv2D;conv2/BiasAdd/ReadVariableOp/resource", {})
        'conv2'
    """
    if _SCOPES in metadata:
        scopes = [part for part in _QUOTED.findall(metadata[_SCOPES])[:-1] if not part.startswith(_NO_SCOPE)]
        return _clean(scopes[-1]) if scopes else ""
    path = ""
    for part in _own(name).removeprefix("/").split("/")[:-1]:
        path = part if path and part.startswith(f"{path}.") else ".".join(filter(None, (path, part)))
    return _clean(path)


def family_of(metadata: Mapping[str, str]) -> str:
    """Find the class of the module that a node came from, without its room; empty where the file does not say.

    Examples:
        >>> family_of({"pkg.torch.onnx.class_hierarchy": "['Net', 'torch.nn.modules.conv.Conv2d', 'aten.conv2d']"})
        'Conv2d'
    """
    if _CLASSES not in metadata:
        return ""
    classes = _QUOTED.findall(metadata[_CLASSES])[:-1]
    return classes[-1].rpartition(".")[2] if classes else ""


def is_path(name: str) -> bool:
    """Say whether a name may be the path of a parameter, and not one that an exporter made.

    Examples:
        >>> [name for name in ("cls", "block.0.weight", "val_3", "onnx::MatMul_12", "123") if is_path(name)]
        ['cls', 'block.0.weight']
    """
    return bool(_DOTTED.fullmatch(name)) or (name.isidentifier() and not _MADE.fullmatch(name))


def parameter_path(name: str) -> str:
    """Say where a parameter of no layer belongs: `encoder.gamma` stays so, and what is no path becomes one name.

    Examples:
        >>> parameter_path("encoder.gamma"), parameter_path("onnx::MatMul_12")
        ('encoder.gamma', 'onnx_MatMul_12')
    """
    name = _own(name)
    return _clean(name) if _DOTTED.fullmatch(name) else identifier(name)


def identifier(name: str) -> str:
    """Make a name that Python takes of any text.

    Examples:
        >>> identifier("/layer1/Conv_output_0"), identifier("3x3"), identifier("class")
        ('layer1_Conv_output_0', 'v_3x3', 'class_')
    """
    clean = _LONG.sub("_", _OUTSIDE.sub("_", name)).strip("_") or "value"
    clean = f"v_{clean}" if clean[0].isdigit() else clean
    return f"{clean}_" if keyword.iskeyword(clean) or clean == "self" else clean


def _own(name: str) -> str:
    """Give the last name that computes, of all that were fused into one."""
    return ([part for part in name.split(_FUSED) if part and _READS not in part] or [name])[-1]


def _clean(path: str) -> str:
    return ".".join(_part(part) for part in path.split(".") if part)


@lru_cache(1024)
def _part(part: str) -> str:
    return part if part.isdigit() else identifier(part)
