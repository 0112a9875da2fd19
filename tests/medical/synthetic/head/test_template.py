import importlib.util

import pytest
import torch

from leyden import assets
from leyden.errors import MedicalError
from leyden.medical.synthetic.head import template
from leyden.medical.synthetic.head.template import licence_of, load_template


def volumes(maps):
    """Of CSF, grey and white matter, litres."""
    return [float(share.sum()) / 1e6 for share in maps[:3]]


def test_mni152_has_the_tissues_of_a_human_brain():
    found = load_template("mni152")
    fluid, grey, white = volumes(found.maps)
    assert 0.1 < fluid < 0.4
    assert 0.6 < grey < 1.1
    assert 0.4 < white < 0.8
    assert found.maps[:3].sum(0).max() <= 1 + 1e-5
    assert load_template("mni152") is found


def test_the_ventricles_of_mni152_lie_in_the_middle_of_the_brain():
    found = load_template("mni152")
    z, y, x = ((found.maps[5] > 24.5).nonzero().float().mean(0) + torch.tensor(found.origin[::-1])).tolist()
    assert abs(x) < 2
    assert -30 < y < 0
    assert 5 < z < 25
    assert 4_000 < (found.maps[5] > 24.5).sum() < 40_000  # cubic mm


def test_an_unknown_anatomy_is_told():
    with pytest.raises(MedicalError, match="no anatomy named 'talairach'; there are mni152, colin27"):
        load_template("talairach")
    assert "ICBM" in licence_of("mni152")


@pytest.mark.network
def test_without_nilearn_the_pinned_archive_gives_the_same(monkeypatch):
    here = load_template("mni152")
    real = importlib.util.find_spec
    monkeypatch.setattr(template, "find_spec", lambda name: None if name == "nilearn" else real(name))
    there = load_template.__wrapped__("mni152")
    assert torch.equal(there.maps, here.maps)
    assert there.origin == here.origin


@pytest.mark.network
def test_colin27_comes_from_debian_and_is_another_brain_in_the_same_space():
    found, other = load_template("colin27"), load_template("mni152")
    assert "ch2bet" in " ".join(assets.members("colin27"))
    for mine, theirs in zip(volumes(found.maps), volumes(other.maps), strict=True):
        assert 0.6 < mine / theirs < 1.6
    z, y, x = ((found.maps[5] > 24.5).nonzero().float().mean(0) + torch.tensor(found.origin[::-1])).tolist()
    assert abs(x) < 3
    assert -35 < y < 0
    assert 5 < z < 25
