import json

import pytest

from leyden.augment import Draw, Flip, Rotate
from leyden.augment.fusing.step import Step
from leyden.augment.fusing.stored import pack, read_json, unpack, write_json
from leyden.errors import DrawError

DRAWN = ((8, 6), (Step(Flip("x")), Step(Rotate((0, 30), axis="y"), (12.25,))))


def test_what_is_packed_is_plain_and_comes_back():
    plain = pack(DRAWN)
    assert plain["steps"][1] == {
        "transform": "Rotate",
        "arguments": ((0, 30),),
        "options": {"axis": "y"},
        "numbers": (12.25,),
    }
    assert unpack(json.loads(json.dumps(plain))) == DRAWN


def test_numbers_come_back_to_the_last_bit():
    numbers = (0.1 + 0.2, 1e-300, -0.0, 3.0, 2.0**31 - 1)
    again = unpack(read_json(write_json(pack(((4, 4), (Step(Rotate(1.5), numbers),))))))[1][0].numbers
    assert [number.hex() for number in again] == [number.hex() for number in numbers]


def test_not_a_number_is_neither_written_nor_read():
    with pytest.raises(DrawError, match="plain, finite numbers and strings"):
        write_json({"numbers": [float("nan")]})
    with pytest.raises(ValueError, match="Infinity is no number of JSON"):
        read_json('{"numbers": [Infinity]}')


@pytest.mark.parametrize("part", [("size", ["8", 6]), ("size", [8.5, 6])])
def test_a_size_is_whole_numbers(part):
    with pytest.raises(TypeError, match="whole numbers"):
        unpack({**json.loads(json.dumps(pack(DRAWN))), part[0]: part[1]})


def test_drawn_numbers_are_numbers():
    stored = json.loads(json.dumps(pack(DRAWN)))
    stored["steps"][1]["numbers"] = ["12"]
    with pytest.raises(TypeError, match="must be numbers, not"):
        unpack(stored)


def test_a_stored_draw_that_was_cut_short_is_refused():
    text = Draw((8, 8), (Step(Rotate(15), (5.0,)),)).to_json()
    for old, new in (("[5.0]", "[]"), ("[8, 8]", "[]"), ("[8, 8]", "[0, 8]"), ("[8, 8]", "[8, -8]")):
        with pytest.raises(DrawError):
            Draw.from_json(text.replace(old, new))
