import pytest
import torch
from torch import nn

from leyden.errors import PruneError
from leyden.prune import depthwise, layers, masks, named, places, prune


def nothing(weights):
    return {name: torch.ones_like(weight, dtype=torch.bool) for name, weight in weights.items()}


def chosen(model, where=None):
    return list(masks(prune(model, nothing, where=where)))


EVERYTHING = [
    "stem.weight", "filter.weight", "mixing.matrix", "attention.in_proj_weight", "attention.out_proj.weight",
    "head.weight",
]  # fmt: skip


def test_by_default_all_matrices_are_chosen_and_no_vectors(photo):
    assert chosen(photo) == EVERYTHING


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (named("head.*"), ["head.weight"]),
        (named("head"), ["head.weight"]),
        ("att*.weight", ["attention.out_proj.weight"]),
        (named("stem", "head.weight"), ["stem.weight", "head.weight"]),
        (depthwise, ["filter.weight"]),
        (~depthwise & ~named("head.*") & ~named("att*"), ["stem.weight", "mixing.matrix"]),
        (depthwise | "head", ["filter.weight", "head.weight"]),
        (nn.MultiheadAttention, ["attention.in_proj_weight", "attention.out_proj.weight"]),
        (layers(nn.Conv2d) & ~depthwise, ["stem.weight"]),
        ((nn.Conv2d, nn.Linear), ["stem.weight", "filter.weight", "attention.out_proj.weight", "head.weight"]),
        (lambda place: place.parameter.shape[0] == 4, ["head.weight"]),
    ],
    ids=[
        "below a name",
        "a name alone",
        "a pattern",
        "several names",
        "a choice",
        "all but",
        "either",
        "a kind of layer",
        "layers that are",
        "kinds of layers",
        "a function",
    ],
)
def test_what_may_be_pruned_is_said_in_words(photo, where, expected):
    assert chosen(photo, where) == expected


def test_protecting_one_name_of_a_tied_weight_protects_it(words):
    assert "embedding.weight" not in chosen(words, ~named("output"))
    assert chosen(words, named("output")) == ["embedding.weight"]


def test_a_place_knows_every_name_of_a_tied_weight(words):
    tied = places(words)[0]
    assert tied.names == ("embedding.weight", "output.weight")
    assert tied.owners == (words.embedding, words.output)
    assert str(tied) == "embedding.weight (Embedding, 10 x 6)"


def test_names_are_those_of_named_parameters(photo, words):
    for model in (photo, words):
        assert [place.name for place in places(model)] == [n for n, p in model.named_parameters() if p.ndim > 1]


def test_a_parameter_of_the_root_has_its_bare_name():
    assert chosen(nn.Linear(2, 3)) == ["weight"]


def test_predicates_print_as_they_are_written():
    assert repr(~depthwise & (named("a.*", "b") | layers(nn.Linear))) == (
        "(~depthwise & (named('a.*', 'b') | layers(Linear)))"
    )


def test_integers_are_not_offered():
    model = nn.Linear(2, 2)
    model.table = nn.Parameter(torch.zeros(2, 2, dtype=torch.int64), requires_grad=False)
    assert chosen(model) == ["weight"]


def test_an_empty_choice_lists_what_there_is(photo):
    with pytest.raises(
        PruneError, match=r"layers\(LSTM\) selects nothing; there is stem.weight \(Conv2d, 8 x 3 x 3 x 3\)"
    ):
        prune(photo, nothing, where=nn.LSTM)


def test_a_misspelt_name_is_noticed_even_where_it_protects(photo):
    with pytest.raises(PruneError, match=r"named\('haed.\*'\) matches nothing; .* head.weight \(Linear, 4 x 8\)"):
        prune(photo, nothing, where=~depthwise & ~named("haed.*"))


@pytest.mark.parametrize(
    ("where", "message"),
    [
        (
            "stem.bias",
            r"named\('stem.bias'\) matches stem.bias \(float32, 8\); only floating-point .* there is stem.weight",
        ),
        (
            "norm.*",
            r"matches norm.weight \(float32, 8\), .*, norm.num_batches_tracked \(int64, a single number\); only",
        ),
        ("table", r"matches table \(int64, 2 x 2\); only floating-point parameters of two axes or more can be pruned"),
    ],
)
def test_a_name_of_what_cannot_be_pruned_says_what_it_is(photo, where, message):
    photo.table = nn.Parameter(torch.zeros(2, 2, dtype=torch.int64), requires_grad=False)
    with pytest.raises(PruneError, match=message):
        prune(photo, nothing, where=where)


def test_long_lists_are_cut_short():
    model = nn.Sequential(*(nn.Linear(2, 2) for _ in range(30)))
    with pytest.raises(PruneError, match="and 10 more"):
        prune(model, nothing, where=nn.Conv2d)


def test_a_model_without_matrices_is_refused():
    with pytest.raises(PruneError, match="ReLU holds no floating-point parameter"):
        prune(nn.ReLU(), nothing)


def test_empty_questions_are_refused():
    with pytest.raises(PruneError, match="no pattern"):
        named()
    with pytest.raises(PruneError, match="no type"):
        layers()


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("where", [("stem", nn.Linear), (nn.Linear, 3)], ids=str)
def test_a_tuple_that_mixes_patterns_and_types_is_told_how_to_combine_them(photo, where):
    with pytest.raises(PruneError, match=r"take layer types; .* was given: combine patterns and types by \|"):
        chosen(photo, where)
