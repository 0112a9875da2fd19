import hashlib
import re
import subprocess
import sys

import numpy as np
import pytest
import torch

from leyden.errors import MedicalError
from leyden.medical.labelling import scheme
from leyden.medical.synthetic.generating import phantom
from leyden.medical.synthetic.growth.kind import KINDS


def volumes(scan, name="brats21"):
    """Of TC, WT and ET in ml."""
    litre = abs(np.linalg.det(np.array(scan.image.affine))) / 1e6
    return [1000 * litre * float(region.sum()) for region in scheme(name).to_regions(scan.label.data)]


def digest(scan):
    return hashlib.sha256(scan.image.data.numpy().tobytes() + scan.label.data.numpy().tobytes()).hexdigest()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    one = phantom(7, size=32)
    assert digest(one) == digest(phantom(7, size=32))
    assert digest(one) != digest(phantom(8, size=32))


def test_another_process_with_other_threads_gives_the_same_bytes_and_loads_neither_nilearn_nor_monai():
    code = (
        "import hashlib, sys, torch; torch.set_num_threads(2); from leyden.medical import phantom; "
        "s = phantom(7, size=32); data = s.image.data.numpy().tobytes() + s.label.data.numpy().tobytes(); "
        "print(hashlib.sha256(data).hexdigest(), {'nilearn', 'monai'} & set(sys.modules))"
    )
    there = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert there.split() == [digest(phantom(7, size=32)), "set()"]


def test_a_case_is_four_whole_modalities_on_one_grid_and_a_label():
    scan = phantom(3)
    assert scan.modalities == ("t1", "t1ce", "t2", "flair")
    assert tuple(scan.image.data.shape) == (4, 64, 64, 64)
    assert scan.image.data.dtype == torch.float32
    assert scan.label.data.dtype == torch.uint8
    assert scan.image.affine == scan.label.affine
    assert scan.image.spacing == (2.90625,) * 3
    assert torch.equal(scan.image.data, scan.image.data.round())
    brain = (scan.image.data > 0).float().mean((1, 2, 3)) * 2.90625**3 * 64**3 / 1e6
    assert ((brain > 1.3) & (brain < 2.2)).all()  # litres; all around is 0
    assert (scan.label.data[(scan.image.data == 0).all(0)] == 0).all()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_the_regions_it_should(kind):
    core, whole, enhancing = volumes(phantom(11, kind=kind))
    assert whole > core > 0
    assert (enhancing == 0) == (kind == "nonenhancing")
    assert (whole < 25) == (kind == "tiny")


def test_the_codes_are_those_of_the_scheme_and_the_regions_the_same():
    brats, msd = phantom(2, size=32), phantom(2, size=32, scheme="msd")
    assert set(brats.label.data.unique().tolist()) <= {0, 1, 2, 4}
    assert set(msd.label.data.unique().tolist()) <= {0, 1, 2, 3}
    assert volumes(brats) == volumes(msd, "msd")
    assert torch.equal(phantom(2, size=32, scheme=scheme("msd")).label.data, msd.label.data)


@pytest.fixture(scope="module")
def twenty():
    return [phantom(seed, size=32) for seed in range(20)]


def test_the_whole_tumour_is_as_large_as_in_brats(twenty):
    whole = sorted(volumes(scan)[1] for scan in twenty)
    assert 60 < (whole[9] + whole[10]) / 2 < 130  # ml
    assert whole[-1] > 150
    assert whole[0] < 60


def test_thick_slices_are_fewer_and_lie_where_the_thin_ones_did():
    thin, thick = phantom(2, size=(60, 48, 48)), phantom(2, size=(60, 48, 48), thick=12.0)
    step = thin.image.spacing[0]
    assert thick.image.size == (20, 48, 48)
    assert thick.image.spacing == pytest.approx((3 * step, step, step))
    where = [np.array(scan.image.affine) @ [at, 0, 0, 1] for scan, at in ((thin, 4), (thick, 1))]
    assert np.allclose(*where)
    assert volumes(thick)[1] == pytest.approx(volumes(thin)[1], rel=0.1)


def test_a_tilted_grid_says_so_in_its_affine():
    scan = phantom(2, size=32, tilt=15.0)
    matrix = np.array(scan.image.affine)[:3, :3]
    assert abs(matrix[1, 0]) > 1
    assert np.allclose(np.linalg.norm(matrix, axis=0), scan.image.spacing)
    assert volumes(scan)[1] > 10


def test_a_missing_modality_is_left_out_and_the_others_stay():
    whole, less = phantom(2, size=32), phantom(2, size=32, without="t2")
    assert less.modalities == ("t1", "t1ce", "flair")
    assert torch.equal(less.image.data, whole.image.data[[0, 1, 3]])
    assert phantom(2, size=32, without=("t1", "t2")).modalities == ("t1ce", "flair")


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("seed", [-1, 2**63, 1.5])
def test_a_seed_that_is_none_is_told(seed):
    with pytest.raises(MedicalError, match=rf"whole number from 0 to below 2\*\*63, not {re.escape(str(seed))}"):
        phantom(seed, size=16)


def test_a_scheme_of_other_regions_is_refused_before_anything_is_made():
    with pytest.raises(MedicalError, match="'brats24' has the regions TC, WT, ET, RC; phantoms have TC, WT, ET"):
        phantom(1, size=16, scheme="brats24")


def test_a_flair_threshold_does_not_do(twenty):
    scores = torch.stack([overlaps(scan) for scan in twenty])
    best = scores[:12].mean(0).argmax()
    assert 0.5 < scores[12:, best].mean() < 0.8


def overlaps(scan):
    """Dice of the whole tumour at thresholds of 0 to 4 standard deviations of FLAIR above its mean."""
    flair = scan.image.data[3]
    inside = flair > 0
    scaled = (flair[inside] - flair[inside].mean()) / flair[inside].std()
    truth = scan.label.data[inside] > 0
    found = scaled > torch.linspace(0, 4, 41)[:, None]
    return 2 * (found & truth).sum(1) / (found.sum(1) + truth.sum())


@pytest.mark.network
def test_colin27_makes_cases_of_another_brain():
    one, other = phantom(2, size=32, anatomy="colin27"), phantom(2, size=32)
    assert one.name == "colin27-00002"
    assert digest(one) != digest(other)
    assert volumes(one)[1] > 10
