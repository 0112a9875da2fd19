"""Train, prune and ship image classifiers; open the workbench; fetch pinned files; look after declared datasets."""

from importlib import import_module
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from leyden import __version__, assets
from leyden.cli.data import data_commands
from leyden.cli.lab import open_lab
from leyden.cli.medical import medical_commands
from leyden.cli.telling import told

__all__ = ["demo", "get_asset", "lab", "list_assets", "main"]

_app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
_assets = typer.Typer(no_args_is_help=True, help="Named, pinned, licensed files: pretrained weights and real data.")
_app.add_typer(_assets, name="assets")
_app.add_typer(data_commands, name="data")
_app.add_typer(medical_commands, name="medical")


def _tell_version(asked: bool) -> bool:
    if asked:
        typer.echo(f"leyden {__version__}")
        raise typer.Exit
    return asked


_Version: TypeAlias = Annotated[bool, typer.Option("--version", callback=_tell_version, help="Say which leyden it is.")]


@_app.callback()
def _common(_version: _Version = False) -> None:
    """What stands before a command; the module's first line is the help."""


@_app.command()
def demo(
    images: Annotated[Path | None, typer.Option(help="Your own images, one sub-folder a class.")] = None,
    out: Annotated[Path, typer.Option(help="Where the results go.")] = Path("out/demo"),
    size: Annotated[int, typer.Option(min=32, help="Side of the network input, pixels.")] = 64,
    epochs: Annotated[int, typer.Option(min=1, help="Epochs of fine-tuning.")] = 6,
    seed: Annotated[int, typer.Option(help="Seeds data, order, augmentation and weights.")] = 0,
) -> None:
    """Runs the main job: pretrained network, fine-tuned, pruned, shipped as a verified ONNX file, with a report."""
    with told():
        job = import_module("leyden.cli.progress")  # Lightning takes seconds to load, and only this command needs it
        rows = job.run_job(images, out, size=size, epochs=epochs, seed=seed)
    width = max(len(what) for what, _ in rows)
    for what, value in rows:
        typer.echo(f"{what:<{width}}  {value:>10}")
    typer.echo(f"\nreport: {out / 'report.html'}")


@_app.command()
def lab(
    folder: Annotated[Path, typer.Argument(help="Where your copy of the notebooks lives.")] = Path("notebooks"),
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
    allow_root: Annotated[bool, typer.Option(help="Run as root, which JupyterLab refuses otherwise.")] = False,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Where to listen; else a free one.")] = None,
) -> None:
    """Opens JupyterLab on the workbench; notebooks that are in the folder already stay as they are."""
    with told():
        raise typer.Exit(open_lab(folder, browser=browser, allow_root=allow_root, port=port))


@_assets.command("list")
def list_assets() -> None:
    """Lists what can be had by name, how big it is, and under which licence."""
    typer.echo(assets.table())


@_assets.command("get")
def get_asset(name: Annotated[str, typer.Argument(help="A name from `leyden assets list`.")]) -> None:
    """Fetches one asset into the cache, checks its SHA-256 and says where it is."""
    with told():
        typer.echo(str(assets.fetch(name)))


def main() -> None:
    """Runs the command line."""
    _app()
