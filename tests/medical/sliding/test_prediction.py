from math import cos, radians, sin

import pytest
import torch
from torch import Tensor

from leyden.augment import CenterCrop, Orientation, Spacing
from leyden.errors import MedicalError
from leyden.items import Affine, Image, Mask
from leyden.medical import NonzeroZNorm
from leyden.medical.scan import Scan
from leyden.medical.sliding.prediction import Predictor, predict

SIZE = (16, 40, 36)


def askew() -> Affine:
    """Thick slices along the patient's left to right, turned by 12 degrees, two axes counting backwards."""
    turn = radians(12)
    slices, rows, columns = (-3.0 * cos(turn), -3.0 * sin(turn), 0.0), (0.0, 0.0, 1.1), (sin(turn), -cos(turn), 0.0)
    return (*((z, y, x, 5.0) for z, y, x in zip(slices, rows, columns, strict=True)), (0.0, 0.0, 0.0, 1.0))


def bright_ball() -> tuple[Scan, Tensor]:
    """A scan whose first channel is how far a voxel is within an ellipsoid, in mm, and how far each voxel is."""
    steps = (3.0, 1.1, 1.0)
    axes = [(torch.arange(count) - (count - 1) / 2) * step for count, step in zip(SIZE, steps, strict=True)]
    z, y, x = torch.meshgrid(*axes, indexing="ij")
    inside = 10.0 - (z**2 + y**2 + x**2).sqrt()
    image = Image(torch.stack([inside, inside.flip(0)]), affine=askew())
    return Scan(image, Mask(torch.zeros(SIZE, dtype=torch.uint8)), ("t1", "t2"), "ball"), inside


def within(windows: Tensor) -> Tensor:
    """A "network" whose logits are the first channel and the second."""
    return windows


@pytest.mark.parametrize("flips", [(), ("x",), ("x", "y", "z")])
def test_regions_land_within_half_a_voxel_on_an_askew_scan_of_thick_slices(flips: tuple) -> None:
    scan, inside = bright_ball()
    found = predict(within, scan, transform=Orientation("RAS") | Spacing(1.0), window=24, regions=2, flips=flips)
    assert found.dtype == torch.uint8
    assert tuple(found.shape) == (2, *SIZE)
    # half of the longest step is 1.5 mm: farther than that from the border, every voxel is right
    assert found[0][inside > 1.5].all()
    assert not found[0][inside < -1.5].any()
    assert (found[0] == (inside >= 0)).float().mean() > 0.995


def test_without_a_transform_regions_are_where_logits_reach_the_threshold() -> None:
    scan, inside = bright_ball()
    assert torch.equal(predict(within, scan, window=24, regions=2)[0], (inside >= 0).byte())
    strict = predict(within, scan, window=24, regions=2, threshold=0.9)
    torch.testing.assert_close(strict[0], (inside.sigmoid() >= 0.9).byte())


def test_a_grid_that_only_changes_its_axes_comes_back_exactly() -> None:
    scan, inside = bright_ball()
    predictor = Predictor(within, transform=Orientation("LPI"), window=24, regions=2)
    found = predictor.probabilities(scan)
    torch.testing.assert_close(found.data[0], inside.sigmoid())
    assert found.affine == scan.image.affine
    assert found.spacing == scan.image.spacing


def test_colours_of_the_transform_are_not_undone_on_probabilities() -> None:
    scan, inside = bright_ball()
    predictor = Predictor(
        lambda windows: windows.sigmoid(), transform=NonzeroZNorm(), window=24, regions=2, answer="probabilities"
    )
    normal = (inside - inside.mean()) / inside.std(correction=0)
    torch.testing.assert_close(predictor.probabilities(scan).data[0], normal.sigmoid(), atol=1e-3, rtol=0)


def test_what_a_crop_has_cut_off_is_no_region() -> None:
    scan = Image(torch.ones(1, 8, 8))
    found = predict(lambda windows: windows, scan, transform=CenterCrop(4, 4), window=4, regions=1)
    assert found.sum() == 16
    assert found[0, 2:6, 2:6].all()


def test_flips_are_averaged_over_every_combination() -> None:
    scan, seen = Image(torch.arange(16.0).view(1, 4, 4) - 8), list[Tensor]()

    def network(windows: Tensor) -> Tensor:
        seen.append(windows[0].clone())
        return windows * torch.tensor([1.0, 0.0, 0.0, 0.0])  # sees the first column only

    found = Predictor(network, window=4, regions=1, flips=("x", "y")).probabilities(scan)
    data = scan.data
    assert all(
        torch.equal(a, b) for a, b in zip(seen, (data, data.flip(2), data.flip(1), data.flip(1, 2)), strict=True)
    )
    half = torch.full((4,), 0.5)
    torch.testing.assert_close(found.data[0, :, 0], (data[0, :, 0].sigmoid() + half) / 2)
    torch.testing.assert_close(found.data[0, :, 1], half)


def test_progress_runs_through_all_passes_and_the_label_is_not_looked_at() -> None:
    told: list[tuple[int, int]] = []
    scan, _ = bright_ball()
    lying = scan._replace(label=Mask(torch.ones(SIZE, dtype=torch.uint8)))
    first = predict(within, scan, window=(16, 40, 40), regions=2, flips=("z",), progress=lambda *at: told.append(at))
    assert told == [(1, 2), (2, 2)]
    assert torch.equal(first, predict(within, lying, window=(16, 40, 40), regions=2, flips=("z",)))


def test_the_plan_of_a_scan_is_that_of_its_transformed_grid() -> None:
    scan, _ = bright_ball()
    plan = Predictor(within, transform=Orientation("RAS") | Spacing(1.0), window=24, regions=2).plan(scan)
    assert plan.places.size == (44, 36, 48)


def test_all_faults_of_a_predictor_are_said_at_once() -> None:
    with pytest.raises(MedicalError, match=r"a threshold of 1.5: .*; flips along \('x', 'x'\): want each"):
        Predictor(within, threshold=1.5, flips=("x", "x"))


def test_a_stop_comes_through() -> None:
    with pytest.raises(MedicalError, match="stopped after 0 of"):
        Predictor(within, window=24, regions=2)(bright_ball()[0], stop=lambda: True)


def test_what_are_no_probabilities_is_refused():
    predictor = Predictor(lambda windows: windows[:, :1] * 90, answer="probabilities", window=8, regions=1)
    with pytest.raises(MedicalError, match='which are no probabilities; if they are logits, give answer="logits"'):
        predictor(Image(torch.rand(1, 8, 8, 8)))


def test_channels_are_taken_by_name_in_whatever_order_they_come() -> None:
    ball, inside = bright_ball()
    data = torch.stack([inside, -inside])
    scan = ball._replace(image=Image(data, affine=askew()))
    other = scan._replace(image=Image(data.flip(0), affine=askew()), modalities=("t2", "t1"))
    named = Predictor(within, window=24, regions=2, modalities=("t1", "t2"))
    assert torch.equal(named(other), named(scan))
    assert torch.equal(named(scan), Predictor(within, window=24, regions=2)(scan))
    assert not torch.equal(named(scan)[0], named(scan)[1])


def test_channels_that_lack_or_have_no_names_are_refused() -> None:
    scan, _ = bright_ball()
    wants = Predictor(within, window=24, regions=2, modalities=("t1", "flair"))
    with pytest.raises(MedicalError, match="the network wants flair; there is t1, t2"):
        wants(scan)
    with pytest.raises(
        MedicalError, match="wants t1, flair; there is an image, whose channels have no names: give a Scan"
    ):
        wants(scan.image)
