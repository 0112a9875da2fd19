"""Convolutions whose weights are known, as layers."""

from typing import Any

from torch import fx, nn

from leyden.onnx.layers.bare import bare, filled, fits, is_filler
from leyden.onnx.lower.call import Call, maker
from leyden.onnx.lower.given import Given
from leyden.onnx.ops.network.windows import ones, padded, paddings, reach, same_padded

__all__ = ["convolution", "kernel_settings", "padding_before", "transposed_convolution"]

_CLASSES = {3: nn.Conv1d, 4: nn.Conv2d, 5: nn.Conv3d}
_TRANSPOSED = {3: nn.ConvTranspose1d, 4: nn.ConvTranspose2d, 5: nn.ConvTranspose3d}


@maker("Conv")
def convolution(call: Call) -> fx.Node | list[Given] | None:
    """Make a Conv1d, Conv2d or Conv3d of a Conv with a known kernel; padding that differs between sides comes first."""
    kernel = call.constant(1)
    make = None if kernel is None or kernel.sizes is None else _CLASSES.get(len(kernel.sizes))
    weights = None if make is None else _weights(call, make)
    if make is None or weights is None or kernel is None or kernel.sizes is None:
        return None
    out, inward, *sizes = kernel.sizes
    settings = kernel_settings(call, len(sizes))
    padding, data = padding_before(call, call.tensor(0), tuple(sizes), settings)
    layer = bare(
        lambda: make(
            inward * settings["groups"], out, tuple(sizes), padding=padding, bias="bias" in weights, **settings
        )
    )  # fmt: skip
    path = weights.pop("path")
    return _ranked(call, call.module(filled(layer, **weights), data, weight=1, path=path))


@maker("ConvTranspose")
def transposed_convolution(call: Call) -> fx.Node | list[Given] | None:
    """Make a ConvTranspose1d, ConvTranspose2d or ConvTranspose3d of a ConvTranspose with a known kernel.

    What adds less behind than torch's layer could, or takes away more before, is left to the function.
    """
    kernel = call.constant(1)
    make = None if kernel is None or kernel.sizes is None else _TRANSPOSED.get(len(kernel.sizes))
    extra = None if make is None else _extra(call)
    weights = None if make is None or extra is None else _weights(call, make)
    if make is None or extra is None or weights is None or kernel is None or kernel.sizes is None:
        return None
    inward, out, *sizes = kernel.sizes
    settings = kernel_settings(call, len(sizes))
    padding = tuple(call.attributes.get("pads", ())[: len(sizes)]) or (0,) * len(sizes)
    layer = bare(
        lambda: make(
            inward, out * settings["groups"], tuple(sizes), padding=padding, output_padding=extra,
            bias="bias" in weights, **settings,
        )
    )  # fmt: skip
    path = weights.pop("path")
    return _ranked(call, call.module(filled(layer, **weights), call.tensor(0), weight=1, path=path))


def _ranked(call: Call, node: fx.Node) -> fx.Node | list[Given]:
    """Say how many axes the result has where the file does not, as behind an operator that ONNX does not know."""
    value, kernel = call.outputs[0], call.constant(1)
    if value.shape is not None or kernel is None or kernel.rank is None:
        return node
    return [Given(value.name or "", int(value.dtype or kernel.code), (None,) * kernel.rank, node)]


def kernel_settings(call: Call, axes: int) -> dict[str, Any]:
    """Give stride, dilation and groups of a convolution as torch's layers take them."""
    strides, dilations = call.attributes.get("strides"), call.attributes.get("dilations")
    return {"stride": ones(strides, axes), "dilation": ones(dilations, axes), "groups": call.attributes.get("group", 1)}


def _weights(call: Call, kind: type[nn.Module]) -> dict[str, Any] | None:
    """Give the parameters of a layer by name, and its path; None if it has to be left to the function."""
    place = call.place(kind, 1)
    bias = None if is_filler(call, call.given(2), 0) else call.given(2)
    if place is None or not fits(call, bias, place) or (bias is not None and not bias.is_constant):
        return None
    weights = call.own(1)
    biases = None if bias is None else call.own(2)
    if weights is None or (bias is not None and biases is None):
        return None
    return {"path": place, "weight": weights[0], **({"bias": biases[0]} if biases else {})}


def padding_before(
    call: Call, data: fx.Node, sizes: tuple[int, ...], settings: dict[str, Any]
) -> tuple[tuple[int, ...], fx.Node]:
    """Give the padding that the layer adds to both sides, and the data, to which any other padding was added."""
    axes, way = len(sizes), call.attributes.get("auto_pad", "NOTSET")
    spans, strides, given = reach(sizes, settings["dilation"]), settings["stride"], call.given(0)
    space = () if given is None or given.shape is None else given.shape[2:]
    known = tuple(size for size in space if isinstance(size, int))
    if way.startswith("SAME") and any(step > 1 for step in strides) and len(known) < axes:
        same = {"spans": spans, "strides": strides, "auto_pad": way}
        return (0,) * axes, call.builder.call_function(same_padded, (data,), same, name=None)
    known = known if len(known) == axes else (0,) * axes
    before, after = paddings(known, spans, strides, auto_pad=way, pads=call.attributes.get("pads"))
    if before == after:
        return before, data
    return (0,) * axes, call.builder.call_function(padded, (data, before, after), {}, name=None)


def _extra(call: Call) -> tuple[int, ...] | None:
    """Give how much a layer adds behind each axis; None if it cannot."""
    kernel, settings = call.constant(1), call.attributes
    assert kernel is not None
    axes = len(kernel.sizes or ()) - 2
    if settings.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID") or settings.get("output_shape"):
        return None
    pads = settings.get("pads") or (0,) * 2 * axes
    if settings.get("auto_pad") == "VALID" and any(pads):
        return None
    more = settings.get("output_padding") or (0,) * axes
    extra = tuple(e + first - last for e, first, last in zip(more, pads[:axes], pads[axes:], strict=True))
    limits = zip(ones(settings.get("strides"), axes), ones(settings.get("dilations"), axes), strict=True)
    return extra if all(0 <= e < max(limit) for e, limit in zip(extra, limits, strict=True)) else None
