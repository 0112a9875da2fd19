import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What each of two processes ends with that have trained one task side by side."""
    folder = tmp_path_factory.mktemp("processes")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, str(Path(__file__).with_name("beside.py")), str(folder), str(port)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return [json.loads((folder / f"{rank}.json").read_text()) for rank in range(2)]


def test_all_processes_prune_as_the_first_one_chooses(told):
    assert told[0]["masks"] == told[1]["masks"]
    assert told[0]["sparsity"] == told[1]["sparsity"] == 38 / 64


def test_all_processes_end_with_the_same_weights(told):
    assert told[0]["weights"] == told[1]["weights"]


def test_a_method_that_fails_in_the_first_process_ends_all(told):
    for each in told:
        assert each["refused"] == "pruning failed in the first process: ValueError: no luck in process 0"
