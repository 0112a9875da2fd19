"""Which file each public name of the room lives in."""

__all__ = ["HOMES"]

_NAMES = {
    "graph": ("Edge", "Node", "Weight"),
    "loading": ("load",),
    "lower.given": ("Origin",),
    "lower.registering": ("register", "unregister"),
    "lower.result.imported": ("Imported",),
    "lower.safety.limits": ("Limits",),
    "lower.trainable": ("Held", "Inventory", "inventory"),
    "overview": ("Summary", "summary"),
    "session": ("Latency", "Session", "latency", "run"),
    "slices": ("as_slices",),
    "value": ("Value",),
    "write.exporter": ("export",),
    "write.parity": ("Case", "Parity", "verify"),
    "write.report": ("Report",),
}

HOMES = {name: home for home, names in _NAMES.items() for name in names}
"""File by name, below `leyden.onnx`."""
