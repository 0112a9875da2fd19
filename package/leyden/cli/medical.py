"""`leyden medical`: phantoms, synthetic tumours in real heads."""

import sys
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer
from tqdm import tqdm

from leyden import medical
from leyden.cli.telling import told
from leyden.errors import MedicalError

__all__ = ["make_phantoms", "medical_commands"]

# spelt out here, as the room they come from needs what the command line can do without
_Anatomy: TypeAlias = Literal["mni152", "colin27"]
_Kind: TypeAlias = Literal["ring", "solid", "multifocal", "nonenhancing", "resected", "tiny"]
_Layout: TypeAlias = Literal["msd", "brats"]

medical_commands = typer.Typer(no_args_is_help=True, help="Medical imaging: phantoms to try things on.")


@medical_commands.callback()
def _several() -> None:
    """Keeps the name of a command needed even where there is one."""


@medical_commands.command("phantom")
def make_phantoms(
    folder: Annotated[Path, typer.Argument(metavar="OUT", help="Where they go; nothing there is written over.")],
    count: Annotated[int, typer.Option("-n", "--count", min=1, help="How many cases.")] = 32,
    size: Annotated[str, typer.Option(help="Voxels a side, or along z, y and x: 155,240,240 is BraTS at 1 mm.")] = "64",
    seed: Annotated[int, typer.Option(min=0, help="Of the first case; test cases want other seeds.")] = 0,
    layout: Annotated[_Layout, typer.Option(help="As which data they lie there.")] = "msd",
    anatomy: Annotated[_Anatomy, typer.Option(help="The head they are made of.")] = "mni152",
    kind: Annotated[_Kind | None, typer.Option(help="Of tumour; all of them mixed if none is named.")] = None,
    thick: Annotated[float, typer.Option(min=0, help="mm of a slice, for thick ones.")] = 0.0,
    tilt: Annotated[float, typer.Option(help="Degrees by which grids are turned against heads.")] = 0.0,
    without: Annotated[list[str] | None, typer.Option(help="A modality to leave out; may be given again.")] = None,
) -> None:
    """Writes synthetic tumours on a real template, with their labels, in the layout of MSD or BraTS 2021."""
    often = 0.1 if sys.stderr.isatty() else 15.0  # seconds: a log file is no place for a moving bar
    with told(), tqdm(total=count, unit="case", dynamic_ncols=True, mininterval=often) as bar:
        medical.write_phantoms(
            folder, count, size=_sides(size), seed=seed, layout=layout, anatomy=anatomy, kind=kind, thick=thick,
            tilt=tilt, without=without or (), progress=lambda done, _: bar.update(done - bar.n),
        )  # fmt: skip
    typer.echo(f"{count} phantoms, synthetic tumours on a real template ({anatomy}): {folder}")


def _sides(text: str) -> int | tuple[int, ...]:
    try:
        sides = tuple(int(part) for part in text.split(","))
    except ValueError as error:
        raise MedicalError(f"--size is one whole number or three with commas, not {text!r}") from error
    return sides[0] if len(sides) == 1 else sides
