"""Batches of images: a draw a sample, one interpolation for all, on any device."""

from leyden.augment.batch.drawn import BatchDraw, draw_batch

__all__ = ["BatchDraw", "draw_batch"]
