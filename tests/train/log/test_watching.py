import pytest

from leyden.train.graph.access import Access
from leyden.train.log.watching import blind_paths, probes_of


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("optimizer.lr", "Groups"),
        ("optimizer.betas", "Groups"),
        ("optimizer.state", "Blind"),
        ("optimizer.lr.0", "Blind"),
        ("optimizer", "Groups"),
        ("logged.a.b/c", "Metric"),
        ("logged.val_*", "Pattern"),
        ("logged", "Pattern"),
        ("model.alpha", "Attributes"),
        ("model.parameters.layer.weight", "Blind"),
        ("model.gradients", "Blind"),
        ("trainer.should_stop", "Attributes"),
        ("trainer.strategy.name", "Attributes"),
        ("trainer.callback_metrics", "Blind"),
        ("trainer.callback_metrics.x", "Blind"),
        ("trainer.max_epochs", "Attributes"),
        ("model", "Blind"),
        ("model.al*", "Blind"),
        ("trainer.estimated_stepping_batches", "Blind"),
        ("scheduler.last_epoch", "Attributes"),
        ("callback.History", "Blind"),
        ("callback.History.total", "Attributes"),
        ("batch.image", "Blind"),
        ("outputs", "Blind"),
        ("checkpoint.extra", "Blind"),
    ],
)
def test_each_path_gets_the_probe_that_can_see_it(path, kind):
    access = Access(writes=(path,))
    kinds = {type(probe).__name__ for probe in probes_of(access)} or {"Blind"}
    assert kinds == {kind}
    assert blind_paths(access) == ((path,) if kind == "Blind" or path == "optimizer" else ())


def test_what_is_only_read_is_not_watched():
    access = Access(reads=("optimizer.lr", "model"))
    assert (probes_of(access), blind_paths(access)) == ((), ())


@pytest.mark.parametrize(
    ("path", "count"), [("optimizer", 4), ("optimizer.*", 4), ("optimizer.m*", 1), ("optimizer.z*", 0)]
)
def test_a_pattern_of_optimizer_keys_is_watched_at_those_that_schedules_change(path, count):
    assert len(probes_of(Access(writes=(path,)))) == count
    assert blind_paths(Access(writes=(path,))) == (path,)
