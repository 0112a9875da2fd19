"""A process that runs models for another: what it is asked comes through a pipe, and so goes what it answers.

Only Python's own library is needed here, so that the same can be asked of other importers in their own environments.
"""

import os
import pickle
import resource
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

__all__ = ["READY", "serve"]

READY = "ready"
"""What a process says once it has imported what it needs."""

_MEMORY = 12 * 2**30


def serve(run: Callable[[bytes, Sequence[Sequence[Any]]], list[Any]], *, memory: int = _MEMORY) -> None:
    """Answer until nobody asks any more.

    A question is a pickled pair: the model as bytes, and a list of lists of inputs. An answer is a pickled triple:
    what went wrong (None if nothing did), the outputs for each list of inputs, and seconds.

    Args:
        run: Loads the model and runs it on each list of inputs.
        memory: Bytes of address space that the process may have.
    """
    questions, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not come between the answers
    resource.setrlimit(resource.RLIMIT_AS, (memory, resource.getrlimit(resource.RLIMIT_AS)[1]))
    _say(answers, READY)
    while True:
        try:
            model, inputs = pickle.load(questions)
        except EOFError:
            return
        began = time.perf_counter()
        try:
            fault, outputs = None, run(model, inputs)
        except Exception as error:  # whatever goes wrong is the answer
            fault, outputs = f"{type(error).__name__}: {error}", []
        _say(answers, (fault, outputs, time.perf_counter() - began))


def _say(answers: BinaryIO, value: Any) -> None:
    pickle.dump(value, answers)
    answers.flush()
