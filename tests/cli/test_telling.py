import errno

import pytest
import typer

from leyden.cli.telling import told
from leyden.errors import DataError


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (DataError("no such thing; make one"), 1, "error: no such thing; make one\n"),
        (OSError(errno.ENOSPC, "No space left", "a.bin"), 1, "error: a.bin: No space left; what was written before"),
        (KeyboardInterrupt(), 130, "interrupted: "),
    ],
)
def test_what_can_be_foreseen_is_one_line_and_a_code(capsys, error, code, line):
    with pytest.raises(typer.Exit) as caught, told():
        raise error
    assert caught.value.exit_code == code
    shown = capsys.readouterr()
    assert shown.err.startswith(line)
    assert (shown.err.count("\n"), shown.out) == (1, "")


def test_a_mistake_in_the_program_is_not_hidden():
    with pytest.raises(ZeroDivisionError), told():
        raise ZeroDivisionError
