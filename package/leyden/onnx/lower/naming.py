"""Where in a network a layer or a parameter belongs: read from the names that a file carries."""

import keyword
import re
from collections.abc import Mapping

__all__ = ["identifier", "module_path", "parameter_path", "scope_of"]

_SCOPES = "pkg.torch.onnx.name_scopes"
_NO_SCOPE = "_empty_nn_module_stack"  # torch's own filler for a node that came from no module
_QUOTED = re.compile(r"'([^']*)'")
_DOTTED = re.compile(r"[A-Za-z_0-9]+(\.[A-Za-z_0-9]+)+")
_OUTSIDE = re.compile(r"\W")


def scope_of(name: str, metadata: Mapping[str, str]) -> str:
    """Find the path of the module that a node came from; the empty text where the file does not say.

    Torch's exporter notes the path; its older one, and others, write it into the name of the node.

    Examples:
        >>> scope_of("node_conv2d", {"pkg.torch.onnx.name_scopes": "['', 'layer1', 'layer1.0.conv1', 'conv2d']"})
        'layer1.0.conv1'
        >>> scope_of("/layer1/layer1.0/conv1/Conv", {})
        'layer1.0.conv1'
    """
    if _SCOPES in metadata:
        scopes = [part for part in _QUOTED.findall(metadata[_SCOPES])[:-1] if not part.startswith(_NO_SCOPE)]
        return _clean(scopes[-1]) if scopes else ""
    if not name.startswith("/"):
        return ""
    path = ""
    for part in name.split("/")[1:-1]:
        path = part if path and part.startswith(f"{path}.") else ".".join(filter(None, (path, part)))
    return _clean(path)


def module_path(weight: str, scope: str, op: str) -> str:
    """Say where a layer belongs: where its weight has its name from, else its scope, else a name made of its operator.

    Examples:
        >>> module_path("layer1.0.conv1.weight", "", "Conv"), module_path("onnx::Conv_193", "stem", "Conv")
        ('layer1.0.conv1', 'stem')
        >>> module_path("", "", "BatchNormalization")
        'batch_normalization'
    """
    if _DOTTED.fullmatch(weight):
        return _clean(weight.rpartition(".")[0])
    return scope or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", op).lower()


def parameter_path(name: str) -> str:
    """Say where a parameter of no layer belongs: `encoder.gamma` stays so, and what is no path becomes one name.

    Examples:
        >>> parameter_path("encoder.gamma"), parameter_path("onnx::MatMul_12")
        ('encoder.gamma', 'onnx_MatMul_12')
    """
    return _clean(name) if _DOTTED.fullmatch(name) else identifier(name)


def identifier(name: str) -> str:
    """Make a name that Python takes of any text.

    Examples:
        >>> identifier("/layer1/Conv_output_0"), identifier("3x3"), identifier("class")
        ('layer1_Conv_output_0', 'v_3x3', 'class_')
    """
    clean = re.sub(r"__+", "_", _OUTSIDE.sub("_", name)).strip("_") or "value"
    clean = f"v_{clean}" if clean[0].isdigit() else clean
    return f"{clean}_" if keyword.iskeyword(clean) else clean


def _clean(path: str) -> str:
    return ".".join(part if part.isdigit() else identifier(part) for part in path.split(".") if part)
