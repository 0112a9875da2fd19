import pickle
from concurrent.futures import ThreadPoolExecutor

import matplotlib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from leyden.plot import Picture, curves, data_uri, png
from leyden.plot.canvas import note, plain_axes, sheet, shorten, write_title


def _size(image: bytes) -> tuple[int, int]:
    """Width and height out of a PNG's header (PNG specification, 11.2.2)."""
    assert image[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(image[16:20], "big"), int.from_bytes(image[20:24], "big")


def _figure(seed: int = 0) -> Picture:
    y = np.random.default_rng(seed).random(30)
    return curves({"a": (np.arange(30), y), "b": (np.arange(30), 1 - y)}, x_label="x", y_label="y", title="t")


def test_png_has_the_size_of_the_figure_at_its_dpi():
    with sheet(4, 3) as figure:
        plain_axes(figure)
    assert _size(png(figure, dpi=50)) == (200, 150)
    assert _size(png(figure)) == (440, 330)


def test_equal_figures_give_equal_bytes_without_date_or_version():
    first = png(_figure())
    assert first == png(_figure())
    assert first != png(_figure(1))
    assert b"Software" not in first
    assert b"tIME" not in first


def test_drawing_leaves_a_figure_as_it_was():
    figure = _figure()
    before = figure.dpi, figure.get_size_inches().tolist(), figure.axes[0].get_position().bounds
    first = png(figure)
    png(figure, dpi=30)
    assert (figure.dpi, figure.get_size_inches().tolist(), figure.axes[0].get_position().bounds) == before
    assert png(figure) == first


def test_settings_of_the_user_do_not_reach_the_bytes():
    expected = png(_figure())
    settings = {"savefig.bbox": "tight", "savefig.facecolor": "red", "axes.facecolor": "black", "axes.grid": False}
    with matplotlib.rc_context(settings | {"lines.linewidth": 9, "text.color": "white", "savefig.dpi": 30}):
        assert png(_figure()) == expected


def test_threads_draw_what_the_main_thread_draws():
    expected = [png(_figure(seed)) for seed in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda seed: png(_figure(seed)), range(4))) == expected


def test_the_lock_is_free_again_after_an_error():
    def fail() -> None:
        with sheet(2, 2):
            raise RuntimeError("drawing failed")

    with pytest.raises(RuntimeError, match="drawing failed"):
        fail()
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: png(_figure())).result(timeout=30)


def test_a_notebook_finds_the_picture_in_the_figure():
    figure = _figure()
    assert isinstance(figure, Figure)
    assert figure._repr_png_() == png(figure)
    assert png(pickle.loads(pickle.dumps(figure))) == png(figure)


def test_data_uri_holds_the_bytes():
    assert data_uri(b"\x89PNG") == "data:image/png;base64,iVBORw=="


def test_dollar_signs_are_taken_literally():
    with sheet(3, 2) as figure:
        axes = plain_axes(figure, x_label="cost in $ per $_{", y_label="$")
        write_title(axes, "$ {")
    assert axes.get_xlabel() == "cost in $ per $_{"
    assert not axes.xaxis.label.get_parse_math()
    assert png(figure)


def test_a_long_title_is_broken_into_lines():
    with sheet(3, 2) as figure:
        axes = plain_axes(figure)
        write_title(axes, "many words " * 6)
    assert axes.get_title(loc="left").count("\n") >= 2


def test_empty_axes_say_why():
    with sheet(3, 2) as figure:
        note(axes := plain_axes(figure), "no data")
    assert [text.get_text() for text in axes.texts] == ["no data"]


def test_axes_can_be_drawn_on_afterwards():
    figure = _figure()
    before = png(figure)
    figure.axes[0].axhline(0.5)
    assert png(figure) != before


@given(st.lists(st.text(max_size=60), max_size=6), st.integers(3, 40))
def test_shortened_names_fit(names, length):
    short = shorten(names, length)
    assert len(short) == len(names)
    assert all(len(name) <= length for name in short)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], []),
        (["short", "also short"], ["short", "also short"]),
        (["encoder.layers.0.attention.weight", "encoder.layers.10.attention.weight"], ["…0…", "…10…"]),
        (["model.stem.weight.of.the.net", "model.head.weight.of.the.net"], ["…stem…", "…head…"]),
        (["a" * 30, "b" * 30], ["a" * 6 + "…" + "a" * 5, "b" * 6 + "…" + "b" * 5]),
        (["a" * 30, "a" * 30], ["a" * 6 + "…" + "a" * 5] * 2),
        (["two\nlines"], ["two lines"]),
        (["one.two.three.four", "one.two.three."], ["…four", "…"]),
    ],
)
def test_names_lose_what_all_share_first(names, expected):
    assert shorten(names, 12) == expected
