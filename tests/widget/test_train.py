import os
import signal
import threading
import time

import pytest
import torch
from torch import nn

from leyden.errors import PanelError
from leyden.train import Classifier, Tuning, fit
from leyden.widget import TrainPanel
from widget.gated import Gated, until


def test_weights_are_bit_for_bit_those_of_training_on_the_main_thread(task, batches):
    panel = TrainPanel(task, batches, validation=batches, epochs=3, seed=5)
    panel.start()
    there = panel.wait(60).task.state_dict()
    here = fit(task, batches, batches, epochs=3, seed=5).task.state_dict()
    assert all(torch.equal(there[name], value) for name, value in here.items())
    assert panel.status == "finished"
    panel.close()


def test_the_task_given_stays_as_it_was_and_a_second_run_repeats_the_first(task, batches):
    before = {name: value.clone() for name, value in task.state_dict().items()}
    panel = TrainPanel(task, batches, epochs=1)
    losses = []
    for _ in range(2):
        panel.start()
        panel.wait(60)
        losses.append([step.loss for step in panel.history.steps])
    assert all(torch.equal(before[name], value) for name, value in task.state_dict().items())
    assert losses[0] == losses[1]
    panel.close()


def test_a_run_is_held_goes_on_and_ends_as_asked(task, batches):
    pipe = Gated(batches, free=2)
    panel = TrainPanel(task, pipe, epochs=9)
    panel.start()
    until(lambda: len(panel.history.steps) >= 1)
    panel.pause()
    pipe.passes.release(50)
    until(lambda: len(panel.history.steps) >= 2)
    time.sleep(0.1)
    held = len(panel.history.steps)
    assert panel.status == "paused"
    assert held <= 3
    panel.resume()
    until(lambda: len(panel.history.steps) > held + 2)
    panel.stop()
    assert panel.status == "stopping"
    fitted = panel.wait(60)
    assert fitted.status == panel.status == "stopped"
    assert len(panel.history.steps) < 36
    assert panel.result is fitted
    panel.close()


def test_a_held_run_can_be_stopped(task, batches):
    panel = TrainPanel(task, batches, epochs=50)
    panel.start()
    panel.pause()
    panel.stop()
    assert panel.wait(60).status == "stopped"
    panel.close()


@pytest.mark.parametrize(
    ("action", "told"), [("pause", "pause a run that is idle"), ("resume", "paused"), ("stop", "stop")]
)
def test_what_needs_a_run_says_so_without_one(task, batches, action, told):
    panel = TrainPanel(task, batches)
    with pytest.raises(PanelError, match=told):
        getattr(panel, action)()
    assert panel.status == "idle"


def test_starting_twice_and_waiting_for_nothing_are_refused(task, batches):
    pipe = Gated(batches)
    panel = TrainPanel(task, pipe, epochs=1)
    with pytest.raises(PanelError, match="call start\\(\\) first"):
        panel.wait()
    panel.start()
    with pytest.raises(PanelError, match="a run is running already"):
        panel.start()
    with pytest.raises(PanelError, match=r"still at work after 0\.01 s"):
        panel.wait(0.01)
    pipe.passes.release(50)
    panel.close()


def test_an_error_in_the_data_is_told_in_one_line_and_raised_again(task, batches):
    bad = [*batches[:1], (torch.zeros(2, 5, 6, 6), torch.zeros(2, dtype=torch.int64))]
    panel = TrainPanel(task, bad, epochs=1)
    panel.start()
    with pytest.raises(RuntimeError, match="channels"):
        panel.wait(60)
    assert panel.status == "failed"
    assert panel.error is not None
    assert panel.result is None
    assert panel.message.startswith("the pictures have 5 channels and the network takes 3: ")
    assert "(RuntimeError: Given groups=1" in panel.message
    assert "\n" not in panel.message
    assert ("error", panel.message) in panel.facts()
    with pytest.raises(PanelError, match=r"cannot resume a run that is failed \(the pictures have 5 channels"):
        panel.resume()
    panel.close()


def test_a_loss_that_is_no_number_is_said(task, batches):
    images, labels = batches[0]
    panel = TrainPanel(task, [*batches, (images * float("nan"), labels)], epochs=1)
    panel.start()
    panel.wait(60)
    assert panel.message == "the loss is not a number from step 5 on: lower the rate, or look at the data"
    panel.close()


def test_a_loss_that_is_no_number_is_said_while_the_run_goes_on(task, batches):
    images, labels = batches[0]
    pipe = Gated([(images * float("nan"), labels), *batches], free=2)
    panel = TrainPanel(task, pipe, epochs=1)
    panel.start()
    until(lambda: panel.message)
    assert panel.message.startswith("the loss is not a number from step 1 on")
    assert panel.status == "running"
    pipe.passes.release(9)
    panel.close()


def test_a_loader_that_breaks_in_the_second_epoch_leaves_the_history_and_a_panel_that_can_start_again(task, batches):
    class Breaks(list):
        taken = 0

        def __getitem__(self, index):
            self.taken += 1
            if self.taken == 6:
                raise OSError("the disk is gone")
            return super().__getitem__(index)

    panel = TrainPanel(task, Breaks(batches), epochs=2)
    panel.start()
    with pytest.raises(OSError, match="the disk is gone"):
        panel.wait(60)
    assert panel.message.startswith("OSError: the disk is gone")
    assert (len(panel.history.epochs), panel.status) == (1, "failed")
    panel.start()
    assert panel.wait(60).status == panel.status == "finished"
    assert panel.message == ""
    panel.close()


def test_batches_without_a_length_or_without_batches_are_refused_at_the_door(task, batches):
    with pytest.raises(PanelError, match=r"pipe must be batches with a length.*a generator; validation has no batches"):
        TrainPanel(task, (batch for batch in batches), validation=[])


