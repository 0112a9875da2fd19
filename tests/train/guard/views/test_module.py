import copy

import pytest
import torch
from pytorch_lightning.utilities.model_helpers import is_overridden
from torch import nn

from leyden.errors import AccessError

WEIGHT = r"model\.parameters\.net\.0\.weight"


def double(tensors):
    with torch.no_grad():
        for tensor in tensors:
            tensor.mul_(2)


READS = {
    "by attribute": lambda task: task.net[0].weight,
    "all": lambda task: list(task.parameters()),
    "named": lambda task: dict(task.named_parameters()),
    "of a part": lambda task: list(task.net.parameters()),
    "by name": lambda task: task.get_parameter("net.0.weight"),
    "by module name": lambda task: task.get_submodule("net.0").weight,
    "walking": lambda task: [parameter for module in task.modules() for parameter in module.parameters(recurse=False)],
    "children": lambda task: [list(child.parameters()) for _, child in task.named_children()],
    "state": lambda task: task.state_dict(),
    "copy": copy.deepcopy,
    "forward": lambda task: task.net(torch.ones(2, 3)),
    "forward method": lambda task: task.net.forward(torch.ones(2, 3)),
    "apply": lambda task: task.apply(lambda module: list(module.parameters())),
    "groups": lambda task: task.optimizers().param_groups[0]["params"],
}


@pytest.mark.parametrize("read", READS)
def test_parameters_are_handed_out_to_who_reads_them(look, read):
    with look(reads=["model.alpha"]) as seen, pytest.raises(AccessError, match=f"Mine read {WEIGHT}"):
        READS[read](seen.task)
    with look(reads=["model.parameters", "model.buffers"]) as seen:
        seen.real.task.eval()
        READS[read](seen.task)


@pytest.mark.parametrize("read", ["by attribute", "all", "named", "walking", "by name", "groups"])
def test_who_reads_gradients_reaches_them_through_the_parameters(look, read):
    with look(reads=["model.gradients"]) as seen:
        READS[read](seen.task)


@pytest.mark.parametrize("read", ["by attribute", "all", "state", "groups"])
def test_parameters_changed_in_place_are_named_at_the_end(look, read):
    said = f"Mine wrote .*{WEIGHT}.* in on_train_batch_end"

    def spoil():
        with look(reads=["model.parameters", "model.buffers"]) as seen:
            found = READS[read](seen.task)
            double([found] if torch.is_tensor(found) else found.values() if isinstance(found, dict) else found)

    with pytest.raises(AccessError, match=said):
        spoil()


def test_gradients_changed_in_place_are_named_at_the_end(look):
    said = r"wrote model\.gradients\.net\.0\.weight"
    with pytest.raises(AccessError, match=said), look(writes=["model.parameters"]) as seen:
        torch.nn.utils.clip_grad_norm_(seen.task.parameters(), 1e-9)
    with look(writes=["model.gradients"]) as seen:
        torch.nn.utils.clip_grad_norm_(seen.task.parameters(), 1e-9)


def test_a_forward_pass_in_training_writes_the_statistics(look):
    said = r"wrote model\.buffers\.net\.1\.num_batches_tracked"
    with pytest.raises(AccessError, match=said), look(reads=["model.parameters", "model.buffers"]) as seen:
        seen.task.net(torch.ones(2, 3))


def test_one_layer_can_be_granted_alone(look):
    with look(reads=["model.parameters.net.2"]) as seen:
        assert seen.task.net[2].weight is seen.real.task.net[2].weight
        assert len(list(seen.task.net[2].parameters())) == 2
        with pytest.raises(AccessError, match=WEIGHT):
            _ = seen.task.net[0].weight


def test_the_structure_is_free(look):
    with look() as seen:
        names = [name for name, _ in seen.task.named_modules()]
        assert names == ["", "net", "net.0", "net.1", "net.2", "parts", "parts.one"]
        assert len(list(seen.task.children())) == 2
        assert len(seen.task.net) == 3
        assert [type(layer).__name__ for layer in seen.task.net] == ["Linear", "BatchNorm1d", "Linear"]
        assert seen.task.net[0] in seen.task.net
        assert isinstance(seen.task.parts["one"], nn.ReLU)
        assert "one" in seen.task.parts
        assert list(seen.task.parts.keys()) == ["one"]
        assert [(name, type(part).__name__) for name, part in seen.task.parts.items()] == [("one", "ReLU")]


