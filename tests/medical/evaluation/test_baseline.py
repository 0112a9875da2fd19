import pytest
import torch

from leyden.errors import MedicalError
from leyden.medical import Scheme, scheme
from leyden.medical.evaluation import evaluate, fit_threshold

LESION = Scheme("lesion", {1: "lesion"}, {"lesion": (1,)})


def test_the_modality_that_shows_the_lesion_is_found(scan_of):
    cases = [scan_of("a"), scan_of("b", start=1)]
    found = fit_threshold(cases, scheme=LESION)
    assert (found.cuts[0].modality, found.cuts[0].side, found.cuts[0].keep, found.cuts[0].dice) == (
        "flair",
        "above",
        "all",
        1.0,
    )
    assert evaluate(found, [scan_of("c", start=3)], scheme=LESION).of("lesion").mean == 1.0


def test_dark_lesions_are_found_below_a_threshold(scan_of):
    scan = scan_of()
    image = scan.image.data.clone()
    image[1] = 8 - image[1]
    found = fit_threshold([scan._replace(image=type(scan.image)(image, scan.image.spacing))], scheme=LESION)
    assert (found.cuts[0].side, found.cuts[0].dice) == ("below", 1.0)


def test_the_largest_part_is_kept_where_that_is_better(scan_of):
    scan = scan_of()
    image = scan.image.data.clone()
    image[1, 0, 0, 0] += 5  # as bright as the lesion, and no lesion
    scan = scan._replace(image=type(scan.image)(image, scan.image.spacing))
    chosen = {keep: fit_threshold([scan], scheme=LESION, keep=keep).cuts[0] for keep in ("all", "largest", "best")}
    assert chosen["all"].dice < 1.0
    assert (chosen["largest"].dice, chosen["best"]) == (1.0, chosen["largest"])
    assert chosen["best"](scan).sum() == 64


def test_regions_are_in_the_order_of_the_scheme(scan_of):
    found = fit_threshold([scan_of()], scheme="brats21")
    assert [cut.region for cut in found.cuts] == list(scheme("brats21").regions)
    assert found(scan_of()).shape == (3, 8, 8, 8)
    assert found.cuts[2].dice == 1.0  # no enhancing tumour: found by a threshold that nothing passes
    assert not found(scan_of())[2].any()


def test_it_says_what_it_found(scan_of):
    shown = fit_threshold([scan_of()], scheme=LESION, keep="all")
    lines = repr(shown).splitlines()
    assert lines[0] == "thresholds on z-scores of what is not 0, fitted on 1 case"
    assert lines[2].startswith("lesion  flair >= ")
    assert "<td>1.000</td>" in shown._repr_html_()


def test_a_scan_without_the_modality_is_refused(scan_of):
    found = fit_threshold([scan_of()], scheme=LESION)
    with pytest.raises(MedicalError, match="'x' has no flair, by which lesion is told; it has t1"):
        found(scan_of("x", modalities=("t1",)))


def test_both_passes_are_told(scan_of):
    told = []
    fit_threshold([scan_of(), scan_of()], scheme=LESION, progress=lambda *now: told.append(now))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_every_case_that_does_not_fit_is_named(scan_of):
    lost, strange = scan_of("lost"), scan_of("strange")
    lost.image.data[0, 0, 0, 0] = torch.nan
    strange.label.data[0, 0, 0] = 9
    cases = [scan_of("good"), scan_of("bare", label=False), scan_of("other", modalities=("t2", "flair")), lost, strange]
    with pytest.raises(
        MedicalError,
        match=r"bare: has no label; other: has t2, flair, the first case t1, flair; lost: has 1 values.*; strange",
    ):
        fit_threshold(cases, scheme=LESION)


@pytest.mark.usefixtures("unchecked")
def test_nothing_to_fit_on_and_another_way_to_keep_are_refused(scan_of):
    with pytest.raises(MedicalError, match="there are no cases"):
        fit_threshold([], scheme=LESION)
    with pytest.raises(MedicalError, match="keep='most'; 'best', 'all' or 'largest' is wanted"):
        fit_threshold([scan_of()], scheme=LESION, keep="most")
