import contextvars
import threading

import torch

from leyden.train.run.surroundings import Surroundings

WORD = contextvars.ContextVar("word", default="none")


def elsewhere(act):
    thread = threading.Thread(target=act)
    thread.start()
    thread.join()


def found():
    halved = torch.is_autocast_enabled("cpu") and torch.get_autocast_dtype("cpu")
    return torch.is_grad_enabled(), torch.is_inference_mode_enabled(), halved, WORD.get()


def test_everything_goes_along_and_nothing_stays_behind():
    seen = []
    token = WORD.set("told")
    try:
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            here = Surroundings.here()
    finally:
        WORD.reset(token)

    def act():
        seen.append(found())
        WORD.set("changed")

    def there():
        before = found()
        here.run(act)
        here.run(act)
        assert found() == before
        seen.append(before)

    elsewhere(there)
    assert seen == [(False, False, torch.bfloat16, "told")] * 2 + [(True, False, False, "none")]
    assert WORD.get() == "none"


def test_inference_mode_goes_along():
    with torch.inference_mode():
        here = Surroundings.here()
    made = []
    elsewhere(lambda: here.run(lambda: made.append(torch.ones(1))))
    assert made[0].is_inference()


def test_one_can_be_used_on_two_threads_at_once():
    here = Surroundings.here()
    met = threading.Barrier(2)
    done = []

    def act():
        met.wait(5)
        done.append(1)

    other = threading.Thread(target=here.run, args=(act,))
    other.start()
    here.run(act)
    other.join()
    assert done == [1, 1]
