import pytorch_lightning as pl

from leyden.train.graph.access import reads, runs_after, writes
from leyden.train.graph.planning import plan
from leyden.train.show import Row, Table


@writes("optimizer.lr")
class Warm(pl.Callback):
    """Writes the rate."""


@writes("optimizer.lr")
class Drop(pl.Callback):
    """Writes it too."""


@reads("optimizer.lr")
@runs_after(Warm)
class Monitor(pl.Callback):
    """Reads the rate."""


class Foreign(pl.Callback):
    """Says <nothing>."""


def test_rows_say_who_runs_when_and_after_whom_and_why():
    assert Table(plan([Monitor(), Warm()])).rows == (
        Row(1, "Warm", (), ("optimizer.lr",), (), declared=True),
        Row(2, "Monitor", ("optimizer.lr",), (), (("Warm", "runs_after, optimizer.lr"),), declared=True),
    )


def test_the_text_holds_every_row():
    assert Table(plan([Monitor(), Warm()])).text() == "\n".join([
        "2 callbacks, in running order",
        "  1  Warm",
        "     writes  optimizer.lr",
        "  2  Monitor",
        "     reads   optimizer.lr",
        "     after   Warm (runs_after, optimizer.lr)",
    ])  # fmt: skip


def test_faults_stand_first_each_with_the_line_that_mends_it():
    table = Table(plan([Drop(), Warm()]))
    lines = table.text().splitlines()
    assert lines[0] == "1 reason why these callbacks cannot run as they are"
    assert lines[1].startswith("  1. write conflict: Drop and Warm both write optimizer.lr")
    assert lines[2] == f"     {table.faults[0].mend}"
    assert lines[3] == "2 callbacks"
    html = table._repr_html_()
    assert html.index(table.faults[0].mend) < html.index("<table")


def test_undeclared_callbacks_and_notices_are_told():
    table = Table(plan([Foreign()]))
    assert "reads   everything, as nothing is declared" in table.text()
    assert table.text().splitlines()[-1] == f"note: {table.notices[0]}"
    assert "declare(Foreign" in table._repr_html_()


def test_no_callbacks_are_a_table_too():
    assert repr(Table(plan([]))) == "0 callbacks, in running order"
