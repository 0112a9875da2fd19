import threading

import pytest

from leyden.errors import PanelError, TrainError
from leyden.train import CallbackGraph, Event, History, resolve
from leyden.widget.callback import CallbackPanel, Window


def test_a_list_is_planned_without_raising_and_its_faults_are_told_with_their_mending_line(broken):
    (fault,) = broken.faults
    assert (fault.kind, fault.mend) == ("write conflict", "resolve(Plateau, WarmUp, first=Plateau)")
    assert repr(broken) == "CallbackPanel(2 callbacks, 1 fault)"
    kind, told = broken.facts()[0]
    assert kind == "write conflict"
    assert told.endswith("resolve(Plateau, WarmUp, first=Plateau)")


def test_a_resolution_mends_the_list(classes):
    panel = CallbackPanel(
        [classes["WarmUp"](), classes["Plateau"]()],
        resolve(classes["Plateau"], classes["WarmUp"], first=classes["Plateau"]),
    )
    assert panel.faults == ()
    assert dict(panel.facts())["order"] == "Plateau, WarmUp"


def test_a_task_tells_that_nobody_writes_what_is_read(classes, train):
    task = train(CallbackGraph([])).task
    assert CallbackPanel([classes["Plateau"]()], task=task).faults[0].kind == "missing writer"
    assert CallbackPanel([classes["Plateau"]()]).faults == ()


def test_a_graph_takes_no_further_resolutions(graph, classes):
    with pytest.raises(PanelError, match="has its own resolutions"):
        CallbackPanel(graph, resolve(classes["WarmUp"], classes["Smooth"], first=classes["Smooth"]))


@pytest.mark.usefixtures("unchecked")
def test_something_else_than_callbacks_is_told():
    with pytest.raises(TrainError, match="takes callbacks"):
        CallbackPanel([3])


def test_a_run_is_shown_with_its_calls_writes_and_sums(panel, train):
    assert (panel.events, panel.writes, panel.totals) == ([], [], [])
    train(panel._graph)
    assert panel.refresh()
    assert not panel.refresh()
    assert {event.callback for event in panel.events} >= {"WarmUp", "Smooth", "Plateau"}
    rates = [write for write in panel.writes if write.path.startswith("optimizer.lr")]
    assert rates[-1].callback == "Plateau"
    assert rates[-1].after == 0.5
    assert sum(total.calls for total in panel.totals if total.callback == "WarmUp") == 4
    assert dict(panel.facts())["run"].endswith("step 4")


def test_hook_callback_and_steps_choose_calls_and_writes(panel, train):
    train(panel._graph)
    panel.show(hook="on_train_batch_end", callback="Smooth")
    assert [event.step for event in panel.events] == [1, 2, 3, 4]
    panel.show(steps=(2, 3))
    assert [event.step for event in panel.events] == [2, 3]
    assert [(write.step, write.after) for write in panel.writes] == [(2, 1.0), (3, 2.0)]
    assert panel.told(panel.events) == "2 calls of on_train_batch_end of Smooth, steps 2 to 3"
    panel.show(hook="", callback="", newest=1)
    assert {event.step for event in panel.events} == {4}
    assert panel.window == Window(newest=1)


def test_an_earlier_run_can_be_looked_at_again(panel, train):
    train(panel._graph)
    train(panel._graph)
    panel.show(newest=0)
    assert {event.run for event in panel.events} == {1}
    panel.show(run=0)
    assert {event.run for event in panel.events} == {0}
    panel.show(run=-1)
    assert panel.window.run is None


@pytest.mark.usefixtures("unchecked")
def test_all_that_cannot_be_shown_is_told_at_once_and_nothing_changes(panel):
    with pytest.raises(PanelError) as told:
        panel.show(hook="on_nothing", callback="Nobody", steps=(3, 2), newest=-1, run=1)
    for word in ("'on_nothing'", "'Nobody'", "(3, 2)", "-1", "no run 1"):
        assert word in str(told.value)
    assert panel.window == Window()
    with pytest.raises(PanelError, match="no section 'picture'"):
        panel.turn_to("picture")


def test_a_run_in_the_background_is_followed_while_it_goes_on(classes, train):
    gate = classes["Gate"]()
    graph = CallbackGraph([gate, classes["Smooth"]()])
    panel = CallbackPanel(graph)
    seen = threading.Event()
    panel.listen(seen.set)
    panel.follow(0.02)
    runner = threading.Thread(target=train, args=(graph,))
    runner.start()
    try:
        assert gate.reached.wait(30)
        assert seen.wait(30)
        assert panel.following
        assert max(event.step for event in panel.events) == 2
    finally:
        gate.go_on.set()
        runner.join(30)
    panel.close()
    assert not panel.following
    assert panel.log.last().step == 4


def test_a_closed_panel_follows_nothing(panel):
    panel.close()
    with pytest.raises(PanelError, match="is closed"):
        panel.follow()
    with pytest.raises(PanelError, match="more than 0 seconds"):
        panel.follow(0)


def test_the_still_picture_holds_graph_and_timeline(panel, train):
    assert len(panel.pictures()) == 1
    train(panel._graph)
    still = panel.picture()
    assert still.pictures[0][0].startswith("Graph of ")
    assert "calls, step" in still.pictures[1][0]
    assert still._repr_mimebundle_().keys() == {"text/plain", "text/html", "image/png"}
    assert "WarmUp" in repr(still)
    assert panel.still().startswith(b"\x89PNG")


def test_words_for_those_who_do_not_see_it(panel, broken):
    assert panel.words() == "Graph of 3 callbacks, in running order: Smooth, WarmUp, Plateau"
    assert "write conflict: Plateau and WarmUp both write optimizer.lr" in broken.words()
    assert panel.told([]) == "No calls"
    assert panel.told([Event(2, "h", "A", 0.0, 1.0, "t")]) == "1 call, step 2"


@pytest.mark.parametrize("given", [None, History()], ids=["nothing", "one"])
def test_something_that_is_no_list_of_callbacks_is_refused_with_advice(given, unchecked):
    with pytest.raises(PanelError, match="callbacks must be a CallbackGraph or a list of callbacks; given"):
        CallbackPanel(given)
