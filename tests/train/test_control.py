import threading

from leyden.train import Control, History, fit


def test_stop_ends_the_run_after_the_present_batch(task, batches):
    control = Control()
    history = History(lambda seen: control.stop() if len(seen.steps) == 2 else None)
    fitted = fit(task, batches, batches, epochs=50, callbacks=[history, control])
    assert fitted.status == "stopped"
    assert len(history.steps) == 2


def test_a_paused_run_waits_and_then_goes_on_to_the_same_weights(task, batches):
    control, reached, plain = Control(), threading.Event(), fit(task, batches, epochs=2)

    def pause_at_three(history):
        if len(history.steps) == 3 and not reached.is_set():
            control.pause()
            reached.set()

    history, results = History(pause_at_three), []
    worker = threading.Thread(target=lambda: results.append(fit(task, batches, epochs=2, callbacks=[history, control])))
    worker.start()
    assert reached.wait(20)
    worker.join(0.3)
    assert worker.is_alive()
    assert len(history.steps) == 3
    control.resume()
    worker.join(20)
    assert results[0].status == "finished"
    assert [step.loss for step in history.steps] == [step.loss for step in plain.history.steps]


def test_a_paused_run_can_be_stopped():
    control = Control()
    control.pause()
    control.stop()
    assert not control.paused
    control.pause()
    assert not control.paused
