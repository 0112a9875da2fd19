import io
import pickle
import subprocess
import sys

from leyden.onnx.conformance.serving import READY

SERVANT = """
from leyden.onnx.conformance.serving import serve
def run(model, sets):
    print("a library that talks")
    if model == b"big":
        bytearray(2**36)
    return [[model, *inputs] for inputs in sets]
serve(run)
"""


def answers(*questions: object) -> list:
    """Put questions to a process; its greeting and its answers."""
    asked = b"".join(pickle.dumps(question) for question in questions)
    done = subprocess.run([sys.executable, "-c", SERVANT], input=asked, capture_output=True, check=True)
    assert b"a library that talks" in done.stderr
    stream = io.BytesIO(done.stdout)
    return [pickle.load(stream) for _ in range(len(questions) + 1)]


def test_it_greets_and_answers_until_nobody_asks():
    greeting, (fault, outputs, seconds), _ = answers((b"m", [[1], [2]]), (b"n", []))
    assert greeting == READY
    assert (fault, outputs) == (None, [[b"m", 1], [b"m", 2]])
    assert 0 <= seconds < 60


def test_what_needs_too_much_memory_is_an_answer_and_the_next_question_is_heard():
    _, (fault, outputs, _), (healthy, _, _) = answers((b"big", []), (b"m", []))
    assert fault.startswith("MemoryError")
    assert outputs == []
    assert healthy is None
