import io

import pytest
from PIL import Image

from leyden import assets
from leyden.assets.photograph import PHOTOGRAPHS


@pytest.mark.parametrize("photograph", PHOTOGRAPHS, ids=lambda one: one.name)
def test_a_photograph_is_the_pinned_one_and_decodes_to_the_stated_size(photograph):
    with Image.open(io.BytesIO(assets.read("photos", photograph.name))) as image:
        assert f"{image.height} x {image.width}" in photograph.about
        assert ("colour" in photograph.about) == (image.mode == "RGB")


def test_there_are_enough_of_them_and_their_size_is_as_stated():
    data = [assets.read("photos", name) for name in assets.members("photos")]
    assert len(data) == 18
    assert round(sum(map(len, data)) / 1e6, 1) == assets.find("photos").megabytes
