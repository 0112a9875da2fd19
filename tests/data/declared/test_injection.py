import inspect
import pickle
from pathlib import Path

import pytest

from leyden.data.declared.injection import datasets_of, uses
from leyden.data.declared.stack import catalog
from leyden.errors import CatalogError, UnknownDataset


@pytest.fixture(autouse=True)
def declared():
    text = "".join(
        f'[[datasets]]\nname = "{name}"\nstorage = {{driver = "inline", type = "json", text = "[{value}]"}}\n'
        for name, value in {"one": 1, "two": 2, "deep/three": 3}.items()
    )
    Path("Data.toml").write_text(text)


@uses("one")
def doubled(one: list[int], times: int = 2) -> list[int]:
    """Multiply."""
    return [value * times for value in one]


def test_datasets_are_found_at_the_call_and_given_values_win():
    assert doubled() == [2]
    assert doubled(times=3) == [3]
    assert doubled([5]) == [10]
    assert doubled(one=[5], times=1) == [5]


def test_the_decorated_function_keeps_its_face():
    assert (doubled.__name__, doubled.__doc__) == ("doubled", "Multiply.")
    assert str(inspect.signature(doubled)) == "(one: list[int], times: int = 2) -> list[int]"
    assert datasets_of(doubled) == {"one": "one"}
    assert datasets_of(len) == {}
    assert pickle.loads(pickle.dumps(doubled)) is doubled


def test_parameters_may_be_called_otherwise_than_their_datasets():
    @uses("two", first="one", third="deep/three")
    def joined(first, two, *, third=None):
        return [*first, *two, *third]

    assert joined() == [1, 2, 3]
    assert joined([7], third=[8]) == [7, 2, 8]
    assert joined("a", "b", third="c") == ["a", "b", "c"]


def test_every_kind_of_parameter_is_filled():
    @uses("one", "two")
    def positional(one, /, *rest, two):
        return one, rest, two

    @uses("one")
    def caught(**found):
        return found

    assert positional() == ([1], (), [2])
    assert positional(9, 8, two=7) == (9, (8,), 7)
    assert caught() == {"one": [1]}
    assert caught(one=3, more=4) == {"one": 3, "more": 4}


def test_methods_are_filled_too():
    class Trainer:
        @uses(data="two")
        def fit(self, data, rate=1.0):
            return self, data, rate

    trainer = Trainer()
    assert trainer.fit() == (trainer, [2], 1.0)
    assert trainer.fit(rate=2.0) == (trainer, [2], 2.0)


def test_nothing_is_looked_up_when_all_is_given(monkeypatch, tmp_path):
    monkeypatch.setenv("LEYDEN_DATA", str(tmp_path / "gone.toml"))
    assert doubled([1]) == [2]
    with pytest.raises(CatalogError, match=r"gone\.toml"):
        doubled()


def test_a_catalog_may_be_given_as_a_value_or_a_file(tmp_path):
    text = '[[datasets]]\nname = "one"\nstorage = {driver = "inline", type = "json", text = "[41]"}\n'
    (tmp_path / "other.toml").write_text(text)
    for where in (tmp_path / "other.toml", str(tmp_path / "other.toml"), catalog(tmp_path / "other.toml")):

        @uses("one", catalog=where)
        def first(one):
            return one[0]

        assert first() == 41


def test_all_names_are_checked_before_any_dataset_is_brought():
    @uses("one", missing="on")
    def never(one, missing):
        raise AssertionError

    with pytest.raises(UnknownDataset, match="no dataset named 'on'; closest: 'one'"):
        never()


def test_a_call_that_does_not_fit_is_a_type_error():
    with pytest.raises(TypeError, match="unexpected keyword argument 'tims'"):
        doubled(tims=3)

    @uses("one")
    def needs(other, one):
        return other, one

    with pytest.raises(TypeError, match="other"):
        needs()


def test_a_parameter_that_the_function_lacks_is_told_at_once():
    with pytest.raises(CatalogError, match=r"has no parameter 'brats'; .*@uses\(parameter='brats'\)"):

        @uses("brats")
        def wrong(scans):
            return scans

    with pytest.raises(CatalogError, match=r"uses wants the names of datasets: @uses\('brats'\)"):
        uses()


@pytest.mark.parametrize("given", ["one", "two"])
def test_decorators_may_be_stacked(given):
    @uses("one")
    @uses("two")
    def both(one, two):
        return one, two

    assert both(**{given: 5}) == ((5, [2]) if given == "one" else ([1], 5))
