import numpy as np
import pytest
import torch

from leyden.items import Image, Mask
from leyden.medical import Scan, scheme
from leyden.widget.volume.overlay import NAMED, layers_of, legend_of, overs_of, shown_by
from leyden.widget.volume.plane import planes_of
from leyden.widget.volume.subject import subject_of


@pytest.fixture
def subject(scan, prediction):
    return subject_of(scan, prediction, scheme=scheme("brats21"))


def overs(subject, layer, part, place=5):
    plane = planes_of(subject.size, subject.spacing, None)[0]
    return overs_of(subject, layer, part, plane=plane, place=place)


def test_there_is_a_difference_only_where_there_are_both(scan, prediction):
    assert layers_of(subject_of(scan, prediction)) == ("none", "truth", "prediction", "difference")
    assert layers_of(subject_of(scan._replace(label=None), prediction)) == ("none", "prediction")
    assert layers_of(subject_of(scan._replace(label=None))) == ("none",)


def test_nothing_is_laid_over_where_nothing_is_asked_for(subject):
    assert overs(subject, "none", "codes") == []
    assert shown_by(subject, "none") is None
    assert legend_of(subject, "none", "codes") == []


def test_codes_lie_as_they_are(subject, scan, prediction):
    for layer, codes in (("truth", scan.label.data), ("prediction", prediction.data)):
        (over,) = overs(subject, layer, "codes")
        assert np.array_equal(over.labels, codes[5].numpy())
    assert np.array_equal(np.unique(overs(subject, "truth", 4)[0].labels), [0, 4])


def test_regions_lie_on_top_of_each_other_the_smallest_last(subject, scan):
    found = overs(subject, "truth", "regions")
    assert [int(over.labels.sum()) for over in found] == [42, 12, 2]
    (core,) = overs(subject, "truth", "TC")
    assert np.array_equal(core.labels, np.isin(scan.label.data[5].numpy(), [1, 4]))


def test_a_difference_is_drawn_for_its_slice_only(subject):
    (over,) = overs(subject, "difference", "WT")
    assert np.bincount(over.labels.ravel(), minlength=4).tolist() == [168 - 48, 36, 6, 6]
    assert overs(subject, "difference", "WT", place=0)[0].labels.max() == 0


def test_the_legend_names_what_is_there(subject):
    assert [words for _, words in legend_of(subject, "truth", "codes")] == [
        "necrotic and non-enhancing core (1)", "oedema (2)", "enhancing tumour (4)",
    ]  # fmt: skip
    assert [words for _, words in legend_of(subject, "truth", "regions")] == ["TC", "WT", "ET"]
    assert [words for _, words in legend_of(subject, "truth", "WT")] == ["WT"]
    assert [words for _, words in legend_of(subject, "truth", 2)] == ["oedema (2)"]


def test_the_legend_of_a_difference_tells_how_much_of_each_kind(subject):
    both, missed, added, _ = subject.tally("WT")
    assert (both, missed, added) == (180, 30, 30)
    assert [words for _, words in legend_of(subject, "difference", "WT")] == [
        "true positive 0.4 ml", "false negative 0.1 ml", "false positive 0.1 ml",
    ]  # fmt: skip
    assert len(legend_of(subject, "difference", "codes")) == 4


def test_without_spacing_voxels_are_counted():
    label = Mask(torch.ones(2, 2, 2).byte())
    subject = subject_of(Scan(Image(torch.rand(1, 2, 2, 2)), label, ("t1",)), label)
    assert legend_of(subject, "difference", "codes")[0][1] == "true positive 8 voxels"
    assert legend_of(subject, "truth", "codes")[0][1] == "label 1 (1)"


def test_a_legend_names_forty_codes_at_most(scan):
    codes = (torch.arange(scan.label.data.numel()) % 256).reshape(scan.label.data.shape).to(torch.uint8)
    many = subject_of(scan._replace(label=Mask(codes)))
    assert len(legend_of(many, "truth", "codes")) == NAMED
    assert legend_of(many, "truth", 255)[0][1] == "label 255 (255)"
