"""What a task promises to log, read off its class."""

from leyden.train.graph.promise.logged import Promise, logged_by

__all__ = ["Promise", "logged_by"]
