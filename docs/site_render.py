"""Render the site: by Quarto where it is installed, as a preview where it is not.

Quarto reports success after warnings and writes dead links, so its warnings count as faults here, and what it wrote is
read again.

    python docs/site_render.py [ROOT]

prints one line a fault and exits with 1 if there is any.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import site_preview

__all__ = ["main", "quarto_faults"]

ROOT = Path(__file__).resolve().parent.parent


def quarto_faults(root: Path, quarto: str) -> list[str]:
    """Render with Quarto.

    Args:
        root: the folder that holds _quarto.yml.
        quarto: the program.

    Returns:
        Its warnings and errors; its last lines where it failed without naming any.
    """
    done = subprocess.run(
        [quarto, "render"], cwd=root, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    lines = re.sub(r"\x1b\[[\d;]*m", "", done.stdout).splitlines()
    told = [line for line in lines if re.search(r"\b(WARN|WARNING|ERROR)\b", line)]
    return told or (lines[-5:] if done.returncode else [])


def main(arguments: list[str] | None = None) -> int:
    """Render the site under the given root.

    Returns:
        1 if anything was wrong, else 0.
    """
    parser = argparse.ArgumentParser(description="Render the site, with Quarto where it is installed.")
    parser.add_argument("root", nargs="?", type=Path, default=ROOT)
    root = parser.parse_args(arguments).root
    places = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))
    quarto = shutil.which("quarto", path=places)
    if quarto is None:
        print("quarto is not installed (pip install quarto-cli brings it): a preview is rendered", file=sys.stderr)
        return site_preview.main([str(root)])
    faults = quarto_faults(root, quarto)
    for line in faults:
        print(line)
    return max(int(bool(faults)), site_preview.main([str(root), "--read", str(root / "_site")]))


if __name__ == "__main__":
    sys.exit(main())
