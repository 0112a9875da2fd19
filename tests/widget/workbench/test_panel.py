import pytest
import torch

from leyden.augment import Flip
from leyden.errors import PanelError
from leyden.train import Callback
from leyden.widget import AugmentPanel, CallbackPanel, DataPanel, PrunePanel, TrainPanel
from leyden.widget.workbench import Workbench


def test_panels_are_the_classes_that_they_are_alone_and_made_once(bench):
    kinds = {"data": DataPanel, "augment": AugmentPanel, "callbacks": CallbackPanel, "train": TrainPanel}
    for name, kind in (kinds | {"prune": PrunePanel}).items():
        assert type(getattr(bench, name)) is kind
        assert getattr(bench, name) is getattr(bench, name)


def test_training_learns_from_the_augmentation_as_it_was_left(task, making, trained):
    bench = Workbench(task, making, move=Flip("x"), epochs=1)
    first = trained(bench.train).task.state_dict()
    bench.close()
    plain = Workbench(task, making, epochs=1)
    second = trained(plain.train).task.state_dict()
    plain.close()
    assert any(not torch.equal(first[name], value) for name, value in second.items())


def test_an_augmentation_that_is_turned_later_is_said(bench, trained):
    trained(bench.train)
    assert bench.stale == ()
    bench.augment.turn("Flip.axis", "y")
    assert bench.move == Flip("y")
    assert bench.stale == ("the augmentation was changed since training 1: start training again to learn with it",)
    trained(bench.train)
    assert bench.trainings[-1].move == Flip("y")
    assert bench.stale == ()


def test_the_task_given_stays_as_it_was_and_the_trained_one_is_the_bench_s(bench, task, trained):
    before = {name: value.clone() for name, value in task.state_dict().items()}
    fitted = trained(bench.train)
    assert bench.task is fitted.task
    bench.prune.prune(0.5)
    assert int((bench.model[0].weight == 0).sum()) == 54
    assert all(torch.equal(before[name], value) for name, value in task.state_dict().items())
    assert repr(bench) == "Workbench(training 1, 50% pruned)"


def test_an_earlier_training_is_taken_up_again_pruned_as_it_was_left(bench, trained):
    trained(bench.train)
    bench.prune.prune(0.5)
    trained(bench.train)
    assert repr(bench) == "Workbench(training 1, 50% pruned, 1 left behind)"
    bench.update()
    bench.prune.prune(0.9)
    bench.use(1)
    assert (bench.using, bench.prune.choice.sparsity, bench.stale) == (1, 0.5, ())
    bench.forget(2)
    assert [training.number for training in bench.trainings] == [0, 1]
    bench.update()  # nothing was left behind: nothing is done
    assert bench.using == 1


def test_callbacks_watch_training_and_their_panel_knows(task, batches, trained):
    class Counts(Callback):
        seen = 0

        def on_train_batch_end(self, trainer, task, outputs, batch, batch_idx):
            self.seen += 1

    counts = Counts()
    bench = Workbench(task, batches, epochs=1, callbacks=[counts])
    trained(bench.train)
    assert counts.seen == 4
    assert "Counts" in bench.callbacks.names
    bench.close()


@pytest.mark.usefixtures("unchecked")
def test_what_there_is_not_yet_says_what_to_do(task, batches):
    bench = Workbench(task, batches)
    with pytest.raises(PanelError, match=r"call export\(path\)"):
        assert bench.onnx
    with pytest.raises(PanelError, match=r"call prune\.tune\(\)"):
        assert bench.again
    with pytest.raises(PanelError, match="make it with move=, a transform"):
        assert bench.augment
    with pytest.raises(PanelError, match="no section 'volume'; there is data, augment"):
        bench.turn_to("volume")
    bench.close()
    with pytest.raises(PanelError, match="this Workbench is closed"):
        assert bench.train


@pytest.mark.usefixtures("unchecked")
def test_faults_are_told_at_the_door(task, batches):
    with pytest.raises(PanelError, match="epochs must be 1 or more, given 0; retune must be 1 or more, given 0"):
        Workbench(task, batches, epochs=0, retune=0)
    with pytest.raises(PanelError, match=r"task must be a leyden\.train\.Task, given Sequential"):
        Workbench(task.model, batches)


def test_it_shows_itself_without_a_front_end(bench, trained, tmp_path):
    assert bench.still().startswith(b"\x89PNG")
    trained(bench.train)
    (tmp_path / "net.onnx").touch()
    with pytest.raises(PanelError, match="is there already"):
        bench.export(tmp_path / "net.onnx")
    bundle = bench._repr_mimebundle_()
    assert bundle["text/plain"] == "Workbench(training 1, not pruned)"
    assert bundle["text/html"].count("<img") == 1
    assert "application/vnd.jupyter.widget-view+json" in bundle
