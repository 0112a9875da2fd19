import time

import pytest

from leyden.widget import TrainPanel
from leyden.widget.base import live
from widget.gated import Gated, until


@pytest.fixture
def panel(task, batches):
    made = TrainPanel(task, batches, validation=batches, epochs=3)
    yield made
    made.close()


def test_buttons_offer_what_is_possible(panel):
    view = panel.view
    assert [view.start.disabled, view.pause.disabled, view.stop.disabled] == [False, True, True]
    view.start.click()
    panel.wait(60)
    assert panel.settle()
    assert [view.start.disabled, view.pause.disabled, view.stop.disabled] == [False, True, True]
    assert view.start.description == "Start again"
    assert "finished" in view.state.value
    assert 'aria-valuenow="100"' in view.bar.value


def test_curves_are_numbers_and_end_where_the_history_ends(panel):
    view = panel.view
    panel.start()
    panel.wait(60)
    panel.settle()
    assert [line["name"] for line in view.loss.live.lines] == ["batch", "running mean", "validation"]
    assert view.loss.live.lines[0]["y"][-1] == pytest.approx(panel.history.steps[-1].loss, rel=1e-4)
    assert view.loss.live.extent == 12.0
    assert view.scores.live.label.startswith("Validation accuracy: validation ")


def test_samples_carry_words_for_those_who_do_not_see_them(panel):
    view = panel.view
    panel.start()
    panel.wait(60)
    panel.settle()
    assert view.samples.value.count("<img alt=") == 8
    assert "taken for" in view.samples.value


def test_a_foreseeable_mistake_is_a_line_in_the_panel_and_no_traceback(panel):
    panel.view.stop.click()
    panel.settle()
    assert "cannot stop a run that is idle" in panel.view._note.value
    panel.start()
    panel.wait(60)
    panel.settle()
    assert panel.view._note.value == ""


def test_the_pause_button_becomes_resume(task, batches):
    panel = TrainPanel(task, batches, epochs=400)
    view = panel.view
    panel.start()
    view.pause.click()
    panel.settle()
    assert (panel.status, view.pause.description) == ("paused", "Resume")
    view.pause.click()
    assert panel.status == "running"
    panel.close()


def test_a_second_stop_is_offered_while_the_last_validation_goes_on(task, batches):
    validation = Gated(batches * 20, free=1)
    panel = TrainPanel(task, batches, validation=validation, epochs=50)
    view = panel.view
    view.start.click()
    until(lambda: panel.progress.validated == (1, 80))
    view.stop.click()
    panel.settle()
    assert "validating, 1 of 80 batches" in view.state.value
    assert (view.stop.description, view.stop.disabled) == ("Stop now", False)
    view.stop.click()
    validation.passes.release(9)
    assert panel.wait(60).status == "stopped"
    panel.settle()
    assert (view.stop.description, view.stop.disabled) == ("Stop", True)
    panel.close()


def test_a_thousand_steps_a_second_cost_a_few_redraws(task, batches):
    panel = TrainPanel(task, batches, epochs=50)
    drawn = []
    view = panel.view
    view.loss.live.observe(lambda change: drawn.append(time.monotonic()), "lines")
    start = time.monotonic()
    panel.start()
    panel.wait(60)
    panel.settle()
    assert len(panel.history.steps) == 200
    assert len(drawn) <= 5 * (time.monotonic() - start) + 2
    panel.close()


def test_without_anywidget_the_curves_are_drawings_that_say_the_same(task, batches, monkeypatch):
    monkeypatch.setattr(live, "LIVE", False)
    panel = TrainPanel(task, batches, epochs=1)
    view = panel.view
    panel.start()
    panel.wait(60)
    panel.settle()
    assert view.loss.live is None
    assert f"batch {panel.history.steps[-1].loss:.3g}" in view.loss.picture.value
    assert '<svg class="sketch" role="img" aria-label="Loss: batch ' in view.loss.picture.value
    panel.close()
