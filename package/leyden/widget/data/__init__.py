"""The data panel: its state, the pictures of elements, and what looking through them found."""

__all__ = []
