"""What to do about the usual accidents: no memory, another shape than the network takes, a label too many."""

import re
from collections.abc import Callable

import torch

__all__ = ["advice"]

_Told = Callable[[re.Match[str]], str]

_MEMORY = re.compile("out of memory|can't allocate memory|(unable|failed) to allocate|bad_alloc", re.IGNORECASE)

# What torch says, and what it means to who pressed a button.
_SAYINGS: tuple[tuple[str, _Told], ...] = (
    (
        r"expected input\[.*\] to have (\d+) channels, but got (\d+) channels",
        lambda m: f"the pictures have {m[2]} channels and the network takes {m[1]}: give it pictures that fit",
    ),
    (
        r"mat1 and mat2 shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x(\d+)\)",
        lambda m: (
            f"a layer takes {m[3]} values and is given {m[2]}: the pictures have another size than the network "
            "was made for, or a layer is missing"
        ),
    ),
    (
        r"Kernel size can't be greater than actual input size|Output size is too small",
        lambda m: "the pictures are smaller than a layer's window: give larger ones",
    ),
    (
        r"Target (-?\d+) is out of bounds",
        lambda m: (
            f"a label is {m[1]}, and the network tells fewer classes apart: count the classes from 0, or give "
            "the network one output each"
        ),
    ),
    (
        r"Expected all tensors to be on the same device",
        lambda m: "the data and the network are on different devices: leave moving them to the run",
    ),
    (
        r"must have the same dtype, but got|Input type \(.*\) and (bias|weight) type \(.*\) should be the same",
        lambda m: "the data are numbers of another kind than the weights: convert them with .float()",
    ),
    (
        r"more than 1 value per channel when training",
        lambda m: "a batch of one picture is too small to be normalised: leave the last, smaller batch out",
    ),
    (
        r"stack expects each tensor to be equal size",
        lambda m: "the elements of a batch have different sizes: bring them to one size first",
    ),
    (
        r"values to unpack \(expected \d+",
        lambda m: "a batch is something else than the task takes: a Classifier takes (images, labels)",
    ),
    (
        r"Expected 3D \(unbatched\) or 4D \(batched\) input to conv2d, but got input of size: (\[.*?\])",
        lambda m: f"the network takes pictures 'batch channel y x' and is given {m[1]}",
    ),
    (
        r"expected target dtype to be Long or Byte, but got (\w+)",
        lambda m: "labels must be whole numbers, one a picture: convert them with .long()",
    ),
    (
        r"object of type '(\w+)' has no len\(\)",
        lambda m: f"the batches are a {m[1]}, whose number is not known: give a list, a pipeline or a DataLoader",
    ),
)


def advice(error: BaseException) -> str:
    """What to do about an error, in one sentence; empty where it is no usual one.

    Examples:
        >>> advice(MemoryError())
        'there is not enough memory: take smaller batches or pictures, or end what else uses it'
        >>> advice(ZeroDivisionError("division by zero"))
        ''
    """
    said = str(error)
    if isinstance(error, MemoryError | torch.OutOfMemoryError) or _MEMORY.search(said):
        return "there is not enough memory: take smaller batches or pictures, or end what else uses it"
    if isinstance(error, FileNotFoundError) and error.filename:
        return f"there is no file {error.filename}: look at the path, or write the file first"
    if isinstance(error, PermissionError) and error.filename:
        return f"{error.filename} may not be opened: choose a place that you may write to"
    if isinstance(error, StopIteration):
        return "there are no batches: give at least one"
    found = ((told, match) for pattern, told in _SAYINGS if (match := re.search(pattern, said)))
    return next((told(match) for told, match in found), "")
