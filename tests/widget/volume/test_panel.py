import io

import numpy as np
import pytest
import torch
from PIL import Image as Pillow

from leyden.errors import PanelError, UnknownCodes
from leyden.items import Image, Mask
from leyden.medical import Scan, scheme
from leyden.widget.volume import VolumePanel


def pixels(png):
    return np.asarray(Pillow.open(io.BytesIO(png)))


def test_it_begins_at_the_errors_of_the_worst_case_and_shows_them(panel):
    assert panel.style.layer == "difference"
    assert panel.subject.truth.codes[panel.place] != panel.subject.prediction.codes[panel.place]
    assert repr(panel).startswith("VolumePanel(one; t1 from ")


def test_moving_changes_the_slices_and_the_readout_and_nothing_else(panel):
    still = panel.still()
    panel.move(2, x=3)
    assert (panel.place[0], panel.place[2]) == (2, 3)
    assert panel.readout.voxel == panel.place
    assert [one.place for one in panel.slices()] == list(panel.place)
    assert panel.still() != still


def test_a_voxel_outside_is_refused_and_all_stays(panel):
    before = panel.place
    with pytest.raises(PanelError, match=r"there is no such voxel: z = 10 of 0 to 9, x = -1 of 0 to 13"):
        panel.move(10, x=-1)
    assert panel.place == before


def test_equal_states_give_equal_pictures(panel, scan, prediction):
    panel.show(modality="flair", layer="truth", part="regions", fill="outline", zoom=2.0)
    panel.move(4, 5, x=6)
    other = VolumePanel(scan, prediction=prediction, scheme=scheme("brats21"))
    other.move(*panel.place[:2], x=panel.place[2])
    panel.show(zoom=1.0)
    other.show(modality="flair", layer="truth", part="regions", fill="outline")
    assert panel.still() == other.still()


def test_what_is_wrong_with_a_choice_is_told_and_all_stays(panel):
    before = panel.style
    with pytest.raises(PanelError, match=r"no modality 't2'; there is t1, flair; .*no part 'XT'"):
        panel.show(modality="t2", part="XT", fill="outline")
    assert panel.style == before


def test_without_label_and_prediction_it_shows_the_image_and_says_what_is_missing(scan):
    panel = VolumePanel(scan._replace(label=None))
    assert panel.style.layer == "none"
    assert panel.legend == []
    with pytest.raises(PanelError, match="one has no label and no prediction"):
        panel.show(layer="difference")
    assert panel.still()


def test_an_empty_label_is_shown_and_has_nothing_to_seek(scan):
    empty = scan._replace(label=Mask(torch.zeros(10, 12, 14, dtype=torch.uint8)))
    panel = VolumePanel(empty, scheme="brats21")
    assert panel.place == (5, 6, 7)
    with pytest.raises(
        PanelError, match="there is no slice to go to: truth holds nothing of all labels; choose other labels"
    ):
        panel.seek()
    assert panel.still()


def test_a_picture_is_no_volume():
    flat = Scan(Image(torch.rand(1, 8, 8)), None, ("t1",), "flat")
    with pytest.raises(PanelError, match=r"flat cannot be shown: its image is 1 x 8 x 8, a picture and no volume"):
        VolumePanel(flat)


def test_unknown_codes_name_the_scheme(scan):
    with pytest.raises(PanelError, match="scheme 'msd' knows the codes 0, 1, 2, 3; found"):
        VolumePanel(scan, scheme="msd")
    with pytest.raises(UnknownCodes):
        scheme("msd").check(scan.label)


