import threading

import pytest

from leyden.train import CallbackGraph
from leyden.widget.callback import CallbackPanel, CallbackView


def shown(panel):
    return [name for name, page in panel.view.pages.items() if page.layout.display is None]


def test_faults_are_shown_with_their_mending_line_whatever_the_section(broken):
    view = broken.view
    assert isinstance(view, CallbackView)
    assert "resolve(Plateau, WarmUp, first=Plateau)" in view.faults.value
    assert 'class="wrong"' in view.pages["graph"].value
    view.sections.value = "table"
    broken.settle()
    assert (broken.section, shown(broken)) == ("table", ["table"])
    assert "resolve(" in view.faults.value


@pytest.mark.parametrize(
    ("section", "filtered"), [("graph", False), ("table", False), ("timeline", True), ("writes", True)]
)
def test_every_section_is_drawn_and_only_those_of_a_run_have_filters(panel, train, section, filtered):
    train(panel._graph)
    panel.turn_to(section)
    view = panel.view
    panel.settle()
    assert shown(panel) == [section]
    assert "WarmUp" in view.pages[section].value
    assert (view.filters.layout.display is None) == filtered
    assert view._note.value == ""


def test_what_is_chosen_in_the_lists_is_shown_and_what_is_scripted_moves_them(panel, train):
    train(panel._graph)
    panel.turn_to("timeline")
    view = panel.view
    assert (view.hook.value, view.callback.value, view.newest.value) == ("", "", 5)
    view.callback.value = "Smooth"
    view.hook.value = "on_train_batch_end"
    panel.settle()
    assert (panel.window.hook, panel.window.callback) == ("on_train_batch_end", "Smooth")
    assert "WarmUp" not in view.pages["timeline"].value
    panel.show(hook="", callback="WarmUp", newest=7)
    panel.settle()
    assert (view.hook.value, view.callback.value, view.newest.value) == ("", "WarmUp", 7)


def test_moving_the_slider_holds_the_picture_at_those_steps(panel, train):
    train(panel._graph)
    panel.turn_to("writes")
    view = panel.view
    panel.settle()
    view.steps.value = (2, 3)
    panel.settle()
    assert panel.window.steps == (2, 3)
    assert view.newest.value == -1
    view.newest.value = 1
    panel.settle()
    assert (panel.window.steps, view.steps.value) == (None, (4, 4))
    assert view._note.value == ""


def test_the_timeline_grows_while_a_run_goes_on_in_another_thread(classes, train):
    gate = classes["Gate"]()
    graph = CallbackGraph([gate, classes["Smooth"]()])
    panel = CallbackPanel(graph)
    panel.turn_to("timeline")
    view = panel.view
    panel.follow(0.02)
    grown = threading.Event()
    view.pages["timeline"].observe(lambda change: "step 2" in change["new"] and grown.set(), "value")
    runner = threading.Thread(target=train, args=(graph,))
    runner.start()
    try:
        assert gate.reached.wait(30)
        assert grown.wait(30)
    finally:
        gate.go_on.set()
        runner.join(30)
    panel.refresh()
    panel.settle()
    assert "step 4" in view.pages["timeline"].value
    assert view.hook.options[-1][1] in panel.hooks
    panel.close()


def test_a_new_hook_in_the_list_does_not_change_what_is_chosen(panel, train):
    panel.turn_to("timeline")
    view = panel.view
    view.callback.value = "Smooth"
    train(panel._graph)
    panel.refresh()
    panel.settle()
    assert (panel.window.callback, panel.window.hook, view.callback.value) == ("Smooth", "", "Smooth")


def test_the_graph_is_drawn_anew_only_when_the_plan_is_another_one(panel, train):
    view = panel.view
    panel.settle()
    drawn = []
    view.pages["graph"].observe(lambda change: drawn.append(change["new"]), "value")
    panel.changed()
    panel.settle()
    assert drawn == []
    train(panel._graph)  # with the callbacks of `fit` beside them
    panel.refresh()
    panel.settle()
    assert len(drawn) == 1
    assert view.pages["graph"].value.count("<rect") > 5


def test_closing_the_panel_ends_the_view_and_its_thread(graph):
    panel = CallbackPanel(graph)
    panel.view.settle()
    assert panel.following
    panel.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "leyden-follower"]


def test_the_panel_leaves_text_and_html_where_no_front_end_runs(broken):
    bundle = broken._repr_mimebundle_()
    assert {"text/plain", "text/html", "application/vnd.jupyter.widget-view+json"} <= bundle.keys()
    assert "data:image/png" in bundle["text/html"]
