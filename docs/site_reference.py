"""Write docs/reference from the docstrings, by quartodoc, with the axes of tensors that annotations tell.

    python docs/site_reference.py [ROOT]

Without quartodoc it says so and writes nothing: the site can be checked all the same. Pages are written anew each time,
so a name that is gone leaves no page behind, and a public name that no page shows is an error.
"""

import argparse
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from site_axes import axes_of, with_axes
from site_names import unwritten
from site_nav import generated_folder, read_config

__all__ = ["finish", "main", "tidy"]


def tidy(text: str) -> str:
    r"""Turn links to anchors that a page does not have into plain code: quartodoc links attributes, but anchors none.

    Args:
        text: A page as quartodoc wrote it.

    Returns:
        The page, all other links as they were.

    Examples:
        >>> tidy("# Page { #a.Page }\n\n[Page](#a.Page) [size](#a.Page.size)")
        '# Page { #a.Page }\n\n[Page](#a.Page) `size`'
    """
    anchors = set(re.findall(r"\{[^{}]*?#([\w.]+)[^{}]*\}", text))
    return re.sub(r"\[([^\[\]]+)\]\(#([\w.]+)\)", lambda link: link[0] if link[2] in anchors else f"`{link[1]}`", text)


def finish(folder: Path, package: Path) -> list[str]:
    """Make written pages tidy, put the axes of tensors in, and look for names that are on no page.

    Args:
        folder: The reference as quartodoc wrote it; its pages are written anew.
        package: The folder of the package.

    Returns:
        One line a public name that is missing.
    """
    pages = sorted(folder.glob("*.qmd"))
    for page in pages:
        text = tidy(page.read_text(encoding="utf-8"))
        if page.stem != "index":
            text = with_axes(text, f"{package.name}.{page.stem}", axes_of(package, page.stem))
        page.write_text(text, encoding="utf-8")
    lacking = unwritten(package, folder)
    print(f"{len(pages)} pages in {folder.name}, {len(lacking)} public names missing", file=sys.stderr)
    return lacking


def main(arguments: list[str] | None = None) -> int:
    """Write the reference of the site under the given root.

    Returns:
        0 if it is written, or if there is nothing to write it with; 1 if it lacks a public name; else what quartodoc
        returned.
    """
    parser = argparse.ArgumentParser(description="Write the reference from the docstrings.")
    parser.add_argument("root", nargs="?", type=Path, default=Path(__file__).resolve().parent.parent)
    root = parser.parse_args(arguments).root
    config = read_config(root)
    folder = generated_folder(config)
    if folder is None or importlib.util.find_spec("quartodoc") is None:
        print("the reference was not written: quartodoc is not installed", file=sys.stderr)
        return 0
    shutil.rmtree(root / folder, ignore_errors=True)
    environment = {**os.environ, "PYTHONPATH": str(root / "package")}  # the sources here, whatever is installed
    done = subprocess.run([sys.executable, "-m", "quartodoc", "build"], cwd=root, env=environment, check=False)
    (root / "objects.json").unlink(missing_ok=True)  # an inventory for other sites, which nobody here reads
    if done.returncode:
        shutil.rmtree(root / folder, ignore_errors=True)
        return done.returncode
    package = root / "package" / config["quartodoc"]["package"]
    lacking = finish(root / folder, package)
    for line in lacking:
        print(line)
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
