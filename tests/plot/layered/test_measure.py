from leyden.plot.layered.measure import fit, text_width


def test_width_grows_with_every_sign_and_with_the_size():
    assert text_width("", 12) == 0
    assert text_width("il", 10) < text_width("MW", 10)
    assert abs(text_width("logged.loss", 24) - 2 * text_width("logged.loss", 12)) < 1e-9


def test_spaces_take_room():
    assert text_width("a b", 12) > text_width("ab", 12) + 2


def test_what_fits_stays_and_what_does_not_is_cut_to_the_width():
    kept, cut = fit(["short", "x" * 200], 90, size=10)
    assert kept == "short"
    assert "…" in cut
    assert 70 < text_width(cut, 10) <= 90
