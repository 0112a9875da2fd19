"""A notebook of panels with long names and nothing to wait for, to try hands on."""

__all__ = ["CELLS", "LEFT", "LONG", "PICTURE"]

LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"

_START = """
import gc
import threading

import torch
from comm import get_comm_manager
from ipywidgets.widgets.widget import _instances

from leyden.augment import Brightness, Rotate, Zoom
from leyden.items import Image
from leyden.train import Callback, Classifier, Tuning, reads, writes
from leyden.widget import AugmentPanel, CallbackPanel, DataPanel, PrunePanel, TrainPanel
from leyden.widget.base import Panel, address


def census():
    threads = [one.name for one in threading.enumerate() if one.name.startswith("leyden")]
    comms = [one for one in get_comm_manager().comms.values() if one.target_name == "jupyter.widget"]
    return threads, len(_instances), len(comms)


before = census()
"""

_TRAIN = f"""
names = ["{LONG}", "light"]
down, right = torch.meshgrid(torch.linspace(0, 1, 16), torch.linspace(0, 1, 16), indexing="ij")
ramp = torch.stack([torch.stack([down, right, down * right]) * (0.5 + place / 128) for place in range(64)])
labels = [0] * 32 + [1] * 32
network = torch.nn.Sequential()
network.add_module("{LONG}", torch.nn.Conv2d(3, 4, 3))
network.add_module("rest", torch.nn.Sequential(torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(784, 2)))
task = Classifier(network, names, tuning=Tuning(rate=0.01, freeze=0))
batches = [(ramp[place::8], torch.tensor(labels)[place::8]) for place in range(8)]
train = TrainPanel(task, batches, epochs=100_000, examples=batches[0])
train
"""

_AUGMENT = """
sample = Image(ramp[20])
augment = AugmentPanel(Rotate(15) | Zoom(0.9, 1.1) | Brightness(0.2), sample, count=3)
augment
"""

_DATA = """
data = DataPanel([(one, label) for one, label in zip(ramp[::4], labels[::4], strict=True)], classes=names)
data
"""

_PRUNE = """
prune = PrunePanel(network, lambda one: 0.5)
prune
"""

_CALLBACKS = f"""
@writes("logged.{LONG}")
class Writer(Callback):
    pass


@reads("logged.{LONG}")
class Reader(Callback):
    pass


callbacks = CallbackPanel([Reader(), Writer()])
callbacks
"""

CELLS = [_START, _TRAIN, _AUGMENT, _DATA, _PRUNE, _CALLBACKS]

PICTURE = """
turned = AugmentPanel(augment.move, sample, count=3)
step = turned.knobs[0].step
turned.turn("Rotate.degrees", (-15, round(15 + 20 * step, 6)))
print(address(turned.pair()[1][1]))
turned.close()
"""
"""The picture that twenty steps of the upper end of the first slider give, without any slider."""

LEFT = """
for one in [each for each in gc.get_objects() if issubclass(type(each), Panel)]:
    one.close()
print(census() == before, before, census())
"""
"""What is left of the panels once they are closed."""
