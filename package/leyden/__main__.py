"""`python -m leyden` is the command line."""

from leyden.cli import main

__all__ = []

if __name__ == "__main__":
    main()
