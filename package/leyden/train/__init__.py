"""Training on plain Lightning: a task, its rates and history, a hand on the running Trainer, callbacks as a graph."""

from pytorch_lightning import Callback

from leyden.train.conduct import CallbackGraph, Conductor
from leyden.train.control import Control
from leyden.train.evaluation import Predictions, predict
from leyden.train.finder import RateCurve, find_rate
from leyden.train.fitting import Fitted, Status, fit, validate
from leyden.train.graph import (
    Access, Edge, Fault, FaultKind, Node, Plan, Resolution, access_of, borrows, declare, plan, reads, resolve,
    runs_after, writes,
)  # fmt: skip
from leyden.train.history import Epoch, History, Step
from leyden.train.log import Event, RunLog, Total, Write
from leyden.train.overlap import dice_and_cross_entropy
from leyden.train.run import Dask, Job, Runner, Serial, Source, Threads, cores
from leyden.train.segmenter import Segmenter
from leyden.train.show import Table, draw_log, draw_plan
from leyden.train.speed import Precision, Timings, fastest
from leyden.train.task import Classifier, Staged, Task
from leyden.train.tuning import Tuning, one_cycle

__all__ = [
    "Access", "Callback", "CallbackGraph", "Classifier", "Conductor", "Control", "Dask", "Edge", "Epoch", "Event",
    "Fault", "FaultKind", "Fitted", "History", "Job", "Node", "Plan", "Precision", "Predictions", "RateCurve",
    "Resolution", "RunLog", "Runner", "Segmenter", "Serial", "Source", "Staged", "Status", "Step", "Table", "Task",
    "Threads", "Timings", "Total", "Tuning", "Write", "access_of", "borrows", "cores", "declare",
    "dice_and_cross_entropy", "draw_log", "draw_plan", "fastest", "find_rate", "fit", "one_cycle", "plan", "predict",
    "reads", "resolve", "runs_after", "validate", "writes",
]  # fmt: skip
