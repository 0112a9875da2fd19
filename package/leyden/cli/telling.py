"""How the command line ends when something goes wrong."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from leyden.errors import LeydenError

__all__ = ["told"]

_INTERRUPTED = 130


@contextmanager
def told() -> Iterator[None]:
    """Foreseeable errors, a full disk among them, are one line and exit code 1; Ctrl-C is 130, as shells have it."""
    try:
        yield
    except LeydenError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(1) from error
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        typer.echo(f"error: {place}{error.strerror or error}; what was written before has been kept", err=True)
        raise typer.Exit(1) from error
    except KeyboardInterrupt as error:
        typer.echo("interrupted: what was finished has been kept, the best checkpoint too", err=True)
        raise typer.Exit(_INTERRUPTED) from error
