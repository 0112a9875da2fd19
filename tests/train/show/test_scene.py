import pytest
import pytorch_lightning as pl

from leyden.plot import arrange
from leyden.train.graph.access import reads, writes
from leyden.train.graph.planning import plan
from leyden.train.graph.resolution import resolve
from leyden.train.show import arrows_of, vertices_of


@reads("outputs.loss")
@writes("logged.smooth_loss")
class Smooth(pl.Callback):
    """Reads of the task, writes a metric."""


@reads("logged.smooth_loss")
@writes("optimizer.lr")
class Plateau(pl.Callback):
    """Reads what Smooth writes."""


@writes("optimizer.lr")
class WarmUp(pl.Callback):
    """Writes what Plateau writes."""


@reads("batch.image", "optimizer.lr", "optimizer.momentum", "model", "outputs.loss", "outputs.logits")
class Watch(pl.Callback):
    """Reads much."""


@reads("trainer.current_epoch")
class Clock(pl.Callback):
    """Reads nothing that anybody gives."""


@reads("logged.b")
@writes("logged.a")
class One(pl.Callback):
    """One half of a circle."""


@reads("logged.a")
@writes("logged.b")
class Two(pl.Callback):
    """The other half."""


class Foreign(pl.Callback):
    """Says nothing."""


class Silent(pl.Callback):
    """Says nothing either."""


@reads("logged.smoth_loss")
class Typo(pl.Callback):
    """Reads what nobody writes."""


class Task(pl.LightningModule):
    """Logs one number."""

    def training_step(self, batch, index):
        self.log("train_loss", 0.0)


def told(made):
    return {(arrow.first, arrow.then): (arrow.label, arrow.kind) for arrow in arrows_of(made)}


def kinds(made):
    return {vertex.name: vertex.kind for vertex in vertices_of(made)}


def test_state_flows_from_the_data_and_the_task_through_writers_to_readers():
    made = plan([Plateau(), Smooth()])
    assert told(made) == {
        ("(data)", "(task)"): ("batch", "plain"),
        ("(task)", "Smooth"): ("outputs.loss", "plain"),
        ("Smooth", "Plateau"): ("logged.smooth_loss", "plain"),
    }
    assert [vertex.text for vertex in vertices_of(made)] == ["data", "task", "1. Smooth", "2. Plateau"]


def test_what_a_callback_writes_is_not_drawn_from_the_task_and_long_lists_are_cut():
    arrows = told(plan([Watch(), WarmUp()]))
    assert arrows["(data)", "Watch"] == ("batch.image", "plain")
    assert arrows["WarmUp", "Watch"] == ("optimizer.lr", "plain")
    assert arrows["(task)", "Watch"] == ("optimizer.momentum\nmodel\nand 2 more", "plain")


def test_a_resolution_is_written_on_its_arrow():
    assert told(plan([WarmUp(), Plateau(), Smooth()], resolve(WarmUp, Plateau, first=WarmUp)))["WarmUp", "Plateau"] == (
        "resolve",
        "plain",
    )


def test_a_write_conflict_is_one_red_line_without_a_direction():
    made = plan([WarmUp(), Plateau(), Smooth()])
    clash = [arrow for arrow in arrows_of(made) if arrow.kind == "clash"]
    assert [({arrow.first, arrow.then}, arrow.label) for arrow in clash] == [({"WarmUp", "Plateau"}, "optimizer.lr")]
    assert kinds(made) == {
        "(data)": "source", "(task)": "source", "Smooth": "plain", "Plateau": "wrong", "WarmUp": "wrong",
    }  # fmt: skip
    assert "Smooth" in [vertex.text for vertex in vertices_of(made)]  # no number: there is no order


def test_a_circle_is_red():
    arrows = told(plan([One(), Two(), Watch()]))
    assert arrows["One", "Two"] == ("logged.a", "wrong")
    assert arrows["Two", "One"] == ("logged.b", "wrong")


def test_what_nobody_writes_is_a_red_box_of_its_own():
    made = plan([Typo(), Smooth()], task=Task())
    assert [fault.kind for fault in made.faults] == ["missing writer"]
    (lost,) = [vertex for vertex in vertices_of(made) if vertex.text == "logged.smoth_loss"]
    assert (lost.kind, lost.notes) == ("wrong", ("written by nobody",))
    arrows = told(made)
    assert arrows[lost.name, "Typo"] == ("", "wrong")
    assert ("(task)", "Typo") not in arrows


def test_undeclared_callbacks_are_grey_and_wait_for_the_last_writers_only():
    made = plan([Foreign(), Plateau(), Smooth(), Silent()])
    faint = {pair for pair, (_, kind) in told(made).items() if kind == "faint"}
    assert faint == {("Plateau", "Foreign"), ("Plateau", "Silent")}
    assert kinds(made)["Foreign"] == "unknown"


def test_a_box_without_arrows_says_what_it_reads_and_every_box_tells_all_on_hovering():
    boxes = {vertex.name: vertex for vertex in vertices_of(plan([Clock(), WarmUp()]))}
    assert boxes["Clock"].notes == ("reads trainer.current_epoch",)
    assert "writes optimizer.lr" in boxes["WarmUp"].hint


@pytest.mark.parametrize(
    "callbacks", [[], [Clock()], [Foreign(), Silent()], [One(), Two(), Typo(), WarmUp(), Plateau()]]
)
def test_every_plan_can_be_arranged(callbacks):
    made = plan(callbacks, task=Task())
    assert len(arrange(vertices_of(made), arrows_of(made)).boxes) >= len(callbacks) + 2


def test_what_lightning_does_not_allow_is_red():
    @writes("logged.last")
    class Late(pl.callbacks.ModelCheckpoint):
        """Writes after all others have run."""

    @reads("logged.last")
    class Early(pl.Callback):
        """Wants to read it."""

    made = plan([Late(), Early()])
    rule = next(fault for fault in made.faults if fault.kind == "lightning rule")
    assert told(made)[rule.callbacks][1] == "wrong"
