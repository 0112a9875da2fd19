import torch

from leyden.train.graph.access import Access
from leyden.train.guard.copies import copies
from leyden.train.guard.grant import Grant

EVERYTHING = ("callback", "logged", "model.alpha", "optimizer", "scheduler", "trainer")


def taken(look, *reads):
    with look(reads=reads) as seen:
        real = seen.real
        return real, copies(Grant(Access(reads)), real.trainer, real.task)


def test_small_values_that_are_read_are_copied(look):
    real, found = taken(look, "trainer.global_step", "model.alpha", "optimizer.lr", "trainer.fit_loop.max_epochs")
    group = real.trainer.optimizers[0].param_groups[0]
    assert found == {
        (id(real.trainer), "global_step"): 1,
        (id(real.task), "alpha"): 0.5,
        (id(group), "lr"): group["lr"],
        (id(real.trainer.fit_loop), "max_epochs"): real.trainer.fit_loop.max_epochs,
    }


def test_metrics_are_copies_of_their_own(look):
    real, found = taken(look, "logged.train_loss")
    kept = found[id(real.trainer), "callback_metrics"]["train_loss"]
    live = real.trainer.callback_metrics["train_loss"]
    assert torch.equal(kept, live)
    assert kept.data_ptr() != live.data_ptr()


def test_who_reads_all_gets_no_tensors_of_the_task(look):
    real, found = taken(look, *EVERYTHING)
    weights = {parameter.data_ptr() for parameter in real.task.parameters()}
    tensors = [value for value in found.values() if isinstance(value, torch.Tensor)]
    assert not weights & {tensor.data_ptr() for tensor in tensors}
    assert found[id(real.trainer), "current_epoch"] == real.trainer.current_epoch
    assert found[id(real.trainer.lr_scheduler_configs[0].scheduler), "last_epoch"] == 1
    assert found[id(real.trainer.callbacks[-1]), "count"] == 7


def test_a_path_that_leads_nowhere_is_left_out(look):
    _, found = taken(look, "trainer.fit_loop.nothing.here", "model.nothing")
    assert found == {}
