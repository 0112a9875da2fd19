import pytest
import torch

from leyden.items import Image, Mask
from leyden.medical.evaluation import Evaluation
from leyden.medical.metric import CaseScore, RegionScore
from leyden.medical.scan import Scan


@pytest.fixture
def scan_of():
    """Makes a small scan whose tumour is a box, code 1 (core) in `brats21`."""

    def make(name="one", *, start=2, label=True, spacing=(1.0, 1.0, 1.0), modalities=("t1", "flair")):
        data = torch.rand(len(modalities), 8, 8, 8, generator=torch.Generator().manual_seed(0)) + 1
        codes = torch.zeros(8, 8, 8, dtype=torch.uint8)
        codes[start : start + 4, 2:6, 2:6] = 1
        data[-1] += 5 * codes
        return Scan(Image(data, spacing), Mask(codes, spacing) if label else None, modalities, name)

    return make


@pytest.fixture
def scored():
    """Makes an evaluation of given Dice scores, a row a case, a column a region."""

    def make(*rows, name="", subjects=None, **told):
        regions = ("TC", "WT")[: len(rows[0])] if rows else ("TC",)
        cases = tuple(
            CaseScore(
                f"c{place}", tuple(region_score(region, value) for region, value in zip(regions, row, strict=True))
            )
            for place, row in enumerate(rows)
        )
        whose = tuple(case.name for case in cases) if subjects is None else tuple(subjects)
        return Evaluation(name, regions, cases, whose, **told)

    return make


def region_score(region, dice):
    return RegionScore(region, dice, 10 * (1 - dice), dice, dice, 10 * (1 - dice), 1, 0, 0, 2.0, 2.0)
