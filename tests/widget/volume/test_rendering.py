import sys

import nibabel
import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances

from leyden.errors import DriverMissing
from leyden.widget.volume.rendering import cleared, nifti, rendered
from leyden.widget.volume.subject import subject_of

AFFINE = np.array([[-1.0, 0, 0, 7], [0, -1, 0, 6], [0, 0, 2, -10], [0, 0, 0, 1]])


def test_volumes_are_handed_over_as_files_hold_them(panel, scan):
    stored = nibabel.Nifti1Image.from_bytes(nifti(scan.image.data[0].numpy(), panel.subject))
    assert np.allclose(stored.affine, AFFINE)
    assert np.array_equal(np.asarray(stored.dataobj), scan.image.data[0].numpy().T)


def test_image_and_labels_travel_as_bytes_in_the_colours_of_the_panel(panel):
    panel.show(layer="truth")
    panel.move(0, 0, x=0)
    widget = panel.render3d()
    image, labels = widget.volumes
    assert (image.url, labels.url, image.path, labels.path) == (None,) * 4
    assert (image.cal_min, image.cal_max) == pytest.approx(panel.window)
    assert labels.colormap_label.lut[4:8] == [213, 94, 0, 255]
    assert labels.colormap_label.lut[:4] == [0, 0, 0, 0]
    assert widget.scene.crosshair_pos == pytest.approx([1 - 0.5 / 14, 1 - 0.5 / 12, 0.5 / 10])
    widget.close()


def test_without_labels_the_image_is_rendered_alone(panel):
    panel.show(layer="none")
    widget = panel.render3d()
    assert len(widget.volumes) == 1
    widget.close()


def test_where_ipyniivue_is_missing_the_error_says_what_to_install(panel, monkeypatch):
    monkeypatch.setitem(sys.modules, "ipyniivue", None)
    with pytest.raises(DriverMissing, match="needs ipyniivue, which is not installed: pip install ipyniivue"):
        panel.render3d()


def test_what_is_cleared_leaves_no_widget(scan):
    before = set(_instances)
    made = rendered(subject_of(scan), "t1", window=(0.0, 100.0), labels=subject_of(scan).truth, place=(5, 6, 7))
    assert set(_instances) - before
    cleared(made)
    assert set(_instances) == before
