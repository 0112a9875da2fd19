import threading
from pathlib import Path

import pytest
import torch
from monai.inferers.utils import sliding_window_inference
from torch import Tensor, nn

from leyden.errors import MedicalError
from leyden.items import Image
from leyden.medical.sliding.places import Blend
from leyden.medical.sliding.planning import plan_windows


def volumes() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv3d(2, 8, 3, padding=1), nn.GroupNorm(4, 8), nn.ReLU(), nn.Conv3d(8, 3, 3, padding=1))


def pictures() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(2, 8, 3, padding=1), nn.InstanceNorm2d(8), nn.Conv2d(8, 3, 3, padding=1))


def scan(*size: int) -> Tensor:
    """Noise in one half, nothing in the other."""
    image = torch.randn(2, *size, generator=torch.Generator().manual_seed(1))
    image[..., size[-1] // 2 :] = 0
    return image


@pytest.mark.parametrize("blend", ["gaussian", "flat"])
@pytest.mark.parametrize(
    ("size", "window", "overlap", "batch"),
    [
        ((24, 20, 40), (8, 8, 8), 0.5, 1),
        ((17, 23, 30), (16, 8, 12), 0.25, 3),
        ((9, 20, 21), (16, 16, 16), 0.6, 2),
        ((5, 6, 7), (8, 9, 10), 0.5, 4),
        ((16, 16, 32), (16, 16, 16), (0.0, 0.0, 0.7), 2),
        ((30, 41), (16, 16), 0.5, 2),
        ((10, 50), (16, 16), 0.3, 1),
    ],
)
def test_the_result_is_that_of_monai(
    size: tuple[int, ...], window: tuple[int, ...], overlap: float | tuple[float, ...], batch: int, blend: Blend
) -> None:
    image, network = scan(*size), volumes() if len(size) == 3 else pictures()
    plan = plan_windows(image, window=window, overlap=overlap, batch=batch, blend=blend)
    found = plan.run(network, image)
    with torch.no_grad():
        theirs = sliding_window_inference(
            image[None], window, 1, network, overlap=overlap, mode={"flat": "constant"}.get(blend, blend)
        )
    assert isinstance(theirs, Tensor)
    torch.testing.assert_close(found, theirs[0], atol=1e-4, rtol=0)
    assert found.dtype == torch.float32
    assert not found.is_inference()


def test_skipping_empty_windows_changes_nothing() -> None:
    image, network = scan(24, 16, 48), volumes()
    plan = plan_windows(image, window=8)
    assert plan.empty is not None
    assert plan.count / 3 < plan.empty < plan.count / 2
    filled = image + 1e-30 * (image == 0)  # too little to change an answer, and no window of it is empty
    assert plan_windows(filled, window=8).empty == 0
    torch.testing.assert_close(plan.run(network, image), plan.run(network, filled), atol=1e-6, rtol=0)


def test_the_fast_layout_answers_as_the_plain_one() -> None:
    image, network = scan(20, 20, 20), volumes()
    plan = plan_windows(Image(image), window=12)
    fast, plain = (plan.run(network, Image(image), layout=layout) for layout in ("fast", "plain"))
    torch.testing.assert_close(fast, plain, atol=1e-5, rtol=0)


def test_half_precision_networks_and_autocast_are_near_and_float32() -> None:
    image, network = scan(12, 12, 12), volumes()
    plan = plan_windows(image, window=8)
    exact, rough = plan.run(network, image), plan.run(network, image, precision=torch.bfloat16)
    half = plan.run(volumes().bfloat16(), image)
    assert rough.dtype == half.dtype == torch.float32
    torch.testing.assert_close(rough, exact, atol=0.05, rtol=0)
    torch.testing.assert_close(half, exact, atol=0.05, rtol=0)


def test_a_result_in_a_file_is_the_same(tmp_path: Path) -> None:
    image, network, path = scan(20, 20, 20), volumes(), tmp_path / "result.raw"
    found = plan_windows(image, window=12, file=path).run(network, image)
    assert torch.equal(found, plan_windows(image, window=12).run(network, image))
    stored = torch.frombuffer(bytearray(path.read_bytes()), dtype=torch.float32)
    assert torch.equal(stored.view_as(found), found)


def test_no_half_filled_file_is_left(tmp_path: Path) -> None:
    plan = plan_windows((8, 8), window=4, modalities=2, file=tmp_path / "result.raw")
    with pytest.raises(MedicalError, match="NaN or infinity"):
        plan.run(lambda windows: windows[:, :1].repeat(1, 3, 1, 1) / 0, scan(8, 8))
    assert not list(tmp_path.iterdir())


def test_progress_counts_every_window_and_stop_ends_cleanly() -> None:
    image, network, told, event = scan(8, 16), pictures().train(), list[tuple[int, int]](), threading.Event()
    plan = plan_windows(image, window=8, batch=2)
    plan.run(network, image, progress=lambda done, total: told.append((done, total)), stop=event.is_set)
    assert told == [(2, 3), (3, 3)]
    event.set()
    with pytest.raises(MedicalError, match="stopped after 0 of 3 windows, as asked"):
        plan.run(network, image, stop=event.is_set)
    assert network.training


def test_a_network_that_raises_is_left_as_it_was() -> None:
    class Broken(nn.Module):
        def forward(self, windows: Tensor) -> Tensor:
            raise RuntimeError("mine")

    network = Broken().train()
    with pytest.raises(RuntimeError, match="mine"):
        plan_windows((8, 8), window=4, modalities=2).run(network, scan(8, 8))
    assert network.training
    assert not torch.is_inference_mode_enabled()
    assert torch.is_grad_enabled()


def test_timing_gives_a_new_plan_with_seconds_of_all_windows_that_hold_something() -> None:
    image = scan(24, 16, 48)
    plan = plan_windows((24, 16, 48), window=8, modalities=2)
    assert "not timed" in plan.table()
    assert "not looked for" in plan.table()
    timed = plan.time(volumes(), image)
    assert plan.seconds is None
    assert timed.seconds_each is not None
    assert timed.empty is not None
    assert timed.seconds == pytest.approx(timed.seconds_each * (timed.count - timed.empty + 1))
    assert f"empty   {timed.empty}\n" in timed.table()
    assert repr(timed).endswith(" s)")


def test_memory_is_the_sum_of_its_parts() -> None:
    plan = plan_windows((32, 20, 20), window=16, regions=3, modalities=2, batch=4)
    window, grid = 4 * 16**3, 32 * 20 * 20
    rows = 4 * 16 * 20 * 20
    assert plan.memory == 4 * 3 * grid + 4 * 5 * window + 3 * window + window + rows + 2 * grid


def test_an_image_of_another_grid_is_refused() -> None:
    with pytest.raises(MedicalError, match="for 4 modalities of 8 x 8, the image is 2 x 8 x 9: plan again"):
        plan_windows((8, 8), window=4).run(pictures(), scan(8, 9))


def test_nan_in_the_image_is_named() -> None:
    image = scan(8, 8)
    image[1, 2, 3] = float("nan")
    with pytest.raises(MedicalError, match=r"NaN or infinity, 1 of 128 values, the first at \(1, 2, 3\)"):
        plan_windows((8, 8), window=4, modalities=2).run(pictures(), image)
