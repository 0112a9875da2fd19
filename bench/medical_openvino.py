"""A file in onnxruntime with OpenVINO's provider: `.openvino/bin/python medical_openvino.py PACKAGES FILE`.

Its environment, that of bench/openvino.txt, holds onnxruntime-openvino alone; PACKAGES, the folder of leyden's, brings
the rest. Every line in names a `.npy` of what the file takes, every line out is the processor time of one run in
seconds, and the answer lies beside the former as `.answer.npy`.
"""

import importlib
import site
import sys
import time
from pathlib import Path

__all__ = ["answers"]

PROVIDER = "OpenVINOExecutionProvider"


def answers(path: Path) -> None:
    """Answers requests until standard input ends, on one thread."""
    numpy, onnx = importlib.import_module("numpy"), importlib.import_module("leyden.onnx")
    session = onnx.Session(path, threads=1, providers=[PROVIDER])
    for line in sys.stdin:
        given = Path(line.strip())
        images = numpy.load(given)
        begun = time.process_time()
        (answer,) = session(images)
        spent = time.process_time() - begun
        numpy.save(given.with_suffix(".answer.npy"), answer)
        sys.stdout.write(f"{spent}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    site.addsitedir(sys.argv[1])  # behind what is here, so that this onnxruntime is found first
    answers(Path(sys.argv[2]))
