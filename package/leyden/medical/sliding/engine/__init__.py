"""A network made ready to answer windows: evaluation mode, device, precision, and the quicker ways on a CPU."""

from leyden.medical.sliding.engine.ready import Engine, Layout, Network, engine_for, running

__all__ = ["Engine", "Layout", "Network", "engine_for", "running"]
