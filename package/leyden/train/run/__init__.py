"""Who runs what, and where: runners for the jobs of a hook, and the data with a worker of its own."""

from leyden.train.run.delayed import Dask
from leyden.train.run.job import Job
from leyden.train.run.machine import cores
from leyden.train.run.runner import Runner, Serial
from leyden.train.run.source import Source
from leyden.train.run.threads import Threads

__all__ = ["Dask", "Job", "Runner", "Serial", "Source", "Threads", "cores"]
