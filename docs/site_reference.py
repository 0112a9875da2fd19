"""Write docs/reference from the docstrings, by quartodoc.

    python docs/site_reference.py [ROOT]

Without quartodoc it says so and writes nothing: the site can be checked all the same. Pages are written anew each time,
so a name that is gone leaves no page behind.
"""

import argparse
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from site_nav import generated_folder, read_config

__all__ = ["main", "tidy"]


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


def main(arguments: list[str] | None = None) -> int:
    """Write the reference of the site under the given root.

    Returns:
        0 if it is written, or if there is nothing to write it with; else what quartodoc returned.
    """
    parser = argparse.ArgumentParser(description="Write the reference from the docstrings.")
    parser.add_argument("root", nargs="?", type=Path, default=Path(__file__).resolve().parent.parent)
    root = parser.parse_args(arguments).root
    folder = generated_folder(read_config(root))
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
    pages = sorted((root / folder).glob("*.qmd"))
    for page in pages:
        page.write_text(tidy(page.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"{len(pages)} pages in {folder}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
