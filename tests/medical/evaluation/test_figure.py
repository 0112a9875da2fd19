import pytest

from leyden.errors import MedicalError
from leyden.medical.evaluation import chart


def bars_of(figure):
    axes = figure.axes[0]
    return [text.get_text() for text in axes.get_yticklabels()], [text.get_text() for text in axes.texts]


def test_each_region_shows_every_method(scored):
    names, values = bars_of(chart([scored((0.5, 0.25), name="cut"), scored((0.75,), name="net")]))
    assert names == ["TC, cut", "TC, net", "WT, cut", "mean, cut", "mean, net"]
    assert values == ["0.5", "0.75", "0.25", "0.375", "0.75"]


def test_distances_have_no_best_end(scored):
    figure = chart([scored((0.5,), name="cut")], metric="hd95")
    assert figure.axes[0].get_xlabel() == "mean HD95 mm"
    assert bars_of(figure)[1] == ["5", "5"]


def test_methods_need_names_of_their_own(scored):
    with pytest.raises(MedicalError, match="got none"):
        chart([])
    with pytest.raises(MedicalError, match=r"got \['', ''\]"):
        chart([scored((0.5,)), scored((0.6,))])
