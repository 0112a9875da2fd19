"""Training on plain Lightning: a task, its rates and history, a hand on the running Trainer, callbacks as a graph."""

from pytorch_lightning import Callback

from leyden.train.conduct import CallbackGraph, Conductor
from leyden.train.control import Control
from leyden.train.evaluation import Predictions, predict
from leyden.train.finder import RateCurve, find_rate
from leyden.train.fitting import Fitted, Status, fit
from leyden.train.graph import (
    Access, Edge, Fault, FaultKind, Node, Plan, Resolution, access_of, borrows, declare, plan, reads, resolve,
    runs_after, writes,
)  # fmt: skip
from leyden.train.history import Epoch, History, Step
from leyden.train.log import Event, RunLog, Total, Write
from leyden.train.run import Dask, Job, Runner, Serial, Source, Threads, cores
from leyden.train.show import Table, draw_log, draw_plan
from leyden.train.task import Classifier, Staged
from leyden.train.tuning import Tuning, one_cycle

__all__ = [
    "Access", "Callback", "CallbackGraph", "Classifier", "Conductor", "Control", "Dask", "Edge", "Epoch", "Event",
    "Fault", "FaultKind", "Fitted", "History", "Job", "Node", "Plan", "Predictions", "RateCurve", "Resolution",
    "RunLog", "Runner", "Serial", "Source", "Staged", "Status", "Step", "Table", "Threads", "Total", "Tuning",
    "Write", "access_of", "borrows", "cores", "declare", "draw_log", "draw_plan", "find_rate", "fit", "one_cycle",
    "plan", "predict", "reads", "resolve", "runs_after", "writes",
]  # fmt: skip
