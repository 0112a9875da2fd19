import ipywidgets
import pytest

from leyden.widget.workbench import Workbench


@pytest.fixture
def view(bench):
    return bench.view


def texts(box):
    return " ".join(str(each.value) for each in box.children if isinstance(each, ipywidgets.HTML))


def test_a_tab_is_filled_when_it_is_first_shown(bench, view):
    assert list(view.tabs.titles) == ["Data", "Augmentation", "Callbacks", "Training", "Pruning", "ONNX"]
    assert [len(slot.children) for slot in view.slots.values()] == [1, 0, 0, 0, 0, 0]
    view.tabs.selected_index = 3
    assert bench.section == "train"
    assert bench.settle()
    assert view.slots["train"].children == (bench.train.view.widget,)
    assert len(view.slots["prune"].children) == 0
    bench.turn_to("augment")
    assert bench.settle()
    assert view.tabs.selected_index == 1


def test_titles_and_the_line_on_top_say_how_everything_stands(bench, view, trained):
    trained(bench.train)
    bench.prune.prune(0.5)
    assert bench.settle()
    score = bench.trainings[1].score
    assert view.tabs.titles[3] == f"Training: {score:.3f}"
    assert view.tabs.titles[4] == "Pruning: 50%"
    assert "50% pruned" in view.state.value
    assert view.update.layout.display == "none"


def test_a_pruned_network_that_was_trained_again_is_one_button_from_up_to_date(bench, view, trained):
    trained(bench.train)
    bench.prune.prune(0.5)
    trained(bench.train)
    assert bench.settle()
    assert "trained again since this was pruned" in view.behind.value
    assert view.update.layout.display is None
    view.update.click()
    bench.wait(60)
    assert bench.settle()
    assert view.behind.value == ""
    assert bench.prune.choice.sparsity == 0.5
    assert [number for _, number in view.using.options] == [0, 1, 2]
    view.using.value = 1
    assert bench.using == 1


def test_a_list_of_trainings_that_grows_chooses_nothing_by_itself(bench, view, trained):
    trained(bench.train)
    assert bench.settle()
    trained(bench.train)
    assert bench.settle()
    assert (bench.using, view.using.value) == (2, 2)


def test_a_panel_that_is_not_there_says_why_in_its_tab(task, batches):
    bench = Workbench(task, batches)
    view = bench.view
    for section, words in (("augment", "make it with move="), ("onnx", "nothing was exported yet")):
        bench.turn_to(section)
        assert bench.settle()
        assert words in texts(view.slots[section])
    kept = view.slots["onnx"].children
    bench.changed()
    assert bench.settle()
    assert view.slots["onnx"].children == kept
    bench.close()


def test_a_name_that_cannot_be_written_is_a_line_and_no_traceback(bench, view):
    view.path.value = "network.pt"
    view.export.click()
    assert bench.settle()
    assert "must end in .onnx" in view._note.value


def test_fine_tuning_is_shown_below_the_pruning_that_began_it(bench, view, trained):
    bench.turn_to("prune")
    bench.prune.prune(0.5)
    bench.prune.tune()
    bench.prune.wait(60)
    assert bench.settle()
    assert view.slots["prune"].children == (bench.prune.view.widget, bench.again.view.widget)
