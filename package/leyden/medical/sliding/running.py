"""Windows through a network, one batch after the other, into one result."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from leyden.errors import MedicalError
from leyden.items import Size
from leyden.medical.sliding.blending import Blending
from leyden.medical.sliding.engine import Engine, Network
from leyden.medical.sliding.places import Places, empty_windows
from leyden.medical.sliding.progress import Progress
from leyden.medical.sliding.source import shape_text

__all__ = ["Answers", "blend_windows_"]


@final
@dataclass(frozen=True)
class Answers:
    """What a network says of windows of an image.

    Args:
        network: `batch modality *space` to `batch region *space`.
        image: `modality *space`; only read.
        places: the windows.
        regions: that the network must answer with.
        engine: how windows are handed to it.
        buffer: that windows are laid into, `batch modality *window`; one for all calls, so that memory is bounded and
            a network that computes in place spoils nothing but it.
    """

    network: Network
    image: Float[Tensor, "modality *space"]
    places: Places
    regions: int
    engine: Engine
    buffer: Float[Tensor, "batch modality *window"]

    @staticmethod
    def of(network: Network, image: Tensor, *, places: Places, batch: int, regions: int, engine: Engine) -> "Answers":
        """Make a buffer as well."""
        buffer = engine.buffer(min(batch, places.count), len(image), places.window)
        return Answers(network, image, places, regions, engine, buffer)

    def of_windows(self, starts: Sequence[Size]) -> Float[Tensor, "batch region *window"]:
        """Answer windows together; at most as many as the buffer holds.

        Raises:
            MedicalError: the network gives no tensor, another shape, or a number that is none.
        """
        batch = self.buffer[: len(starts)]
        for place, start in zip(batch, starts, strict=True):
            grid, window = self.places.cut(start)
            if self.places.window != tuple(cut.stop - cut.start for cut in window):
                place.zero_()
            place[:, *window].copy_(self.image[:, *grid])
        return self._asked(batch, f"the windows from {', '.join(map(str, starts))}")

    def of_nothing(self) -> Float[Tensor, "region *window"]:
        """Answer one window of zeros."""
        return self._asked(self.buffer[:1].zero_(), "a window of zeros")[0].clone()

    def _asked(self, batch: Tensor, what: str) -> Tensor:
        try:
            answer = self.network(batch)
        except Exception as error:
            advice = "if sizes did not match inside it, take a window whose sides its strides divide"
            error.add_note(f"while the network answered {what}, {shape_text(batch.shape)}; {advice}")
            raise
        wanted = (len(batch), self.regions, *self.places.window)
        if not isinstance(answer, Tensor):
            raise MedicalError(
                f"the network answers with {type(answer).__name__}, not with a tensor; wrap it: "
                "plan.run(lambda windows: network(windows)[0], image), or give an ONNX file as OnnxNetwork(path)"
            )
        if tuple(answer.shape) != wanted:
            raise MedicalError(
                f"the network makes {shape_text(answer.shape)} of windows {shape_text(batch.shape)}; the plan wants "
                f"{shape_text(wanted)}: plan_windows(regions=...) for another number of regions, a window that the "
                "network's strides divide for another size"
            )
        if not torch.isfinite(answer.sum(dtype=torch.float32)) and not torch.isfinite(answer).all():
            raise MedicalError(f"the network answers {what} with NaN or infinity; look at its weights and precision")
        return answer


def blend_windows_(
    result: Float[Tensor, "region *space"],
    answers: Answers,
    *,
    weights: Float[Tensor, "*window"],
    progress: Progress | None,
    stop: Callable[[], bool] | None,
) -> None:
    """Fill a result with the blended answers of all windows.

    Args:
        result: zeros, float32, on the grid of the windows; written to.
        answers: of the network.
        weights: of each place of a window, on the device of the result.
        progress: told after each batch.
        stop: asked before each batch; True ends it.

    Raises:
        MedicalError: it was stopped; or see `Answers.of_windows`.
    """
    places, blending, done, nothing = answers.places, Blending(answers.places, weights, result), 0, None
    for starts, full in _batches(places, empty_windows(answers.image, places), len(answers.buffer)):
        if stop is not None and stop():
            raise MedicalError(f"stopped after {done} of {places.count} windows, as asked; nothing is kept of them")
        if nothing is None and len(full) < len(starts):
            nothing = answers.of_nothing()
        said = dict(zip(full, answers.of_windows(full), strict=True)) if full else {}
        blending.finish_(starts[0][0])
        for start in starts:
            answer = said.get(start, nothing)
            assert answer is not None
            blending.add_(start, answer)
        done += len(starts)
        if progress is not None:
            progress(done, places.count)
    blending.finish_(places.size[0])


def _batches(places: Places, empty: list[bool], size: int) -> Iterator[tuple[list[Size], list[Size]]]:
    """Give windows in order, with those among them that hold something: as many as a batch takes."""
    starts, full = list[Size](), list[Size]()
    for start, is_empty in zip(places, empty, strict=True):
        starts.append(start)
        full += [] if is_empty else [start]
        if len(full) == size:
            yield starts, full
            starts, full = [], []
    if starts:
        yield starts, full
