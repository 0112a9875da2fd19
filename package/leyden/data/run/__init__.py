"""How a loop gets its elements: on threads, on processes, ahead on a device, and the memory that batches are made in.

What is made stands in `leyden.data.pipe`; here is only where and when. Nothing in here changes an element.
"""

__all__ = []
