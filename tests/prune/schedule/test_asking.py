from typing import Any, cast

import pytest

from leyden.errors import PruneError
from leyden.prune import Magnitude, Random
from leyden.prune.schedule import methods_for


def test_there_is_a_method_for_each_level():
    assert methods_for(lambda share: Random(share, seed=3), [0.5, 0.8]) == (Random(0.5, 3), Random(0.8, 3))


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("at", "message"),
    [
        (
            Magnitude(0.5),
            r"Magnitude\(sparsity=0.5, scope='global'\) was given: say Magnitude, which makes one of each",
        ),
        (0.5, "at is a function of a sparsity that gives a method; 0.5 was given$"),
        (lambda share: None, "it gave NoneType"),
    ],
    ids=["a method", "a number", "nothing made"],
)
def test_what_makes_no_methods_is_refused(at, message):
    with pytest.raises(PruneError, match=message):
        methods_for(at, (0.5,))


@pytest.mark.usefixtures("unchecked")
def test_a_level_that_the_method_refuses_is_told():
    with pytest.raises(PruneError, match='scope is "global" or "local"; \'all\' was given'):
        methods_for(lambda share: Magnitude(share, cast("Any", "all")), (0.5,))
