"""Blur, its opposite, and detail lost to files and to small sensors."""

from leyden.augment.blur.loss import Downscale, Jpeg
from leyden.augment.blur.motion import MotionBlur
from leyden.augment.blur.rank import MedianBlur
from leyden.augment.blur.smooth import GaussianBlur, Sharpen, gaussian

__all__ = ["Downscale", "GaussianBlur", "Jpeg", "MedianBlur", "MotionBlur", "Sharpen", "gaussian"]
