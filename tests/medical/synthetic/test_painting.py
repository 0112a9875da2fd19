import torch

from leyden.medical.synthetic.distractor import Bright
from leyden.medical.synthetic.growth.tumour import Growth
from leyden.medical.synthetic.head.frame import Frame
from leyden.medical.synthetic.painting import MODALITIES, SIGNALS, paint, scanned

FRAME = Frame((16, 16, 16), 2.0)
NONE = torch.zeros(16, 16, 16)
BOX = (slice(0, 16),) * 3


def painted(*, tissue=2, enhances=True, lesion=NONE, vessel=NONE, **parts):
    maps = torch.zeros(6, 16, 16, 16)
    maps[tissue] = 1
    shares = dict.fromkeys(("necrosis", "enhancing", "cavity", "oedema"), NONE) | parts
    growth = Growth(BOX, fresh=torch.ones(16, 16, 16), **shares)
    return paint(maps, growth, Bright(lesion, vessel), enhances=enhances, seed=0, frame=FRAME).mean((1, 2, 3))


def test_every_signal_is_told_for_each_modality():
    assert all(len(row) == len(MODALITIES) for row in SIGNALS.values())


def test_tissues_look_as_radiologists_know_them():
    fluid, grey, white = (painted(tissue=tissue) for tissue in range(3))
    assert white[0] > grey[0] > fluid[0]
    assert white[1] > grey[1] > fluid[1]
    assert fluid[2] > grey[2] > white[2]
    assert grey[3] > white[3] > fluid[3]


def test_each_part_of_a_tumour_is_told_by_its_modality():
    whole = torch.ones(16, 16, 16)
    white = painted()
    oedema, rim, dead, cavity = (painted(**{name: whole}) for name in ("oedema", "enhancing", "necrosis", "cavity"))
    assert oedema[3] > 1.4 * white[3]
    assert oedema[2] > 1.4 * white[2]
    assert rim[1] > 1.3 * white[1]
    assert rim[0] < white[0]
    assert dead[1] < 0.7 * white[1]
    assert dead[3] < oedema[3]
    assert cavity[3] < 0.7 * white[3]


def test_lesions_are_bright_in_flair_and_vessels_in_t1ce_alone():
    whole, white = torch.ones(16, 16, 16), painted()
    lesion, vessel = painted(lesion=whole), painted(vessel=whole)
    assert lesion[3] > 1.3 * white[3]
    assert lesion[1] < white[1]
    assert vessel[1] > 1.4 * white[1]
    assert torch.equal(vessel[[0, 2, 3]], white[[0, 2, 3]])


def test_a_scan_is_whole_numbers_of_16_bits_and_empty_outside_the_brain():
    brain = torch.ones(16, 16, 16)
    brain[:8] = 0.2
    found = scanned(torch.ones(4, 16, 16, 16), brain, seed=0)
    assert torch.equal(found, found.round())
    assert found[:, :8].max() == 0
    assert found[:, 8:].min() > 0
    assert found.max() <= 32767


def test_each_scan_and_modality_has_a_scale_of_its_own():
    ones = torch.ones(4, 16, 16, 16)
    one, other = (scanned(ones, ones[0], seed=seed).mean((1, 2, 3)) for seed in (0, 1))
    assert len({round(float(level)) for level in (*one, *other)}) == 8
