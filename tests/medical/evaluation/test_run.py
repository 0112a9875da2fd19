import pytest
import torch

from leyden import data
from leyden.errors import MedicalError
from leyden.medical import phantom, scheme
from leyden.medical.evaluation import evaluate
from leyden.medical.metric import score_case

BRATS = scheme("brats21")


def perfect(scan):
    return BRATS.to_regions(scan.label)


def shifted(scan):
    return perfect(scan).roll(1, dims=1)


def test_scores_are_those_of_each_case(scan_of):
    scans = [scan_of("a"), scan_of("b", start=1, spacing=(3.0, 1.0, 1.0))]
    found = evaluate(shifted, scans, scheme="brats21", name="shifted")
    expected = [score_case(shifted(scan), perfect(scan), spacing=scan.image.spacing, name=scan.name) for scan in scans]
    assert found.cases == tuple(expected)
    assert (found.name, found.regions, found.subjects) == ("shifted", ("TC", "WT", "ET"), ("a", "b"))
    assert found.of("WT", "hd95").mean == 2.0
    assert len(found.seconds) == 2


def test_a_case_that_fails_is_named_and_the_others_are_scored(scan_of):
    class Torn(list):
        def __getitem__(self, place):
            if place == 0:
                raise OSError("truncated file")
            return super().__getitem__(place)

    scans = [scan_of("torn"), scan_of("bare", label=False), scan_of("flat", spacing=None), scan_of("good")]
    found = evaluate(perfect, Torn(scans), scheme=BRATS)
    assert [score.name for score in found.cases] == ["good"]
    assert [(each.case, each.reason) for each in found.failures] == [
        ("case 0", "OSError: truncated file"),
        ("bare", "MedicalError: the scan has no label to score against"),
        ("flat", "MedicalError: the scan has no spacing, so there are no millimetres"),
    ]


@pytest.mark.parametrize(
    ("predict", "fault"),
    [
        (lambda scan: perfect(scan)[..., 1:], "prediction of shape"),
        (lambda scan: perfect(scan)[:2], "2 maps for 3 regions"),
        (lambda scan: scan.image.data[:1].expand(3, -1, -1, -1), "holds float32"),
    ],
    ids=["smaller", "two", "real"],
)
@pytest.mark.usefixtures("unchecked")
def test_a_prediction_that_fits_nothing_fails_by_name(scan_of, predict, fault):
    found = evaluate(predict, [scan_of("one")], scheme=BRATS)
    assert found.failures[0].case == "one"
    assert fault in found.failures[0].reason


def test_unknown_codes_fail_by_name(scan_of):
    scan = scan_of("one")
    scan.label.data[0, 0, 0] = 3
    assert "UnknownCodes: scheme 'brats21'" in evaluate(lambda scan: None, [scan], scheme=BRATS).failures[0].reason


def test_subjects_are_told_or_known_to_the_container_or_guessed_by_name(scan_of):
    class Known(list):
        subjects = ("p", "p")
        names = ("first", "second")

    scans = [scan_of("BraTS-GLI-00001-000"), scan_of("BraTS-GLI-00001-001")]
    assert evaluate(perfect, scans, scheme=BRATS).subjects == ("BraTS-GLI-00001",) * 2
    assert evaluate(perfect, Known(scans), scheme=BRATS).subjects == ("p", "p")
    assert evaluate(perfect, Known(scans), scheme=BRATS, subjects=("x", "y")).subjects == ("x", "y")
    assert evaluate(perfect, Known([scan_of(""), scan_of("")]), scheme=BRATS).cases[1].name == "second"


def test_views_of_data_are_evaluated_as_lists_are(scan_of):
    parts = data.split([scan_of("a"), scan_of("b"), scan_of("c")], 0.34, seed=0)
    assert len(evaluate(perfect, parts[1], scheme=BRATS).cases) == 2


def test_gradients_are_off(scan_of):
    seen = []
    evaluate(lambda scan: seen.append(torch.is_grad_enabled()) or perfect(scan), [scan_of()], scheme=BRATS)
    assert seen == [False]


def test_progress_is_told_and_may_stop_the_way(scan_of):
    told = []
    found = evaluate(
        perfect,
        [scan_of("a"), scan_of("b"), scan_of("c")],
        scheme=BRATS,
        progress=lambda *now: told.append(now) or now[0] < 2,
    )
    assert told == [(1, 3), (2, 3)]
    assert (len(found.cases), found.left) == (2, 1)


def test_an_interrupt_keeps_what_was_scored(scan_of):
    def interrupted(scan):
        if scan.name == "b":
            raise KeyboardInterrupt
        return perfect(scan)

    found = evaluate(interrupted, [scan_of("a"), scan_of("b")], scheme=BRATS)
    assert (len(found.cases), found.left) == (1, 1)
    assert "stopped with 1 case left" in repr(found)


def test_every_fault_is_told_before_anything_is_read():
    with pytest.raises(
        MedicalError, match=r"no rule for lesions named 'mine'.*there are no cases; 1 subjects for 0 cases"
    ):
        evaluate(perfect, [], scheme=BRATS, subjects=["a"], rule="mine")
    with pytest.raises(MedicalError, match="no label scheme named 'x'"):
        evaluate(perfect, [1], scheme="x")


def test_a_tolerance_that_is_none_is_refused_before_anything_is_predicted():
    def predict(scan):
        raise AssertionError("nothing is asked yet")

    with pytest.raises(MedicalError, match=r"cannot evaluate: .*tolerance"):
        evaluate(predict, [phantom(1, size=16)], scheme="brats21", tolerance=-1.0)


def test_a_part_of_the_cases_knows_its_subjects(scan_of):
    class Known(list):
        subjects = ("ann", "ann", "bob", "cem")

    cases = Known(map(scan_of, ("a1", "a2", "b1", "c1")))
    _, part = data.split(cases, 0.5, seed=4, groups=cases.subjects)
    found = evaluate(perfect, part, scheme=BRATS)
    assert found.subjects == tuple(Known.subjects[place] for place in data.traced(part)[1])


@pytest.mark.usefixtures("unchecked")
def test_cases_that_nobody_told_the_scheme_of_are_refused_before_any_work(scan_of):
    with pytest.raises(MedicalError, match=r"nothing says what the codes mean; give cases_in\(\.\.\., scheme=\.\.\.\)"):
        evaluate(perfect, [scan_of("a")], scheme=None)
