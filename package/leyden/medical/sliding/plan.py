"""The plan of windows: shown first, run then."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import compress
from math import prod
from numbers import Integral
from pathlib import Path
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from leyden.errors import MedicalError
from leyden.medical.sliding.blending import ROWS
from leyden.medical.sliding.engine import Engine, Layout, Network, engine_for, running
from leyden.medical.sliding.memory import bytes_text, mapped_zeros
from leyden.medical.sliding.places import Blend, Places, empty_windows, window_weights
from leyden.medical.sliding.progress import Progress
from leyden.medical.sliding.running import Answers, blend_windows_
from leyden.medical.sliding.serving import OnnxNetwork
from leyden.medical.sliding.source import Volume, shape_text, tensor_of

__all__ = ["WindowPlan"]

_SINGLE = 4
"""Bytes of a number in single precision."""


@final
@dataclass(frozen=True, repr=False)
class WindowPlan:
    """Windows over a grid, and what running them takes; made by `plan_windows`.

    Args:
        places: the windows.
        blend: how they are mixed.
        batch: windows that the network answers together.
        regions: that it answers with.
        modalities: that it is given.
        file: raw float32 file that the result lies in, mapped into memory; None is memory.
        empty: windows that hold nothing, if the image has been seen.
        seconds_each: of one window, if one has been timed.

    Raises:
        MedicalError: less than one window, region or modality, or a blend that there is not.
    """

    places: Places
    blend: Blend
    batch: int
    regions: int
    modalities: int
    file: Path | None = None
    empty: int | None = None
    seconds_each: float | None = None

    def __post_init__(self) -> None:
        counts = {"batch": self.batch, "regions": self.regions, "modalities": self.modalities}
        if not all(isinstance(count, Integral) and count >= 1 for count in counts.values()):
            told = ", ".join(f"{name} {count}" for name, count in counts.items())
            raise MedicalError(f"{told}: each must be a whole number, 1 or more")
        window_weights((1,), self.blend)  # says which blends there are

    @property
    def count(self) -> int:
        """How many windows there are, empty ones among them."""
        return self.places.count

    @property
    def starts(self) -> tuple[tuple[int, ...], ...]:
        """First pixel of the windows along each axis; every combination is a window."""
        return self.places.starts

    @cached_property
    def weights(self) -> Float[Tensor, "*window"]:
        """How much each place of a window counts, float32."""
        return window_weights(self.places.window, self.blend)

    @property
    def seconds(self) -> float | None:
        """How long all windows take that hold something, and one that does not; None before one has been timed."""
        if self.seconds_each is None:
            return None
        empty = self.empty or 0
        return self.seconds_each * (self.count - empty + (empty > 0))

    @property
    def memory(self) -> int:
        """Bytes that running takes: result, one batch of windows and answers, weights, a byte a voxel.

        What the network itself needs between its layers comes on top; so does the image, which is there already.
        """
        return sum(self.parts.values())

    @property
    def result_bytes(self) -> int:
        """Bytes of the result, wherever it lies."""
        return _SINGLE * self.regions * prod(self.places.size)

    @property
    def parts(self) -> dict[str, int]:
        """What the memory is for, in bytes."""
        window, grid = prod(self.places.window), prod(self.places.size)
        rows = min(ROWS, self.places.size[0]) * (grid // self.places.size[0])
        return {
            "result": 0 if self.file else self.result_bytes,
            "windows": _SINGLE * window * (min(self.batch, self.count) * (self.modalities + self.regions)),
            "empty answer": _SINGLE * window * self.regions,
            "weights": _SINGLE * (window + rows),
            "search for empty windows": 2 * grid,
        }

    def time(self, network: Network, image: Volume, *, layout: Layout = "fast") -> "WindowPlan":
        """Give the plan with its seconds: one batch is run to warm up, and one timed, in the middle of the image.

        Args:
            network: as for `run`.
            image: as for `run`.
            layout: as for `run`.

        Raises:
            MedicalError: as for `run`.
        """
        data = self._checked(network, image)
        engine = engine_for(network, data, layout=layout, precision=None)
        answers, empty = self._answers(network, data, engine), empty_windows(data, self.places)
        full = list(compress(self.places, (not each for each in empty))) or list(self.places)
        some = full[(len(full) - 1) // 2 :][: len(answers.buffer)]
        with running(network, engine):
            answers.of_windows(some)
            started = time.perf_counter()
            answers.of_windows(some)
            passed = time.perf_counter() - started
        return replace(self, empty=sum(empty), seconds_each=passed / len(some))

    def run(
        self, network: Network, image: Volume, *, progress: Progress | None = None,
        stop: Callable[[], bool] | None = None, precision: torch.dtype | None = None, layout: Layout = "fast",
        device: torch.device | str | None = None,
    ) -> Float[Tensor, "region *space"]:  # fmt: skip
        """Let a network answer every window, and blend the answers.

        Of windows that are 0 everywhere one is run, and its answer stands for all. That changes nothing where an answer
        depends on its window alone, as with torch's layers in evaluation mode: not on others in the batch.

        Args:
            network: any callable, `batch modality *space` to `batch region *space`. A torch module is set to evaluation
                meanwhile, gets windows where and in the precision its weights are, and is left as it was.
            image: on the grid of the plan; on any device.
            progress: called as `progress(done, total)` after each batch.
            stop: called before each batch, such as `threading.Event().is_set`; True ends the run.
            precision: autocast to `torch.bfloat16` or `torch.float16`; answers are summed in float32.
            layout: `fast` lays channels of a torch module in float32 on the CPU in three dimensions side by side, for
                oneDNN, with exact sums in its norms: answers differ by rounding. `plain` leaves all to torch.
            device: where the result is summed; that of the image if left out.

        Returns:
            float32, what the network answers (logits stay logits); in `file` if the plan has one.

        Raises:
            MedicalError: an image or ONNX file that does not fit the plan, NaN in the image, an answer of another shape
                or with NaN, or the run was stopped.
        """
        data = self._checked(network, image)
        engine = engine_for(network, data, layout=layout, precision=precision)
        result = self._result(data.device if device is None else torch.device(device))
        try:
            answers = self._answers(network, data, engine)
            with running(network, engine):
                blend_windows_(result, answers, weights=self.weights.to(result.device), progress=progress, stop=stop)
        except BaseException:
            if self.file is not None:  # a half-filled file is never left
                self.file.unlink()
            raise
        return result

    def table(self) -> str:
        """Write the plan, one figure a line."""
        parts = ", ".join(f"{name} {bytes_text(count)}" for name, count in self.parts.items() if count)
        empty = "not looked for: give the image" if self.empty is None else str(self.empty)
        seconds = "not timed: plan.time(network, image)" if self.seconds is None else f"{self.seconds:.3g} s"
        lines = {
            "grid": shape_text(self.places.size),
            "windows": f"{self.count} of {shape_text(self.places.window)}: {shape_text([*map(len, self.starts)])}",
            "empty": empty,
            "blend": f"{self.blend}, batches of {self.batch}",
            "memory": f"{bytes_text(self.memory)} ({parts})",
            "time": seconds,
        }
        return "\n".join(f"{name:8}{text}" for name, text in lines.items())

    def __repr__(self) -> str:
        empty = "" if self.empty is None else f", {self.empty} empty"
        seconds = "" if self.seconds is None else f", {self.seconds:.3g} s"
        windows = f"{self.count} windows of {shape_text(self.places.window)} over {shape_text(self.places.size)}"
        return f"WindowPlan({windows}{empty}, {bytes_text(self.memory)}{seconds})"

    def _checked(self, network: Network, image: Volume) -> Tensor:
        data, faults = tensor_of(image), list[str]()
        if tuple(data.shape) != (self.modalities, *self.places.size):
            faults.append(
                f"the plan is for {self.modalities} modalities of {shape_text(self.places.size)}, the image is "
                f"{shape_text(data.shape)}: plan again for it"
            )
        if isinstance(network, OnnxNetwork):
            faults += network.faults(self.places.window, self.modalities)
        if faults:
            raise MedicalError("; ".join(faults))
        return data

    def _answers(self, network: Network, data: Tensor, engine: Engine) -> Answers:
        return Answers.of(network, data, places=self.places, batch=self.batch, regions=self.regions, engine=engine)

    def _result(self, device: torch.device) -> Tensor:
        shape = (self.regions, *self.places.size)
        if self.file is None:
            return torch.zeros(shape, device=device)
        if device.type != "cpu":
            raise MedicalError(f"a result in a file is summed on the CPU, not on {device}; give device='cpu'")
        return mapped_zeros(self.file, shape)
