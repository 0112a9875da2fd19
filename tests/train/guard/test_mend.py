import pytest
import pytorch_lightning as pl
from pytorch_lightning.callbacks import EarlyStopping

from leyden.train.graph.access import Access, access_of, declare, reads, writes
from leyden.train.guard.grant import Grant
from leyden.train.guard.mend import mending


def test_an_own_class_is_mended_by_a_decorator():
    line = mending(Grant(Access(("batch",))), "Mine 2", "read", ["outputs.loss", "optimizer.lr"])
    assert line == 'add @reads("outputs.loss", "optimizer.lr") above class Mine, or those paths to its declare(...)'


def test_tensors_are_named_all_together():
    line = mending(Grant(Access(("batch",))), "Mine", "write", ["model.parameters.a.weight", "model.parameters.a.bias"])
    assert line.startswith('add @writes("model.parameters") above')


def test_the_line_for_an_undeclared_class_runs_and_grants():
    class Foreign(pl.Callback):
        pass

    line = mending(Grant(access_of(Foreign())), "Foreign", "write", ["trainer.should_stop"])
    exec(line.removeprefix("say what it does: "), {"declare": declare, "Foreign": Foreign})
    assert access_of(Foreign()).writes == ("trainer.should_stop",)
    assert "batch" in access_of(Foreign()).reads


def test_the_line_for_a_callback_of_lightning_runs_and_grants():
    callback = EarlyStopping("val_loss")
    grant = Grant(Access(("logged.val_loss",)))
    line = mending(grant, "EarlyStopping", "write", ["trainer.should_stop"], callback=callback)
    start, code, _ = line.replace("say what this one does: ", "|").replace(", where", "|").split("|")
    assert start == ""
    exec(code, {"declare": declare, "callback": callback})
    assert access_of(callback) == Access(("logged.val_loss",), ("trainer.should_stop",))


@pytest.mark.parametrize(("verb", "decorator"), [("read", reads), ("write", writes)])
def test_the_decorator_it_names_grants_the_path(verb, decorator):
    @reads("batch")
    class Mine(pl.Callback):
        pass

    line = mending(Grant(access_of(Mine())), "Mine", verb, ["optimizer.lr"])
    assert f'@{decorator.__name__}("optimizer.lr")' in line
    grant = Grant(access_of(decorator("optimizer.lr")(Mine)()))
    assert grant.readable["optimizer.lr"]
