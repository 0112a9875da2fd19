import ast
import math
import threading

import torch
from torch import nn

from leyden.prune import Magnitude, Random, Threshold, depthwise, layers, masks, named
from leyden.widget.prune.choice import Choice
from leyden.widget.prune.making import Workshop
from leyden.widget.prune.offer import method_choices
from leyden.widget.prune.script import Recipe, script, spell
from leyden.widget.prune.where import where_choices


def run(code, **given):
    """What the code calls `sparse`."""
    room = dict(given)
    exec(compile(code, "panel", "exec"), room)
    return room["sparse"]


def spelled(value):
    found = spell(value, {})
    assert found is not None
    return found


def same(one, two):
    return all(torch.equal(mask, masks(two)[name]) for name, mask in masks(one).items()) and set(masks(one)) == set(
        masks(two)
    )


def test_every_method_and_place_is_spelled_so_that_the_code_gives_its_model(two_layers):
    torch.manual_seed(0)
    batches = [(torch.randn(8, 8), torch.arange(8) % 4)]
    shop = Workshop(two_layers, where_choices(two_layers, nn.Linear), method_choices(batches=batches))
    recipe = Recipe(shop, None, {"batches": batches})
    for method in shop.makers:
        for where in shop.sites:
            choice = Choice(0.5, method, where)
            assert same(run(recipe.code(choice), model=two_layers, batches=batches), shop.make(choice).model), method


def test_a_tuned_model_is_spelled_with_the_way_to_it(two_layers, shop):
    def trained(model):
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.mul_(2)

    first = shop.make(Choice(0.5)).model
    trained(first)
    tuned = shop.keep(Choice(0.5), first, returned=False)
    code = Recipe(shop, trained, {}).code(Choice(0.75, tuned=tuned.tuned))
    assert code.splitlines()[-3:] == [
        "sparse = prune(model, Magnitude(0.5))",
        "tune(sparse)",
        "sparse = prune(sparse, Magnitude(0.75))",
    ]
    assert same(run(code, model=two_layers, tune=trained), shop.make(Choice(0.75, tuned=1)).model)


def test_what_tuning_gave_back_is_taken_up_by_the_code(shop):
    shop.keep(Choice(0.5), shop.make(Choice(0.5)).model, returned=True)
    assert Recipe(shop, lambda model: model, {}).code(Choice(0.5, tuned=1)).endswith("sparse = tune(sparse)")


def test_a_method_of_ones_own_is_spelled_by_what_it_makes(two_layers):
    makers = {"low": lambda share: Threshold(share / 10), "own": lambda share: lambda weights: {}, "seeded": seeded}
    recipe = Recipe(Workshop(two_layers, {"every weight": None}, makers), None, {})
    last = [recipe.code(Choice(0.5, name)).splitlines()[-1] for name in makers]
    assert last == [
        "sparse = prune(model, Threshold(0.05))",
        "sparse = prune(model, methods['own'](0.5))",
        "sparse = prune(model, Random(0.5, seed=7))",
    ]


def seeded(share):
    return Random(share, seed=7)


def test_questions_are_spelled_with_their_imports():
    found = spelled(~depthwise & (layers(nn.Conv2d) | named("head.*")))
    assert found.text == "~depthwise & (layers(Conv2d) | named('head.*'))"
    lines = script([f"where = {found.text}"], found.objects).splitlines()
    assert lines[:2] == ["from leyden.prune import depthwise, layers, named", "from torch.nn import Conv2d"]


def test_two_questions_in_brackets_keep_them():
    question = (named("a") | named("b")) & (named("c") | named("d"))
    assert spelled(question).text == "(named('a') | named('b')) & (named('c') | named('d'))"


def test_what_has_no_spelling_is_left_to_whoever_runs_the_code(two_layers):
    shop = Workshop(two_layers, where_choices(two_layers, lambda place: True), {"m": Magnitude})
    code = Recipe(shop, None, {}).code(Choice(0.5, "m", "where, as given"))
    assert "# model, where: as given to the panel" in code
    assert spell(object(), {}) is None


def test_long_calls_are_folded_an_argument_a_line(two_layers):
    where = ~named(*(f"{number}.weight" for number in (0, *[2] * 12)))
    shop = Workshop(two_layers, {"long": where}, {"m": Magnitude})
    lines = Recipe(shop, None, {}).code(Choice(0.5, "m", "long")).splitlines()
    assert lines[-5:-2] == ["sparse = prune(", "    model,", "    Magnitude(0.5),"]
    assert lines[-1] == ")"


def test_code_is_written_beside_other_threads_that_parse(shop):
    """What a notebook does with every cell must not fail because a panel is drawn meanwhile."""
    recipe, faults = Recipe(shop, None, {}), []

    def parse():
        try:
            for _ in range(300):
                ast.parse("sparse = prune(model, Magnitude(0.5), where=~named('a') & named('b'))\n" * 5)
        except SystemError as error:
            faults.append(error)

    threads = [
        threading.Thread(target=parse),
        threading.Thread(target=lambda: [recipe.code(Choice(0.5)) for _ in range(300)]),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_numbers_without_end_are_spelled():
    assert [spelled(value).text for value in (math.inf, (1, "a"), (2.5,), None)] == [
        "float('inf')", "(1, 'a')", "(2.5,)", "None",
    ]  # fmt: skip


def test_a_share_that_a_method_refuses_is_written_as_it_was_asked_for(two_layers):
    shop = Workshop(two_layers, {"every weight": None}, {"no": lambda share: Magnitude(share + 1)})
    assert Recipe(shop, None, {}).code(Choice(0.5, "no")).endswith("sparse = prune(model, methods['no'](0.5))")
