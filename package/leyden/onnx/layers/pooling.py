"""Pools, and their opposite, as layers."""

from torch import fx, nn

from leyden.onnx.layers.bare import bare
from leyden.onnx.lower.call import Call, maker
from leyden.onnx.ops.network.windows import ones, paddings, reach

__all__ = ["average_pool", "global_average_pool", "max_pool", "upsample"]

_MAX = {1: nn.MaxPool1d, 2: nn.MaxPool2d, 3: nn.MaxPool3d}
_MEAN = {1: nn.AvgPool1d, 2: nn.AvgPool2d, 3: nn.AvgPool3d}
_WHOLE = {3: nn.AdaptiveAvgPool1d, 4: nn.AdaptiveAvgPool2d, 5: nn.AdaptiveAvgPool3d}
_LINEAR = {3: "linear", 4: "bilinear", 5: "trilinear"}


@maker("MaxPool")
def max_pool(call: Call) -> fx.Node | None:
    """Make a MaxPool1d, MaxPool2d or MaxPool3d of a MaxPool that gives no indices and pads both sides alike."""
    kernel, data = call.attributes["kernel_shape"], call.given(0)
    make, padding = _MAX.get(len(kernel)), _padding(call)
    if make is None or padding is None or len(call.outputs) > 1 or data is None or data.code in (2, 3):
        return None
    path = call.place(make)
    if path is None:
        return None
    strides, dilations = ones(call.attributes.get("strides"), len(kernel)), call.attributes.get("dilations")
    up = bool(call.attributes.get("ceil_mode", 0))
    layer = make(kernel, strides, padding, ones(dilations, len(kernel)), ceil_mode=up)
    return call.module(layer, call.tensor(0), path=path)


@maker("AveragePool")
def average_pool(call: Call) -> fx.Node | None:
    """Make an AvgPool1d, AvgPool2d or AvgPool3d of an AveragePool without dilation that pads both sides alike."""
    kernel = call.attributes["kernel_shape"]
    make, padding = _MEAN.get(len(kernel)), _padding(call)
    if make is None or padding is None or any(step > 1 for step in call.attributes.get("dilations") or ()):
        return None
    path = call.place(make)
    if path is None:
        return None
    up, counted = bool(call.attributes.get("ceil_mode", 0)), bool(call.attributes.get("count_include_pad", 0))
    layer = make(kernel, ones(call.attributes.get("strides"), len(kernel)), padding, up, counted)
    return call.module(layer, call.tensor(0), path=path)


@maker("GlobalAveragePool")
def global_average_pool(call: Call) -> fx.Node | None:
    """Make an AdaptiveAvgPool1d, AdaptiveAvgPool2d or AdaptiveAvgPool3d to size one."""
    data = call.given(0)
    make = None if data is None or data.rank is None else _WHOLE.get(data.rank)
    path = None if make is None else call.place(make)
    return None if make is None or path is None else call.module(make(1), call.tensor(0), path=path)


@maker("Resize")
def upsample(call: Call) -> fx.Node | None:
    """Make an Upsample of a Resize by whole factors that torch computes alike."""
    data, scales = call.given(0), call.constant(2)
    if data is None or data.rank not in _LINEAR or scales is None or call.given(3) is not None:
        return None
    batch, channel, *factors = scales.literal() or (0, 0)
    mode = _mode(call, data.rank)
    plain = (batch, channel) == (1, 1) and all(factor >= 1 and float(factor).is_integer() for factor in factors)
    path = call.place(nn.Upsample) if plain and mode is not None and data.code in (1, 11) else None
    if path is None:
        return None
    corners = None if mode == "nearest" else call.attributes.get("coordinate_transformation_mode") == "align_corners"
    layer = bare(lambda: nn.Upsample(scale_factor=tuple(map(float, factors)), mode=str(mode), align_corners=corners))
    return call.module(layer, call.tensor(0), path=path)


def _mode(call: Call, rank: int) -> str | None:
    """Name the mode of torch that a Resize is; None if it is none of them."""
    said, place = call.attributes, call.attributes.get("coordinate_transformation_mode", "half_pixel")
    if said.get("axes") or said.get("antialias", 0) or said.get("exclude_outside", 0):
        return None
    mode = said.get("mode", "nearest")
    if mode == "nearest":
        return "nearest" if place == "asymmetric" and said.get("nearest_mode") == "floor" else None
    if place not in ("half_pixel", "pytorch_half_pixel", "align_corners"):
        return None
    if mode == "cubic":
        return "bicubic" if rank == 4 and said.get("cubic_coeff_a", -0.75) == -0.75 else None
    return _LINEAR[rank] if mode == "linear" else None


def _padding(call: Call) -> tuple[int, ...] | None:
    """Give what is added to both sides of each axis; None if the sides differ or torch's pools refuse it."""
    said, data, kernel = call.attributes, call.given(0), call.attributes["kernel_shape"]
    space = () if data is None or data.shape is None else data.shape[2:]
    known = tuple(size for size in space if isinstance(size, int))
    way, strides = said.get("auto_pad", "NOTSET"), ones(said.get("strides"), len(kernel))
    if way.startswith("SAME") and any(step > 1 for step in strides) and len(known) < len(kernel):
        return None
    if way != "NOTSET" and said.get("ceil_mode", 0):
        return None
    spans = reach(kernel, ones(said.get("dilations"), len(kernel)))
    sizes = known if len(known) == len(kernel) else (0,) * len(kernel)
    before, after = paddings(sizes, spans, strides, auto_pad=way, pads=said.get("pads"))
    return before if before == after and all(2 * p <= k for p, k in zip(before, kernel, strict=True)) else None
