import pytest
from torch import nn

from leyden.errors import PanelError
from leyden.prune import Magnitude, named, prune
from leyden.prune.method import SemiStructured
from leyden.prune.selection import select
from leyden.widget.prune.where import name_of, where_choices


def chosen(model, where):
    return [place.name for place in select(model, where)]


def test_depthwise_filters_and_the_last_layer_are_spared_first(model):
    offered = where_choices(model)
    assert list(offered) == ["all but depthwise and last layer", "all but last layer", "every weight"]
    assert chosen(model, offered["all but depthwise and last layer"]) == ["0.weight"]


def test_an_answer_of_ones_own_comes_first(model):
    assert next(iter(where_choices(model, named("4")))) == "named('4')"


def test_layers_of_odd_inputs_can_be_left_out_for_patterns():
    model = nn.Sequential(
        nn.Conv2d(3, 8, 3),
        nn.Conv2d(8, 8, 3),
        nn.Conv2d(8, 8, 3, groups=8),
        nn.ConvTranspose2d(6, 8, 3),
        nn.Linear(8, 2),
    )
    where = where_choices(model)["all that N:4 fits but last layer"]
    assert chosen(model, where) == ["1.weight"]
    prune(model, SemiStructured(2, 4), where=where)


def test_a_model_of_one_layer_has_one_answer():
    assert list(where_choices(nn.Linear(3, 2))) == ["every weight"]


def test_a_model_without_weights_is_refused():
    with pytest.raises(PanelError, match="ReLU holds no weights"):
        where_choices(nn.ReLU())


@pytest.mark.parametrize(
    ("where", "name"),
    [(lambda place: True, "where, as given"), (chosen, "chosen"), (nn.Linear, "Linear"), ("0", "0")],
    ids=["lambda", "function", "type", "pattern"],
)
def test_every_kind_of_answer_has_a_name(where, name):
    assert name_of(where) == name


def test_magnitude_takes_every_answer(model):
    for where in where_choices(model).values():
        assert prune(model, Magnitude(0.5), where=where) is not model


def test_signs_that_mean_something_in_patterns_may_stand_in_names():
    model = nn.Sequential(nn.Linear(8, 8))
    model.add_module("head[0]", nn.Linear(8, 4))
    offered = where_choices(model)
    assert chosen(model, offered["all but last layer"]) == ["0.weight"]


@pytest.mark.usefixtures("unchecked")
def test_what_is_no_network_is_refused():
    with pytest.raises(PanelError, match=r"prunes a torch\.nn\.Module, given a NoneType"):
        where_choices(None)
