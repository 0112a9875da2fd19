import pytest
import torch
from scipy import stats

from leyden.augment.mix.parts import beta, check_alike, check_sizes, join_boxes, join_points, join_polygons, shared
from leyden.errors import DrawError, ItemError
from leyden.items import Keypoints, Label
from leyden.items.boxes import Boxes
from leyden.items.label import SoftLabel
from leyden.items.polygon import Polygon


@pytest.mark.parametrize("alpha", [0.2, 1.0, 3.0])
def test_shares_are_drawn_from_the_beta_distribution(alpha):
    generator = torch.Generator().manual_seed(0)
    drawn = [beta(generator, alpha) for _ in range(500)]
    assert stats.kstest(drawn, stats.beta(alpha, alpha).cdf).pvalue > 0.01
    assert 0 <= min(drawn) <= max(drawn) <= 1


def test_labels_certain_and_soft_mix_by_weight():
    soft = SoftLabel(torch.tensor([0.5, 0.5, 0.0]))
    mixed = shared((Label(2), soft), (0.25, 0.75), 3)
    assert mixed == SoftLabel(torch.tensor([0.375, 0.375, 0.25]))


def test_labels_of_unknown_or_different_classes_are_refused():
    with pytest.raises(ItemError, match="give how many there are"):
        shared((Label(0), Label(1)), (0.5, 0.5), 0)
    with pytest.raises(DrawError, match="different classes cannot be mixed"):
        shared((Label(0, ("cat", "dog")), Label(0, ("dog", "cat"))), (0.5, 0.5), 0)


def test_points_are_numbered_on_from_sample_to_sample():
    one = Keypoints(torch.zeros(3, 2), (4, 4), labels=("a", "b", "c"), pairs=((1, 2),))
    other = Keypoints(torch.ones(2, 2), (4, 4), labels=("d", "e"), pairs=((0, 1),))
    joined = join_points([one.take((1, 2)), other], [one.rows, other.rows], (4, 4))
    assert (joined.labels, joined.pairs, joined.rows) == (("b", "c", "d", "e"), ((0, 1), (2, 3)), (1, 2, 3, 4))


def test_samples_without_any_boxes_join_those_that_have_some():
    none, some = Boxes(torch.empty(0, 4), (4, 4)), Boxes(torch.zeros(1, 4), (4, 4), labels=("a",))
    joined = join_boxes([none, some, none], [none.rows, some.rows, none.rows], (4, 4))
    assert joined == some
    with pytest.raises(DrawError, match="some with labels and some without"):
        join_boxes([some, Boxes(torch.zeros(1, 4), (4, 4))], [(0,), (0,)], (4, 4))


def test_objects_of_outlines_are_numbered_on():
    ring = torch.tensor([[0.0, 0.0], [0.0, 3.0], [3.0, 3.0]])
    two = Polygon(torch.cat((ring, ring)), (4, 4), (3, 3), (0, 0))
    joined = join_polygons([two, Polygon(ring, (4, 4))], [two.rows, (0,)], (4, 4))
    assert (joined.rings, joined.objects, joined.rows) == ((3, 3, 3), (0, 0, 1), (0, 1))


def test_what_does_not_fit_together_is_named():
    with pytest.raises(DrawError, match=r"torch.float32 of 3 channels and torch.uint8 of 1 channels"):
        check_alike([torch.zeros(3, 2, 2), torch.zeros(1, 2, 2, dtype=torch.uint8)], "mix")
    with pytest.raises(DrawError, match="one grid, got 2 x 2 and 3 x 3; Resize"):
        check_sizes(((2, 2), (3, 3)), "mix")
