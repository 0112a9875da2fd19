import torch

from leyden.errors import PruneError
from leyden.prune import Magnitude, prune
from leyden.widget.prune.choice import Choice
from leyden.widget.prune.making import Made
from leyden.widget.prune.telling import facts_of, pictures_of


def test_facts_tell_the_zeros_of_what_may_be_pruned_and_of_all(two_layers):
    made = Made(Choice(0.5), prune(two_layers, Magnitude(0.5), where="0"), two_layers)
    assert facts_of(Choice(0.5), made) == [
        ("asked for", "50% of every weight by magnitude, global"),
        ("zeros", "50.0% of what may be pruned, 30.2% of all"),
        ("weights left", "148 of 212"),
    ]


def test_facts_of_what_cannot_be_pruned_say_why():
    assert facts_of(Choice(), PruneError("not so"))[1:] == [("cannot be pruned so", "not so")]


def test_pictures_are_bars_of_all_layers_and_the_weights_of_one(two_layers):
    made = Made(Choice(0.5), prune(two_layers, Magnitude(0.5)), two_layers)
    drawn = pictures_of(Choice(0.5), made.histograms, layer="2.weight")
    assert [png[:4] for _, png in drawn] == [b"\x89PNG"] * 2
    assert drawn[1][0].startswith("2.weight (4 x 16): ")


def test_what_cannot_be_pruned_has_a_picture_all_the_same():
    torch.manual_seed(0)
    assert [words for words, _ in pictures_of(Choice(), (), layer="0")] == [
        f"Share of zeros in every layer: {Choice()}"
    ]
