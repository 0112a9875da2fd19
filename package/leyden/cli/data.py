"""`leyden data`: what is declared, whether it is as declared, and running a function on it."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from leyden.cli.script import own_lines, run_function
from leyden.cli.telling import told
from leyden.data import Container
from leyden.data.declared.entry import DatasetEntry
from leyden.data.declared.fingerprint import content_hash
from leyden.data.declared.stack import Catalog, catalog
from leyden.data.pipe.view import describe
from leyden.errors import CatalogError, LeydenError

__all__ = ["check_datasets", "data_commands", "hash_path", "list_datasets", "run_script", "show_dataset"]

data_commands = typer.Typer(no_args_is_help=True, help="Datasets declared in TOML files: what there is and where.")
_Files: TypeAlias = Annotated[
    list[Path] | None,
    typer.Option("--catalog", help="A TOML file to look in, instead of the stack; may be given again."),
]


@data_commands.command("list")
def list_datasets(files: _Files = None) -> None:
    """Lists the declared datasets and where each is declared."""
    with told():
        typer.echo(repr(_stacked(files)))


@data_commands.command("show")
def show_dataset(name: Annotated[str, typer.Argument(help="A declared dataset.")], files: _Files = None) -> None:
    """Shows all that is declared of a dataset; fetches nothing."""
    with told():
        typer.echo(_shown(_stacked(files).entry(name)))


@data_commands.command("check")
def check_datasets(
    names: Annotated[list[str] | None, typer.Argument(help="Declared datasets; all if none is named.")] = None,
    files: _Files = None,
) -> None:
    """Fetches datasets, checks their SHA-256, opens them and reads their first elements.

    The exit code is 1 if any fails, or none is declared.
    """
    with told():
        datasets = _stacked(files)
        wanted = [datasets.entry(name).name for name in names] if names else datasets.names
        if not wanted:
            raise CatalogError(repr(datasets))
        outcomes = []
        for name in wanted:
            good, line = _checked(datasets, name)
            typer.echo(line, err=not good)
            outcomes.append(good)
    raise typer.Exit(0 if all(outcomes) else 1)


@data_commands.command("hash")
def hash_path(path: Annotated[Path, typer.Argument(help="A file or folder.")]) -> None:
    """Prints the SHA-256 of a file or folder, as it is written into a TOML file."""
    with told():
        typer.echo(content_hash(path))


@data_commands.command("run")
def run_script(
    target: Annotated[str, typer.Argument(help="FILE.py or FILE.py:function; the one that uses datasets, or main.")],
    given: Annotated[list[str] | None, typer.Argument(help="parameter=dataset, over what the function says.")] = None,
    files: _Files = None,
) -> None:
    """Runs a function of a Python file on declared datasets, and prints what it returns, if anything."""
    with told():
        try:
            result = run_function(target, given or [], _stacked(files))
        except (LeydenError, OSError):
            raise
        except Exception as error:  # whatever the user's own code raises
            typer.echo(own_lines(error, target), err=True)
            raise typer.Exit(1) from error
        if result is not None:
            typer.echo(str(result))


def _stacked(files: list[Path] | None) -> Catalog:
    return catalog(files) if files else catalog()


def _shown(entry: DatasetEntry) -> str:
    """All that is declared of one dataset, a line each; nothing is fetched."""
    facts = {"description": entry.description, "licence": entry.licence, "uuid": entry.uuid, "sha256": entry.sha256}
    lines = [entry.name, *(f"  {key:<11}  {fact}" for key, fact in facts.items() if fact)]
    lines += [f"  {'declared in':<11}  {entry.declared}", f"  {'pin':<11}  {entry.pin}"]
    storage = {"driver": entry.driver, "type": entry.type, **entry.options}
    return "\n".join(lines + [f"  {key:<11}  {_clipped(value)}" for key, value in storage.items()])


def _checked(datasets: Catalog, name: str) -> tuple[bool, str]:
    """Bring, check and open one dataset, and read its first element.

    Returns:
        Whether all went well, and one line that says what there is, or what is wrong.
    """
    try:
        found = datasets[name]
        if not isinstance(found, Container):
            return True, f"{name}: ok, {type(found).__name__}"
        if len(found) and not isinstance(found, str | bytes | dict):
            found[0]
    except (LeydenError, OSError) as error:
        return False, f"{name}: {error}"
    pin = datasets.entry(name).pin
    return True, f"{name}: ok, {describe(found)}, length {len(found)}, pin: {pin}"


def _clipped(value: object) -> str:
    text = str(value)
    return text if len(text) <= 100 else f"{text[:97]}..."
