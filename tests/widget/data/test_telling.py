import torch

from leyden.widget.data.element import Look, Part
from leyden.widget.data.telling import batch_part, pictures_of
from leyden.widget.data.thumb import Thumb


def test_a_batch_is_told_by_the_labels_in_it():
    part = batch_part([(torch.rand(3, 8, 8), 1), (torch.rand(3, 8, 8), 0)], 4, Look(classes=("dark", "light")))
    ((alt, png),) = part.pictures
    assert alt == "the first 2 elements of batch 4: 1 light, 1 dark"
    assert png.startswith(b"\x89PNG")
    assert part.instead


def test_an_element_of_words_is_a_card_whose_text_alternative_says_them():
    (alt, _), (page, _) = pictures_of([Part("note", "text", text=("hello",))], [Thumb(7, "a", None, "hello")], 7)
    assert alt == "element 7: note  text; hello"
    assert page == "Elements 7 to 7: 1 a"
