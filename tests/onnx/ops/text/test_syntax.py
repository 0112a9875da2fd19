import pytest

from leyden.onnx.ops.text.syntax import Anchor, Chain, Choice, Letter, Repeat, parse


def test_a_text_is_a_chain_of_letters():
    assert parse("ab") == Chain((Letter(((97, 97),)), Letter(((98, 98),))))


def test_branches_are_a_choice():
    assert parse("a|") == Choice((Chain((Letter(((97, 97),)),)), Chain(())))


@pytest.mark.parametrize(
    ("sign", "least", "most"),
    [("*", 0, None), ("+", 1, None), ("?", 0, 1), ("{2}", 2, 2), ("{2,}", 2, None), ("{0,3}?", 0, 3)],
)
def test_repetitions_have_bounds(sign: str, least: int, most: int | None):
    assert parse(f"a{sign}") == Chain((Repeat(Letter(((97, 97),)), least, most),))


@pytest.mark.parametrize(
    ("pattern", "what"),
    [
        ("(a", "not closed"), ("a)", "none opened"), ("*a", "nothing stands before"), ("a**", "is repeated"),
        ("a{5,2}", "no repetition"), ("a{1001}", "no repetition"), ("[a", "ends too early"),
        ("[b-a]", "before it begins"),
        (r"\1", r"\\1 is not in the language"), ("(?=a)", "looks around"), ("(?<!a)", "looks around"),
        (r"\p{Greek}", "no category"), ("[[:nope:]]", "no class"), (r"\x{110000}", "no number of a letter"),
        ("(" * 200, "more than 100 groups"), ("a\\", "ends too early"),
    ],
)  # fmt: skip
def test_what_re2_refuses_is_an_error_that_says_where(pattern: str, what: str):
    with pytest.raises(ValueError, match=rf"{what}.*at position \d+"):
        parse(pattern)


@pytest.mark.parametrize(
    ("kind", "at", "holds"),
    [("^", 0, True), ("^", 2, False), ("(", 2, True), ("$", 1, False), (")", 1, True), ("b", 1, True), ("B", 1, False)],
)
def test_an_anchor_holds_between_letters(kind: str, at: int, holds: bool):
    assert Anchor(kind).holds("a\nb", at) is holds


@pytest.mark.parametrize(("letter", "taken"), [("a", True), ("B", True), ("1", False)])
def test_letters_of_a_folded_set_have_any_case(letter: str, taken: bool):
    assert Letter(((97, 122),), folded=True).takes(letter) is taken
