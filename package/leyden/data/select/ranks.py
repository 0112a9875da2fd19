"""One process's share of the elements in distributed training: `shard`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar, final, overload

from torch import distributed

from leyden.data.pipe.order import whole_number
from leyden.data.pipe.seed import Moment
from leyden.data.pipe.step import Operation, Step, applied, parted
from leyden.data.pipe.view import Container, Element, View, stream, take
from leyden.errors import DataError

__all__ = ["Shard", "shard"]

_USAGE = "shard(data, rank=..., of=...)"


@final
@dataclass(frozen=True, repr=False)
class Shard(Operation):
    """Every so many elements, from one's own rank on; see `shard`."""

    verb: ClassVar[str] = "shard"
    rank: int = field(kw_only=True)
    of: int = field(kw_only=True)
    pad: bool = field(default=True, kw_only=True)

    def length(self, source: Container) -> int:
        """See `Operation.length`."""
        count = len(source)
        return -(-count // self.of) if self.pad else len(range(self.rank, count, self.of))

    def at(self, source: Container, index: int, moment: Moment) -> Element:
        """See `Operation.at`."""
        return take(source, (index * self.of + self.rank) % len(source), moment)

    def stream(self, source: Container, indices: Iterable[int], moment: Moment) -> Iterator[Element]:
        """See `Operation.stream`."""
        count = len(source)
        return stream(source, ((index * self.of + self.rank) % count for index in indices), moment)


@overload
def shard(*, rank: int | None = None, of: int | None = None, pad: bool = True) -> Step: ...
@overload
def shard(data: Element, /, *, rank: int | None = None, of: int | None = None, pad: bool = True) -> View: ...
def shard(*given: Element, rank: int | None = None, of: int | None = None, pad: bool = True) -> Element:
    """Take one process's share: elements `rank`, `rank + of`, `rank + 2 of`, ...

    Put it after `shuffle`, which is the same in every process, and after the steps that draw, which go by an
    element's index: `data | shuffle() | map_random(move) | shard() | batch(32)`. After `shard` index 0 is another
    element in every process but draws alike in all of them.

    Args:
        given: the data, if any.
        rank: this process's number from 0 on; with `of` left out, that of torch.distributed, which must be set up.
        of: how many processes there are.
        pad: fill up from the first elements on, so that every process gets as many, as training must and as torch's
            DistributedSampler does; otherwise every element goes to exactly one process, as for exact scores.

    Raises:
        DataError: the rank does not lie below `of`, only one of them is given, or neither and torch.distributed is
            not set up.

    Examples:
        >>> [list(range(5) | shard(rank=rank, of=2)) for rank in range(2)]
        [[0, 2, 4], [1, 3, 0]]
        >>> list(shard(range(5), rank=1, of=2, pad=False))
        [1, 3]
    """
    data, _ = parted(_USAGE, given, 0)
    if (rank is None) != (of is None):
        raise DataError(f"{_USAGE}: give both, or neither to ask torch.distributed; given rank={rank}, of={of}")
    if rank is None or of is None:
        if not (distributed.is_available() and distributed.is_initialized()):
            raise DataError(
                f"{_USAGE}: torch.distributed is not set up, so it cannot say the rank; make the pipe after "
                "init_process_group(), or give rank and of"
            )
        rank, of = distributed.get_rank(), distributed.get_world_size()
    own, count = whole_number(f"{_USAGE}: rank", rank, at_least=0), whole_number(f"{_USAGE}: of", of, at_least=1)
    if own >= count:
        raise DataError(f"{_USAGE}: ranks count from 0 and lie below `of`; given rank={own}, of={count}")
    return applied(Shard(rank=own, of=count, pad=pad), data)
