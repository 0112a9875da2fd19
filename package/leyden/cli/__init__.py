"""The command line: `leyden demo`, `leyden lab`, `leyden assets`, `leyden data`."""

from leyden.cli.app import main

__all__ = ["main"]
