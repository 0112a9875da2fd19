"""From the nodes of a file to the graph of a network."""

__all__ = []
