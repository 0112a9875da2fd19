import time

import pytest

from leyden.errors import PanelError
from leyden.widget.workbench.dock import Dock
from leyden.widget.workbench.feed import Stock
from leyden.widget.workbench.source import Given


@pytest.fixture
def dock(line, batches):
    said = []
    stock = Stock(Given(lambda _: batches, batches, None), lambda: None)
    made = Dock(line, stock, prep=None, changed=lambda: None, say=said.append)
    made.said = said
    yield made
    made.close()


def test_what_was_left_behind_is_brought_up_to_date_by_one_call(dock, line, trained, tmp_path):
    path = tmp_path / "net.onnx"
    trained(line.train())
    line.prune().prune(0.5)
    line.prune().tune()
    line.prune().wait(60)
    dock.export(path, replace=False)
    first = dock.wait(120)
    assert first.stage == line.stage
    trained(line.train())
    with pytest.raises(PanelError, match=r"training 2 came after training 1, .* update\(\) .*, use\(1\) goes back"):
        dock.export(path, replace=True)
    assert dock.update()
    second = dock.wait(120)
    assert second.stage == line.stage
    assert (second.stage.training, second.stage.choice.sparsity, second.stage.choice.tuned) == (2, 0.5, 1)
    assert path.read_bytes() != b""
    assert second.untouched
    assert not first.untouched
    assert not dock.update()
    assert len(dock.panels) == 2


def test_only_the_pruning_is_brought_up_to_date_where_nothing_was_written(dock, line, trained):
    trained(line.train())
    line.prune().prune(0.5)
    line.prune().measure()
    line.prune().wait(60)
    trained(line.train())
    dock.update()
    assert dock.wait(60) is None
    assert line.stage.training == 2
    assert line.prune().accuracy is not None
    assert (dock.status, dock.doing, dock.progress) == ("finished", "", (2, 2))


def test_nothing_is_written_while_something_learns(dock, line, tmp_path):
    line.train().start()
    with pytest.raises(PanelError, match=r"training is under way: wait for it, or stop it first"):
        dock.export(tmp_path / "net.onnx", replace=False)
    line.train().wait(60)
    with pytest.raises(PanelError, match="begin some first"):
        dock.wait()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # it may hit a collection of garbage
def test_an_export_that_is_stopped_leaves_no_file_and_the_next_one_is_whole(dock, line, tmp_path):
    dock.export(tmp_path / "net.onnx", replace=False)
    time.sleep(0.3)
    dock.stop()
    assert dock.wait(120) is None
    assert dock.status == "stopped"
    assert list(tmp_path.iterdir()) == []
    dock.export(tmp_path / "net.onnx", replace=False)
    assert dock.wait(120).untouched


def test_what_goes_wrong_is_said_and_raised_again(line, tmp_path):
    said = []
    stock = Stock(Given(lambda _: [{"image": 1}], None, None), lambda: None)
    dock = Dock(line, stock, prep=None, changed=lambda: None, say=said.append)
    dock.export(tmp_path / "net.onnx", replace=False)
    with pytest.raises(PanelError, match="needs batches that begin with a tensor"):
        dock.wait(60)
    assert dock.status == "failed"
    assert "needs batches that begin with a tensor" in said[-1]
    assert list(tmp_path.iterdir()) == []
    dock.close()