ATTRIBUTES = {
    "alpha": lambda task: task.alpha,
    "middle": lambda task: task.middle,
    "training": lambda task: task.training,
    "net.0.in_features": lambda task: task.net[0].in_features,
    "device": lambda task: task.device,
    "buffers.net.1.running_mean": lambda task: task.net[1].running_mean,
    "hooks": lambda task: task.net.register_forward_hook(lambda *_: None),
}


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_attributes_have_their_paths(look, name):
    with look(reads=["outputs"]) as seen, pytest.raises(AccessError, match=f"Mine read model.{name} in"):
        ATTRIBUTES[name](seen.task)
    with look(reads=[f"model.{name}"]) as seen:
        ATTRIBUTES[name](seen.task)


def test_what_the_task_tells_of_the_trainer_is_the_trainers(look):
    with look(reads=["trainer.global_step", "trainer.current_epoch"]) as seen:
        assert seen.task.global_step == 1
        assert seen.task.current_epoch == seen.real.trainer.current_epoch
    with look(reads=["model"]) as seen, pytest.raises(AccessError, match=r"read trainer\.global_step"):
        _ = seen.task.global_step


WRITES = {
    "model.alpha": lambda task: setattr(task, "alpha", 1),
    "model.training": lambda task: task.eval(),
    "model.training ": lambda task: setattr(task.net[1], "training", False),
    "model.net.1.momentum": lambda task: setattr(task.net[1], "momentum", None),
    "model.parameters.net.0.weight": lambda task: setattr(task.net[0], "weight", nn.Parameter(torch.ones(4, 3))),
    "model.parameters.net": lambda task: setattr(task, "net", nn.Linear(3, 1)),
    "model.buffers.net.1.running_mean": lambda task: setattr(task.net[1], "running_mean", torch.zeros(4)),
    "model.gradients": lambda task: task.zero_grad(),
    "model.parameters": lambda task: task.requires_grad_(False),
}


@pytest.mark.parametrize("path", WRITES)
def test_writes_have_their_paths(look, path):
    act, path = WRITES[path], path.strip()
    with look(reads=["model"]) as seen, pytest.raises(AccessError, match=f"Mine wrote {path} in"):
        act(seen.task)
    with look(writes=[path]) as seen:
        act(seen.task)


def test_freezing_by_hand_is_a_write(look):
    with pytest.raises(AccessError, match=WEIGHT), look(reads=["model.parameters"]) as seen:
        seen.task.net[0].weight.requires_grad = False


def test_to_ask_whether_a_hook_is_overridden_is_free(look):
    with look() as seen:
        assert not is_overridden("optimizer_step", seen.task)
        assert is_overridden("training_step", seen.task)


def test_its_optimizers_and_schedulers_are_views(look):
    with look(reads=["optimizer.lr"], writes=["scheduler"]) as seen:
        assert seen.task.optimizers().param_groups[0]["lr"] == pytest.approx(0.01)
        with pytest.raises(AccessError, match=r"wrote optimizer\.lr"):
            seen.task.lr_schedulers().step()
        with pytest.raises(AccessError, match=r"read optimizer\.momentum"):
            seen.task.optimizers(use_pl_optimizer=False).param_groups[0]["momentum"]


def test_a_replaced_layer_is_under_its_name(look):
    with look(reads=["model.parameters.net.0"]) as seen:
        assert seen.task.net[0].weight is not None
        seen.real.task.net[0] = nn.Linear(3, 4)
        assert seen.task.net[0].weight is seen.real.task.net[0].weight


def test_a_layer_may_call_something_of_its_own_log(look):
    with look(reads=["model.net.0.log"]) as seen:
        seen.real.task.net[0].log = 3
        assert seen.task.net[0].log == 3
        assert not hasattr(seen.task.net[1], "log")
        with pytest.raises(AccessError, match=r"wrote logged\.mine"):
            seen.task.log("mine", 1.0)
