import pytest

from leyden.widget.volume.screen.stage import Stage


@pytest.fixture
def stage():
    made = Stage(value=[1, 2, 3])
    yield made
    made.close()


def test_it_loads_nothing_from_elsewhere(stage):
    for text in (str(stage._esm), str(stage._css)):
        assert "import " not in text
        assert "url(" not in text
        assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


def test_its_script_is_small(stage):
    assert len(str(stage._esm)) < 9000


def test_its_repr_tells_the_plane_and_the_place(stage):
    stage.drawn = {"name": "axial"}
    assert repr(stage) == "Stage('axial', [1, 2, 3])"
