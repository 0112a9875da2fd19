import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.datasets import load_diabetes, load_iris, load_wine
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import KFold, cross_val_score, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import leyden as ly
from leyden.data.fitted.scaling import normalise, normalised
from leyden.data.fitted.validation import crossvalidate
from leyden.errors import DataError, UnreadableImage


def arrays(view):
    rows = list(view)
    return np.array([features for features, _ in rows]), np.array([label for _, label in rows])


def accuracy(train, validation):
    return LogisticRegression(max_iter=1000).fit(*arrays(train)).score(*arrays(validation))


@pytest.mark.parametrize("load", [load_iris, load_wine])
def test_it_scores_as_scikit_learn_scores_a_pipeline(load):
    features, labels = load(return_X_y=True)
    splits = list(KFold(5, shuffle=True, random_state=1).split(features))
    expected = cross_val_score(
        make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)), features, labels, cv=splits
    )
    data = (features, labels)
    folds = [(ly.data.subset(data, train), ly.data.subset(data, test)) for train, test in splits]
    report = crossvalidate(data, accuracy, steps=normalise(), folds=folds)
    np.testing.assert_allclose([fold["score"] for fold in report.folds], expected, rtol=1e-12)
    assert report.mean["score"] == pytest.approx(expected.mean(), rel=1e-12)
    assert report.deviation["score"] == pytest.approx(expected.std(ddof=1), rel=1e-12)


def test_several_numbers_of_a_table_agree_with_scikit_learn():
    features, target = (part[:120] for part in load_diabetes(return_X_y=True, scaled=False))
    table = pd.DataFrame(features).add_prefix("f").assign(target=target)

    def errors(train, validation):
        (x, y), (u, v) = (columns(view) for view in (train, validation))
        left = LinearRegression().fit(x, y).predict(u) - v
        return {"squared": np.mean(left**2), "absolute": torch.tensor(np.abs(left).mean())}

    def columns(view):
        rows = list(view)
        return [[row[f"f{i}"] for i in range(10)] for row in rows], np.array([row["target"] for row in rows])

    folds = ly.data.kfolds(range(len(table)), 4, seed=3)
    splits = [tuple(np.array(list(part)) for part in fold) for fold in folds]
    scores = ["neg_mean_squared_error", "neg_mean_absolute_error"]
    model = make_pipeline(StandardScaler(), LinearRegression())
    expected = cross_validate(model, features, target, cv=splits, scoring=scores)
    report = crossvalidate(table, errors, k=4, seed=3, steps=normalise([f"f{i}" for i in range(10)]))
    for name, score in zip(["squared", "absolute"], scores, strict=True):
        np.testing.assert_allclose([fold[name] for fold in report.folds], -expected[f"test_{score}"], rtol=1e-9)


def test_steps_learn_from_the_training_part_of_each_fold_alone():
    seen = []

    def measure(train, validation):
        seen.append((repr(train), float(np.mean(list(train))), float(np.std(list(train)))))
        return float(np.mean(list(validation)))

    crossvalidate([0.0, 1.0, 2.0, 1000.0], measure, k=4, seed=None, steps=normalise())
    assert all(abs(mean) < 1e-12 and abs(spread - 1) < 1e-12 for _, mean, spread in seen)
    assert "normalised(mean=1.0," in seen[-1][0], "the fold that is validated on 1000 knows nothing of it"


def test_steps_that_learn_nothing_and_no_steps_will_do():
    def total(train, validation):
        return sum(train) + sum(validation)

    assert crossvalidate([1, 2, 3, 4], total, k=2).mean == {"score": 10}
    assert crossvalidate([1, 2, 3, 4], total, k=2, steps=ly.data.map(lambda x: 2 * x)).mean == {"score": 20}
    assert crossvalidate([1.0, 2.0], total, k=2, steps=normalised(mean=1.0, deviation=0.5)).mean == {"score": 2}


def test_folds_are_dealt_as_kfolds_deals_them():
    labels = ["a", "b"] * 6

    def shares(train, validation):
        return {label: list(validation).count(label) for label in "ab"}

    report = crossvalidate(labels, shares, k=3, stratify=labels)
    assert report.folds == ({"a": 2.0, "b": 2.0},) * 3
    groups = [i // 4 for i in range(12)]
    sides = crossvalidate(groups, lambda train, validation: len(set(train) & set(validation)), k=3, groups=groups)
    assert sides.mean == {"score": 0}
    one, same, other = (crossvalidate(range(9), lambda _, v: sum(v), k=3, seed=seed) for seed in (0, 0, 1))
    assert one == same != other


def test_the_report_prints_as_a_table():
    values = iter([{"accuracy": 0.9, "loss": 12.3456}, {"accuracy": 0.8, "loss": 1.0}])
    report = crossvalidate([1, 2], lambda *_: next(values), k=2)
    assert str(report).splitlines() == [
        "fold       accuracy   loss",
        "1               0.9  12.35",
        "2               0.8      1",
        "mean           0.85  6.673",
        "deviation   0.07071  8.023",
    ]
    assert repr(report) == "CrossValidation(accuracy=0.85 +- 0.071, loss=6.673 +- 8, folds=2)"


def test_a_fold_that_fails_is_named():
    def fails(train, validation):
        if 3 in list(validation):
            raise ZeroDivisionError("nothing")
        return 0.0

    with pytest.raises(DataError, match=r"crossvalidate: fold 2 of 2 failed: ZeroDivisionError: nothing"):
        crossvalidate([1, 2, 3, 4], fails, folds=[([3], [1]), ([1], [3])])

    def unreadable(train, validation):
        raise UnreadableImage("x.png is empty")

    with pytest.raises(UnreadableImage, match=r"fold 1 of 2 failed: x\.png is empty"):
        crossvalidate([1, 2], unreadable, k=2)
    with pytest.raises(DataError, match=r"fold 1 of 2 failed: normalise: .* holds words"):
        crossvalidate(["a", "b"], unreadable, k=2, steps=normalise())


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"measure": lambda *_: "good"}, "fold 1 of 2 failed: measure gives one number, or .* by name; given good"),
        ({"measure": lambda *_: {}}, "measure gives one number"),
        ({"measure": lambda *_: torch.zeros(2)}, "measure gives one number"),
        ({"measure": lambda *_: 1, "k": 3}, "between 2 and the number of elements, 2; given 3"),
        ({"measure": lambda *_: 1, "folds": [([1], [2])]}, r"at least two folds; given 1. For one write split\(data\)"),
        ({"measure": lambda _, v: {str(v[0]): 1}, "seed": None}, r"2 failed: it measured \['2'\], the first \['1'\]"),
    ],
)  # fmt: skip
def test_what_cannot_be_measured_is_refused(given, message):
    with pytest.raises(DataError, match=message):
        crossvalidate([1, 2], **{"k": 2, **given})


def test_an_interrupt_is_not_taken_for_a_failing_fold():
    def stopped(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        crossvalidate([1, 2], stopped, k=2)
