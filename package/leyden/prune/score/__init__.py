"""Methods that run the model to learn what its weights are worth, on a private copy of it."""

from leyden.prune.score.feeding import Batches, Loss, cross_entropy
from leyden.prune.score.gradient import gradients
from leyden.prune.score.grasp import Grasp
from leyden.prune.score.movement import Movement
from leyden.prune.score.snip import Snip
from leyden.prune.score.synflow import SynFlow
from leyden.prune.score.taylor import Taylor
from leyden.prune.score.wanda import Feed, Wanda

__all__ = [
    "Batches",
    "Feed",
    "Grasp",
    "Loss",
    "Movement",
    "Snip",
    "SynFlow",
    "Taylor",
    "Wanda",
    "cross_entropy",
    "gradients",
]
