import sys

import pytest

from leyden.errors import TrainError
from leyden.train.run.delayed import Dask
from leyden.train.run.job import Job


def test_a_missing_dask_is_said_with_the_line_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "dask", None)
    with pytest.raises(TrainError, match="pip install dask; or take Threads"):
        Dask(1)


def test_the_free_jobs_of_a_hook_are_one_graph_of_dask(monkeypatch):
    import dask

    asked, compute = [], dask.compute

    def counted(*tasks, **options):
        asked.append(len(tasks))
        return compute(*tasks, **options)

    monkeypatch.setattr(dask, "compute", counted)
    done = []
    jobs = [
        Job("A", lambda: done.append("A")),
        Job("B", lambda: done.append("B"), after=(0,)),
        Job("C", lambda: done.append("C"), after=(1,), free=False),
        Job("D", lambda: done.append("D"), after=(2,)),
    ]
    runner = Dask(2, insist=True)
    runner.run(jobs)
    runner.close()
    assert (done, asked) == (["A", "B", "C", "D"], [2, 1])
