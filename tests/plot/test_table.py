import numpy as np
import pytest
import torch

from leyden.errors import PlotError
from leyden.plot import confusion, png


def _cells(figure):
    """Position (row, column) to text written there."""
    return {
        (int(text.get_position()[1]), int(text.get_position()[0])): text.get_text() for text in figure.axes[0].texts
    }


def test_rows_are_the_truth_and_colour_is_their_share():
    figure = confusion(torch.tensor([[8, 2], [1, 3]]), ["cat", "dog"], title="Pets")
    axes = figure.axes[0]
    np.testing.assert_allclose(axes.images[0].get_array(), [[0.8, 0.2], [0.25, 0.75]])
    assert _cells(figure) == {(0, 0): "8", (0, 1): "2", (1, 0): "1", (1, 1): "3"}
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_title(loc="left")) == ("predicted", "truth", "Pets")
    assert [text.get_text() for text in axes.get_yticklabels()] == ["cat", "dog"]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["cat", "dog"]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # the first class on top


def test_colours_always_run_from_nothing_to_all():
    image = confusion([[3, 2], [2, 3]], ["a", "b"]).axes[0].images[0]
    assert image.get_clim() == (0.0, 1.0)


def test_zeros_are_left_blank_and_a_class_without_samples_stays_white():
    figure = confusion([[5, 0], [0, 0]], ["a", "b"])
    assert _cells(figure) == {(0, 0): "5"}
    assert figure.axes[0].images[0].get_array().tolist() == [[1, 0], [0, 0]]


@pytest.mark.parametrize(("count", "text"), [(9999, "9999"), (12345, "12.3k"), (1.5e6, "1.5M"), (0.5, "0.5")])
def test_counts_are_written_briefly(count, text):
    assert _cells(confusion([[count]], ["a"])) == {(0, 0): text}


@pytest.mark.parametrize(("count", "written"), [(25, True), (26, False)])
def test_counts_are_written_where_there_is_room(count, written):
    figure = confusion(np.eye(count), [f"class {index}" for index in range(count)])
    assert bool(figure.axes[0].texts) == written


def test_twenty_long_names_are_shortened_slanted_and_on_the_sheet():
    names = [f"{'benign' if index % 2 else 'malignant'} neoplasm of region number {index}" for index in range(20)]
    figure = confusion(np.ones((20, 20)), names)
    labels = figure.axes[0].get_xticklabels()
    assert len(labels) == 20
    assert all(len(label.get_text()) <= 24 for label in labels)
    assert {label.get_rotation() for label in labels} == {45.0}
    boxes = [label.get_window_extent() for label in (*labels, *figure.axes[0].get_yticklabels())]
    assert all(box.x0 >= 0 and box.y0 >= 0 and box.x1 <= figure.bbox.x1 for box in boxes)


def test_hundreds_of_classes_show_every_few_names():
    figure = confusion(np.eye(300), [f"class {index}" for index in range(300)])
    labels = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert labels[:2] == ["class 0", "class 4"]
    assert max(figure.get_size_inches()) < 16


def test_no_classes_are_said():
    figure = confusion([], [])
    assert [text.get_text() for text in figure.axes[0].texts] == ["no classes"]
    assert png(figure)


def test_all_faults_of_the_counts_are_named_at_once():
    with pytest.raises(PlotError, match=r"3 classes need.*got shape \(2, 2\); .*finite; .*the lowest is -1"):
        confusion([[-1, float("nan")], [1, 1]], ["a", "b", "c"])
    with pytest.raises(PlotError, match=r"1 classes need a square"):
        confusion([], ["a"])
