"""Training on plain Lightning: a task, its rates, its history, and a hand on the running Trainer."""

from pytorch_lightning import Callback

from leyden.train.control import Control
from leyden.train.evaluation import Predictions, predict
from leyden.train.finder import RateCurve, find_rate
from leyden.train.fitting import Fitted, Status, fit
from leyden.train.history import Epoch, History, Step
from leyden.train.task import Classifier, Staged
from leyden.train.tuning import Tuning, one_cycle

__all__ = [
    "Callback",
    "Classifier",
    "Control",
    "Epoch",
    "Fitted",
    "History",
    "Predictions",
    "RateCurve",
    "Staged",
    "Status",
    "Step",
    "Tuning",
    "find_rate",
    "fit",
    "one_cycle",
    "predict",
]
