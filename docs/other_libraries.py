"""List the transform classes of other augmentation libraries, read from their installed sources without importing them.

    python docs/other_libraries.py FOLDER [FOLDER ...]

looks for the libraries in these folders (a site-packages, or where wheels were unpacked) and writes what it finds, with
the versions, below the last line of docs/augment-names.toml that is written by hand. Not importing them spares the
gigabytes they bring along.
"""

import argparse
import ast
import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

__all__ = ["LIBRARIES", "Library", "classes_of", "generated", "main"]

NAMES = Path(__file__).with_name("augment-names.toml")
MARK = "# Below: written by docs/other_libraries.py, not by hand.\n"


@dataclass(frozen=True)
class Library:
    """Where the transforms of a library are published, and what of that is no transform.

    Args:
        name: of the package, as pip knows it.
        places: files or folders under the package, in which public classes are looked for.
        without: a pattern; classes whose whole name fits are left out: bases, containers of types, twins.
    """

    name: str
    places: tuple[str, ...]
    without: str


LIBRARIES = (
    Library("torchvision", ("transforms/v2/__init__.py",), "Transform|InterpolationMode|AutoAugmentPolicy"),
    Library(
        "albumentations",
        ("augmentations", "core/composition.py"),
        "Base.*|.*Base|.*InitSchema|.*Params|.*Mixin|.*Processor",
    ),
    Library(
        "monai",
        ("transforms/__init__.py",),
        "(Map|Lazy|Invertible|BatchInverse|Traceable|Randomizable|RandCoarse)?Transform|Randomizable.*|.*Trait|Fourier|"
        "Decollate.*|(Rand)?(Mark|RangePop|RangePush)(d|D|Dict)?|FunctionSignature|ThreadUnsafe|WriteFileMapping",
    ),
    Library(
        "kornia",
        ("augmentation/__init__.py", "augmentation/auto/__init__.py"),
        r"\w*Base\w*|\w*Disp\w+er|PolicySequential",
    ),
    Library("torchio", ("transforms/__init__.py",), "(Spatial|Intensity|Random|Label|Normalization|Fourier)?Transform"),
)


def classes_of(library: Library, package: Path) -> list[str]:
    """Give the public transform classes of a library, sorted.

    Args:
        library: what to look for.
        package: its folder, with the `__init__.py` of the library itself.
    """
    found: set[str] = set()
    for place in library.places:
        path = package / place
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            tree = ast.parse(file.read_text(encoding="utf-8"))
            found |= imported(tree) if file.name == "__init__.py" else published(tree)
    return sorted(name for name in found if name[0].isupper() and not re.fullmatch(library.without, name))


def imported(tree: ast.Module) -> set[str]:
    """Give the names that a package's `__init__` brings in, but for twins that take dictionaries (MONAI's)."""
    nodes = [node for node in tree.body if isinstance(node, ast.ImportFrom) and "dictionary" not in str(node.module)]
    return {alias.asname or alias.name for node in nodes for alias in node.names if "_" not in alias.name}


def published(tree: ast.Module) -> set[str]:
    """Give the classes of a module that its `__all__` names."""
    listed: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            listed |= set(ast.literal_eval(node.value))
    return listed & {node.name for node in tree.body if isinstance(node, ast.ClassDef)}


def version_of(name: str, folder: Path) -> str:
    """Give the version that stands in the name of a package's metadata folder."""
    found = sorted(folder.glob(f"{name}-*.dist-info"))
    return found[-1].name.removeprefix(f"{name}-").removesuffix(".dist-info") if found else ""


def generated(folders: list[Path]) -> tuple[str, list[str]]:
    """Give the generated part of the file, and the names of libraries that are in none of the folders."""
    lines, missing = [], []
    for library in LIBRARIES:
        homes = [folder for folder in folders if version_of(library.name, folder)]
        if not homes:
            missing.append(library.name)
            continue
        names = classes_of(library, homes[0] / library.name)
        lines += [f"[libraries.{library.name}]", f'version = "{version_of(library.name, homes[0])}"', "classes = ["]
        lines += [*(f'    "{name}",' for name in names), "]", ""]
    return "\n".join(lines), missing


def main(arguments: list[str] | None = None) -> int:
    """Write the classes of the libraries into docs/augment-names.toml.

    Returns:
        1 if a library was not found, and then nothing is written; else 0.
    """
    parser = argparse.ArgumentParser(description="List the transform classes of other libraries.")
    parser.add_argument("folders", nargs="+", type=Path)
    text, missing = generated(parser.parse_args(arguments).folders)
    if missing:
        print(f"nothing was written: not found in these folders: {', '.join(missing)}", file=sys.stderr)
        return 1
    by_hand = NAMES.read_text(encoding="utf-8").partition(MARK)[0]
    NAMES.write_text(f"{by_hand}{MARK}\n{text}", encoding="utf-8")
    counts = {name: len(library["classes"]) for name, library in tomllib.loads(text)["libraries"].items()}
    print(", ".join(f"{name} {count}" for name, count in counts.items()), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
