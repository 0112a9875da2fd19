from pathlib import Path

import pytest
import torch

from leyden.errors import MedicalError
from leyden.medical.sliding.memory import bytes_text, free_memory, mapped_zeros


def test_free_memory_is_less_than_there_is() -> None:
    total = next(line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemTotal:"))
    assert 0 < free_memory() < int(total.split()[1]) * 1024


@pytest.mark.parametrize(("count", "text"), [(0, "0 bytes"), (999, "999 bytes"), (1e6, "1 MB"), (1.5e12, "1.5e+03 GB")])
def test_bytes_are_written_in_a_unit_that_fits(count: float, text: str) -> None:
    assert bytes_text(count) == text


def test_what_is_written_to_mapped_zeros_is_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "result.raw"
    zeros = mapped_zeros(path, (2, 3))
    assert zeros.tolist() == [[0.0] * 3] * 2
    zeros[1, 2] = 7.0
    assert torch.frombuffer(bytearray(path.read_bytes()), dtype=torch.float32).tolist() == [0, 0, 0, 0, 0, 7]


def test_a_file_that_exists_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "result.raw"
    path.write_text("mine")
    with pytest.raises(MedicalError, match=r"result.raw exists; delete it"):
        mapped_zeros(path, (2, 3))
    assert path.read_text() == "mine"


def test_a_disk_without_room_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "result.raw"
    with pytest.raises(MedicalError, match=r"no room for 4e\+06 GB: "):
        mapped_zeros(path, (10**15,))
    assert not path.exists()
