import pytest

from leyden.errors import PanelError
from leyden.train import fit
from leyden.widget.workbench.record import Exported, Ledger, Stage, Training, stamp_of, training_of


@pytest.fixture
def ledger(task):
    return Ledger((Training(0, task),)).add(Training(1, task), prune=True).add(Training(2, task), prune=False)


def test_a_training_is_remembered_with_the_score_of_its_very_weights(task, batches):
    last = training_of(fit(task, batches, batches, epochs=2), 1, move=None)
    best = training_of(fit(task, batches, batches, epochs=2, keep="best"), 2, move=None)
    assert last.score == last.fitted.history.epochs[-1].metrics["val_accuracy"]
    assert best.score == max(epoch.metrics["val_accuracy"] for epoch in best.fitted.history.epochs)
    assert str(last) == f"training 1, val_accuracy {last.score:.3f}"
    assert str(Training(0, task)) == "the task as given"


def test_without_validation_there_is_no_score(task, batches):
    assert training_of(fit(task, batches, epochs=1), 1, move=None).score is None


def test_the_newest_is_in_use_and_pruned_only_where_nothing_is_lost_by_it(ledger):
    assert (ledger.using, ledger.pruning, ledger.newest) == (2, 1, 2)
    assert ledger[1].number == 1
    back = ledger.use(0)
    assert (back.using, back.pruning, back.newest) == (0, 0, 2)


def test_a_number_is_not_given_twice(ledger, task):
    fewer = ledger.use(1).forget(2)
    assert [training.number for training in fewer.trainings] == [0, 1]
    assert fewer.add(Training(fewer.newest + 1, task), prune=True).using == 3


def test_what_is_needed_is_not_forgotten_and_what_is_not_there_is_said(ledger):
    for number in (0, 1, 2):
        with pytest.raises(PanelError, match=r"needed still: use\(\) another one"):
            ledger.forget(number)
    with pytest.raises(PanelError, match=r"no training 7: there is 0, 1, 2 \(0 is the task as given\)"):
        ledger.use(7)


def test_a_file_that_somebody_changed_is_known(tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(b"1234")
    done = Exported(path, Stage(1, None), 4, 3, 2e-7, 1e-4, 0.001, 5.0, stamp_of(path))
    assert done.untouched
    assert str(done) == "net.onnx, 4 bytes (3 zipped), differs from the network by 2.0e-07 at most"
    path.write_bytes(b"12345")
    assert not done.untouched
    path.unlink()
    assert not done.untouched