def test_a_second_stop_ends_the_last_validation_after_its_present_batch(task, batches):
    validation = Gated(batches * 20, free=1)
    panel = TrainPanel(task, batches, validation=validation, epochs=50)
    panel.start()
    until(lambda: panel.progress.validated == (1, 80))
    assert "validating, 1 of 80 batches" in str(panel.progress)
    panel.stop()
    panel.stop()
    validation.passes.release(9)
    assert panel.wait(60).status == "stopped"
    assert validation.passes.acquire(blocking=False)  # of 80 batches it took a few, those fetched ahead included
    assert "val_loss" in panel.history.epochs[-1].metrics
    assert panel.progress.validated is None
    panel.close()


def test_ctrl_c_while_waiting_stops_the_run_and_keeps_it(task, batches):
    panel = TrainPanel(task, batches, epochs=100_000)
    panel.start()
    until(lambda: panel.history.steps)
    timer = threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    assert panel.wait().status == panel.status == "interrupted"
    timer.join()
    panel.close()


def test_closing_ends_a_run_that_is_under_way(task, batches):
    panel = TrainPanel(task, batches, epochs=5000)
    panel.start()
    panel.close()
    assert panel.status == "stopped"
    with pytest.raises(PanelError, match="closed"):
        panel.start()


def test_samples_show_the_truth_first_and_predictions_in_the_end(task, batches):
    images, labels = batches[0]
    panel = TrainPanel(task, batches, validation=batches, epochs=8, examples=(images, labels))
    assert panel.samples.truth == ("dark", "light") * 4
    assert panel.samples.chosen == ()
    panel.start()
    panel.wait(60)
    assert panel.samples.chosen == panel.samples.truth
    assert all(panel.samples.right)
    assert all(0.5 < sure <= 1 for sure in panel.samples.sure)
    panel.close()


def test_predictions_are_there_after_the_first_epoch_already(task, batches):
    pipe = Gated(batches, free=5)
    panel = TrainPanel(task, pipe, epochs=2, examples=batches[0])
    panel.start()
    until(lambda: len(panel.history.steps) == 5)
    assert len(panel.samples.chosen) == 8
    assert panel.status == "running"
    pipe.passes.release(9)
    panel.wait(60)
    panel.close()


def test_without_examples_the_first_validation_batch_is_shown(task, batches):
    panel = TrainPanel(task, batches, validation=batches[1:], epochs=1)
    assert panel.samples is None
    panel.start()
    panel.wait(60)
    assert len(panel.samples.truth) == 8
    panel.close()


def test_a_run_does_not_fail_for_want_of_something_to_show():
    task = Classifier(nn.Sequential(nn.Flatten(), nn.Linear(16, 2)), ["a", "b"], tuning=Tuning(freeze=0))
    spectral = [(torch.rand(2, 4, 2, 2), torch.tensor([0, 1]))]
    panel = TrainPanel(task, spectral, validation=spectral, epochs=1)
    panel.start()
    assert panel.wait(60).status == "finished"
    assert panel.samples is None
    panel.close()


def test_a_label_without_a_class_is_told_and_drawn_all_the_same(task, batches):
    images, labels = batches[0]
    panel = TrainPanel(task, batches, validation=[(images, labels + 5)], epochs=1)
    panel.start()
    with pytest.raises(IndexError, match="out of bounds"):
        panel.wait(60)
    assert panel.message.startswith("a label is 5, and the network tells fewer classes apart")
    assert panel.samples.truth[:2] == ("label 5", "label 6")
    panel.close()


def test_a_network_that_is_no_task_is_refused_at_the_door(batches, unchecked):
    with pytest.raises(PanelError, match=r"task must be a leyden.train.Task, .* given a Linear"):
        TrainPanel(torch.nn.Linear(2, 2), batches)


def test_examples_that_are_no_batch_are_refused_at_the_door(task, batches):
    with pytest.raises(PanelError, match="one \\(images, labels\\) batch"):
        TrainPanel(task, batches, examples=[torch.zeros(1, 3, 6, 6)])
    with pytest.raises(PanelError, match=r"1 or 3 channels and one label each, given shapes \(2, 5, 6, 6\)"):
        TrainPanel(task, batches, examples=(torch.zeros(2, 5, 6, 6), torch.zeros(2, dtype=torch.int64)))
    with pytest.raises(PanelError, match="epochs must be 1 or more, given 0"):
        TrainPanel(task, batches, epochs=0)


def test_progress_tells_steps_and_the_time_left(task, batches):
    pipe = Gated(batches, free=2)
    panel = TrainPanel(task, pipe, epochs=1)
    assert str(panel.progress) == "not started · 0 s"
    panel.start()
    until(lambda: len(panel.history.steps) == 2)
    assert (panel.progress.step, panel.progress.total) == (2, 4)
    assert panel.progress.remaining == pytest.approx(panel.progress.seconds, rel=0.5)
    pipe.passes.release(9)
    panel.wait(60)
    assert panel.progress.remaining is None
    assert panel.progress.share == 1
    panel.close()


def test_a_panel_prints_without_addresses_and_shows_itself_without_a_front_end(task, batches):
    panel = TrainPanel(task, batches, validation=batches, epochs=1)
    assert repr(panel) == "TrainPanel(idle, 0 of 0 steps)"
    assert panel.still().startswith(b"\x89PNG")
    panel.start()
    panel.wait(60)
    bundle = panel._repr_mimebundle_()
    assert bundle["text/plain"].startswith("TrainPanel(finished, 4 of 4 steps, val_accuracy ")
    assert bundle["text/html"].count("<img") == 3
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "application/vnd.jupyter.widget-view+json" not in panel.picture()._repr_mimebundle_()
    panel.close()
