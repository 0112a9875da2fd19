import numpy as np

from leyden.widget.volume.drawing.sheet import annotated, montage


def test_letters_stand_at_their_edges_and_what_is_given_stays():
    bare = np.zeros((200, 200, 3), np.uint8)
    marked = annotated(bare, letters="RALP")
    assert not bare.any()
    light = (marked == 255).all(-1)
    assert light[90:110, :20].any()
    assert light[:20, 90:110].any()
    assert light[90:110, -20:].any()
    assert light[-20:, 90:110].any()
    assert not light[30:90, 30:90].any()


def test_the_cross_hair_leaves_its_voxel_free_and_is_seen_on_black_and_white():
    for shade in (0, 255):
        marked = annotated(np.full((100, 100, 3), shade, np.uint8), cross=(0.3, 0.6))
        other = (marked != shade).any(-1)
        assert other[30].any()
        assert other[:, 60].any()
        assert not other[24:37, 54:67].any()
        assert other.sum() < 150


def test_a_cross_hair_out_of_sight_is_left_out():
    bare = np.zeros((100, 100, 3), np.uint8)
    one = annotated(bare, cross=(-0.5, 0.5))
    assert (one != 0).any(-1)[:, 50].any()
    assert not (one != 0).any(-1)[:, :49].any()
    assert not annotated(bare, cross=(2.0, -1.0)).any()


def test_a_montage_has_room_for_all_and_for_its_words():
    cells = [np.full((50, 60, 3), 200, np.uint8), np.full((80, 60, 3), 200, np.uint8)]
    bare = montage(cells, [], title="")
    assert bare.shape == (80 + 2 * 10, 2 * 60 + 3 * 10, 3)
    assert (bare == 200).all(-1).sum() == 50 * 60 + 80 * 60
    told = montage(cells, [("#FF0000", "one of several long words"), ("#00FF00", "another of them")], title="a title")
    assert told.shape[0] > bare.shape[0]
    assert (told == (255, 0, 0)).all(-1).any()
    assert (told == (0, 255, 0)).all(-1).any()
