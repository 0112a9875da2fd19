import copy
from collections import defaultdict

import pytest
import torch
from pytorch_lightning.callbacks import LearningRateMonitor
from torch.optim.lr_scheduler import LambdaLR

from leyden.errors import AccessError


def test_a_rate_is_read_and_written_in_its_group(look):
    with look(writes=["optimizer.lr"]) as seen:
        group = seen.trainer.optimizers[0].param_groups[0]
        assert group["lr"] == pytest.approx(0.01)
        group["lr"] = 0.5
        group.update(lr=0.25)
    assert seen.real.trainer.optimizers[0].param_groups[0]["lr"] == 0.25


@pytest.mark.parametrize("key", ["lr", "momentum", "name"])
def test_every_key_has_its_path(look, key):
    with look(reads=["optimizer.nesterov"]) as seen:
        group = seen.trainer.optimizers[0].param_groups[0]
        with pytest.raises(AccessError, match=f"wrote optimizer.{key}"):
            group[key] = 1
        if key in group:
            with pytest.raises(AccessError, match=f"read optimizer.{key}"):
                group[key]


def test_a_group_is_a_dictionary_whose_other_values_are_sealed(look):
    with look(reads=["optimizer.lr"]) as seen:
        group = seen.trainer.optimizers[0].param_groups[0]
        assert isinstance(group, dict)
        values = dict(group.items())
        assert values["lr"] == pytest.approx(0.01)
        for key in ("momentum", "params"):
            with pytest.raises(AccessError):
                len(values[key])


READS = {
    "optimizer.state": lambda optimizer: optimizer.state,
    "optimizer.defaults": lambda optimizer: optimizer.defaults["lr"],
    "optimizer": lambda optimizer: optimizer.state_dict(),
}


@pytest.mark.parametrize("path", READS)
def test_what_is_read_has_its_path(look, path):
    with look(reads=["optimizer.lr"]) as seen, pytest.raises(AccessError, match=f"read {path} in"):
        READS[path](seen.trainer.optimizers[0])
    with look(reads=[path]) as seen:
        READS[path](seen.trainer.optimizers[0])


WRITES = {
    "model.gradients": lambda optimizer: optimizer.zero_grad(),
    "model.parameters": lambda optimizer: optimizer.step(),
    "optimizer": lambda optimizer: optimizer.add_param_group({"params": [torch.nn.Parameter(torch.ones(1))]}),
    "optimizer.param_groups": lambda optimizer: setattr(optimizer, "param_groups", []),
}


@pytest.mark.parametrize("path", WRITES)
def test_what_writes_has_its_path(look, path):
    with look(reads=["optimizer", "model"]) as seen, pytest.raises(AccessError, match=f"wrote {path} in"):
        WRITES[path](seen.trainer.optimizers[0])
    with look(writes=[path, "optimizer.state"]) as seen:
        WRITES[path](seen.trainer.optimizers[0])


def test_state_changed_in_place_is_seen(look):
    def spoil():
        with look(reads=["optimizer"]) as seen:
            state = seen.trainer.optimizers[0].state
            next(iter(state.values()))["momentum_buffer"].zero_()

    with pytest.raises(AccessError, match=r"wrote optimizer\.state"):
        spoil()


def test_who_may_write_it_all_gets_the_optimiser_itself(look):
    with look(writes=["optimizer"]) as seen:
        assert seen.trainer.optimizers[0] is seen.real.trainer.optimizers[0]


def test_a_scheduler_shows_its_rates_and_is_not_stepped(look):
    with look(reads=["scheduler"]) as seen:
        config = seen.trainer.lr_scheduler_configs[0]
        assert config.interval == "epoch"
        assert config.scheduler.get_last_lr() == pytest.approx([0.01])
        assert config.scheduler.last_epoch == 1
        assert config.scheduler.optimizer == seen.real.trainer.optimizers[0]
        with pytest.raises(AccessError, match="wrote scheduler in"):
            config.scheduler.step()
        with pytest.raises(AccessError, match=r"wrote scheduler\.last_epoch"):
            config.scheduler.last_epoch = 7
    with look(writes=["scheduler", "optimizer.lr"]) as seen:
        seen.trainer.lr_scheduler_configs[0].scheduler.step()
    assert seen.real.trainer.optimizers[0].param_groups[0]["lr"] == pytest.approx(0.001)


def test_schedulers_are_swapped_by_who_may(look):
    with look(writes=["scheduler", "optimizer"]) as seen:
        config = copy.copy(seen.trainer.lr_scheduler_configs[0])
        config.scheduler = LambdaLR(seen.trainer.optimizers[0], lambda epoch: 1.0)
        seen.trainer.lr_scheduler_configs[0] = config
    assert type(seen.real.trainer.lr_scheduler_configs[0].scheduler) is LambdaLR


def test_lightning_names_the_rates_of_views_as_of_optimisers(look):
    def names(trainer):
        return LearningRateMonitor()._find_names_from_optimizers(trainer.optimizers, [], defaultdict(int))[0]

    with look(reads=["optimizer"]) as seen:
        second = torch.optim.Adam(seen.real.task.parameters())
        seen.real.trainer.strategy.optimizers = [*seen.real.trainer.optimizers, second]
        assert names(seen.trainer) == names(seen.real.trainer) == [["lr-SGD"], ["lr-Adam"]]
