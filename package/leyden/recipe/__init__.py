"""Where the rooms meet: fine-tune, compress, ship, and the main job from photographs to a verified ONNX file."""

from leyden.recipe.compression import Compressed, compress
from leyden.recipe.demo import run_demo
from leyden.recipe.during import Pruning
from leyden.recipe.finetuning import finetune
from leyden.recipe.job import Job, Plan
from leyden.recipe.labelled import LabelledSet, own_images, photos
from leyden.recipe.metrics import Metrics, table
from leyden.recipe.pipelines import MOVE, Pipes, pipes
from leyden.recipe.shipping import Shipped, ship

__all__ = [
    "MOVE",
    "Compressed",
    "Job",
    "LabelledSet",
    "Metrics",
    "Pipes",
    "Plan",
    "Pruning",
    "Shipped",
    "compress",
    "finetune",
    "own_images",
    "photos",
    "pipes",
    "run_demo",
    "ship",
    "table",
]