def test_voxels_that_are_no_numbers_are_drawn_black_and_told(scan):
    data = scan.image.data.clone()
    data[0, 5, 6, 7] = float("nan")
    panel = VolumePanel(scan._replace(image=Image(data), label=None))
    assert ("not finite in t1", "1 voxels, drawn black") in panel.facts()
    panel.show(interpolation="voxels", cross=False)
    panel.move(5, 6, x=7)
    axial = panel.slices()[0].pixels
    high, wide = axial.shape[0] // 12, axial.shape[1] // 14
    assert axial[6 * high + high // 2, 7 * wide + wide // 2].tolist() == [0, 0, 0]


def test_cases_come_worst_first_and_keep_the_style(scan, prediction):
    scans = [scan, scan._replace(name="two"), scan._replace(name="three")]
    panel = VolumePanel(scans, prediction={"one": prediction}, scheme="brats21", scores=[0.9, 0.2, 0.5])
    assert [row.name for row in panel.cases] == ["two", "three", "one"]
    assert panel.case.name == "two"
    panel.show(modality="flair")
    panel.step()
    assert (panel.case.name, panel.style.modality) == ("three", "flair")
    panel.choose("one")
    panel.show(layer="difference")
    with pytest.raises(PanelError, match="this is the last of 3 cases"):
        panel.step()
    panel.choose(1)
    assert panel.style.layer == "truth"


def test_a_case_that_cannot_be_shown_leaves_the_present_one(scan):
    broken = scan._replace(label=Mask(torch.zeros(2, 2, 2, dtype=torch.uint8)), name="broken")
    panel = VolumePanel([scan, broken])
    with pytest.raises(PanelError, match="broken cannot be shown: the label is 2 x 2 x 2, the image 10 x 12 x 14"):
        panel.choose("broken")
    assert panel.case.name == "one"


def test_regions_can_be_predicted_one_by_one(scan):
    maps = scheme("brats21").to_regions(scan.label)
    panel = VolumePanel(scan, prediction=maps, scheme="brats21")
    assert panel.subject.dice("ET") == 1.0
    panel.show(layer="difference", part="WT")
    assert panel.subject.tally("WT")[1:] == (0, 0, 0)


def test_facts_tell_grid_orientation_and_dice(panel):
    facts = dict(panel.facts())
    assert facts["grid"] == "10 x 12 x 14 voxels, 2 x 1 x 1 mm, z y x run to SPL"
    assert facts["Dice, region WT"] == "0.857"
    assert facts["over it"] == "difference, all labels"
    assert facts["case"] == "one"


def test_the_picture_stands_by_itself(panel):
    shown = panel.picture()
    assert pixels(shown.pictures[0][1]).shape[1] > 700
    assert "axial, coronal and sagittal slices through voxel" in shown.html()
    assert panel.still() == shown.pictures[0][1]


def test_drawing_makes_no_figure(scan, prediction, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a figure was made")

    monkeypatch.setattr("matplotlib.figure.Figure.__init__", refuse)
    panel = VolumePanel(scan, prediction=prediction)
    panel.move(1, 1, x=1)
    panel.slices()
    assert panel.still()
    assert panel.picture()
    assert panel.view.settle(10)
    assert panel.view._failure == ""
    panel.close()


def test_half_the_digits_are_as_good_as_all(scan):
    coarse = VolumePanel(
        Scan(Image(scan.image.data.bfloat16(), affine=scan.image.affine), None, ("t1", "flair"), "one")
    )
    assert coarse.slices()[0].pixels.shape == VolumePanel(scan).slices()[0].pixels.shape
    coarse.close()


def test_what_is_not_there_to_be_waited_for_or_stopped_is_said(panel):
    panel.wait(0)
    assert (panel.doing, panel.stopping, panel.wanted) == ("", False, panel.case)
    with pytest.raises(PanelError, match="there is nothing to stop"):
        panel.stop()


def test_a_closed_panel_still_draws_but_has_no_view(scan):
    panel = VolumePanel(scan)
    panel.close()
    assert panel.still()
    with pytest.raises(PanelError, match="closed"):
        _ = panel.view


def test_it_opens_on_the_first_case_that_can_be_shown_and_tells_of_the_others(scan):
    broken = [scan._replace(label=Mask(torch.zeros(2, 2, 2, dtype=torch.uint8)), name=f"broken{n}") for n in (1, 2)]
    panel = VolumePanel([*broken, scan])
    assert panel.case.name == "one"
    assert panel.message.startswith("broken1 cannot be shown: the label is 2 x 2 x 2, the image 10 x 12 x 14")
    assert "; broken2 cannot be shown" in panel.message
    with pytest.raises(PanelError, match="broken1 cannot be shown"):
        VolumePanel(broken)
