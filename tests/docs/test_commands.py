"""Every command that a page tells exists, with the options it is told with; the quick ones are run."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
from site_page import Page, read_page
from typer.testing import CliRunner

from leyden.cli.app import _app

ROOT = Path(__file__).parents[2]
COMMANDS: Any = typer.main.get_command(_app)
SOURCES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.qmd"), *(ROOT / "docs").glob("*.md")]
PAGES = sorted(path.relative_to(ROOT) for path in SOURCES if "reference" not in path.parts)
TARGETS = set(
    re.findall(r"^([a-z]+|\$\(VENV\)/installed):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
)
USAGE: Any = typer.BadParameter.__base__  # of all that is wrong with a command line
QUICK = ["leyden assets list", "leyden --help", "leyden lab --help", "leyden demo --help"]


def told(page: Page, text: str) -> list[str]:
    """The commands of a page: lines of its shell blocks, and code in its prose that begins with leyden or make."""
    blocks = re.findall(r"^```(?:sh|bash|shell)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line.partition(" #")[0].strip() for block in blocks for line in block.splitlines()]
    spoken = [code for part in page.prose for code in re.findall(r"`((?:leyden|make) [^`\n]+)`", part.text)]
    return [line for line in [*lines, *spoken] if re.match(r"(?:leyden|make) ", line)]


def fault(command: str) -> str | None:
    """What is wrong with a command, or None; nothing is run."""
    program, *words = shlex.split(command)
    if program == "make":
        names = [word.replace(".venv", "$(VENV)") for word in words if "=" not in word]
        return next((f"make has no target {name}" for name in names if name not in TARGETS), None)
    node = COMMANDS
    while hasattr(node, "commands") and words and not words[0].startswith("-"):
        name = words.pop(0)
        if name not in node.commands:
            return f"no command {name!r}; there are {', '.join(node.commands)}"
        node = node.commands[name]
    try:
        if not hasattr(node, "commands"):
            node.make_context(program, words)
    except typer.Exit:
        return None  # --help
    except USAGE as error:
        return error.format_message()
    return None


def test_the_commands_of_all_pages_exist_with_their_options() -> None:
    faults = []
    for path in PAGES:
        commands = told(read_page(ROOT, path), (ROOT / path).read_text(encoding="utf-8"))
        faults += [f"{path}: {command}: {found}" for command in commands if (found := fault(command))]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("leyden demos", "no command 'demos'; there are demo, lab"),
        ("leyden demo --image flowers", "No such option: --image"),
        ("leyden demo --epochs many", "Invalid value for '--epochs'"),
        ("leyden assets got photos", "no command 'got'; there are list, get"),
        ("leyden assets get", "Missing argument 'name'"),
        ("make tests", "make has no target tests"),
    ],
)
def test_a_command_that_does_not_exist_is_told(command: str, message: str) -> None:
    assert message in (fault(command) or "")


def test_good_commands_are_let_through() -> None:
    good = ["leyden demo --images flowers --epochs 3", "make lab OPTIONS=--allow-root", "leyden data check --help"]
    assert [fault(command) for command in good] == [None, None, None]


@pytest.mark.parametrize("command", QUICK)
def test_quick_commands_run(command: str) -> None:
    done = CliRunner().invoke(_app, shlex.split(command)[1:])
    assert done.exit_code == 0, done.output
    assert done.output.strip()
