"""What a newcomer is told to run exists: programs, targets of make, files and folders."""

import re
import shlex
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
HOUR = TEXT.partition("## Your first contribution, in an hour")[2].partition("\n## ")[0]
COMMANDS = [
    shlex.split(line) for block in re.findall(r"^```sh\n(.*?)^```", HOUR, re.M | re.S) for line in block.splitlines()
]
TOLD = [" ".join(command) for command in COMMANDS]


def test_the_hour_goes_from_a_copy_to_a_push() -> None:
    assert [command[:2] for command in COMMANDS[:2]] == [["git", "clone"], ["cd", "leyden"]]
    assert COMMANDS[-1][:2] == ["git", "push"]
    minutes = [int(found[-1]) for step in re.findall(r"\((\d+(?: to \d+)?) minutes", HOUR) for found in [step.split()]]
    assert len(minutes) == 5
    assert sum(minutes) <= 60


@pytest.mark.parametrize("command", COMMANDS, ids=TOLD)
def test_what_a_step_names_is_there(command: list[str]) -> None:
    targets = re.findall(r"^(\S+?):(?!=)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    targets = [target.replace("$(VENV)", ".venv") for target in targets]
    if command[0] == "make":
        assert set(command[1:]) <= set(targets)
    elif command[0].startswith(".venv/bin/"):
        named = [part for part in command[1:] if re.match(r"(package|tests|docs|tools)\b", part)]
        assert named, "says what to work on"
        assert [part for part in named if not (ROOT / part).exists()] == []
        assert Path(sys.executable).with_name(Path(command[0]).name).exists()
    else:
        assert command[0] in {"git", "cd"}


def test_one_branch_is_made_and_pushed() -> None:
    made = [command[-1] for command in COMMANDS if command[:2] == ["git", "switch"]]
    assert made == [COMMANDS[-1][-1]]


def test_the_example_message_keeps_the_rules_of_commits() -> None:
    (message,) = [command[-1] for command in COMMANDS if command[:2] == ["git", "commit"]]
    assert len(message) <= 72
