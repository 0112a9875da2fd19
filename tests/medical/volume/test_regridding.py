import nibabel
import numpy as np
import pytest
import torch

from leyden.augment import Orientation, Spacing
from leyden.errors import DrawError
from leyden.items import Image, Mask
from leyden.medical.volume import read_image, read_labels, to_grid, write_volume


def blob(affine, size, *, centre, radius):
    """An ellipsoid of code 3 drawn in mm, x y z: what any right way of getting it onto the grid comes near to."""
    places = np.stack(np.meshgrid(*map(np.arange, size), indexing="ij"), -1)
    millimetres = places @ affine[:3, :3].T + affine[:3, 3]
    return 3 * (np.linalg.norm((millimetres - centre) / radius, axis=-1) < 1).astype(np.uint8)


def test_a_prediction_on_1_mm_goes_back_to_an_oblique_grid_of_thick_slices_exactly_in_place(save, tmp_path, oblique):
    size = (60, 64, 20)
    centre = oblique[:3, :3] @ (np.array(size) / 2) + oblique[:3, 3]
    drawn = blob(oblique, size, centre=centre, radius=np.array([18, 14, 20]))
    file = save("scan.nii.gz", drawn.astype(np.float32) * 100, oblique)

    scan = read_image(file)
    draw = to_grid(1.0).draw(torch.Generator(), scan)
    seen = draw(scan)
    assert seen.spacing == pytest.approx((1.0, 1.0, 1.0), rel=0.02)
    assert nibabel.aff2axcodes(np.array(seen.affine)[:, [2, 1, 0, 3]]) == ("R", "A", "S")
    predicted = Mask((seen.data[0] > 150).byte() * 3, affine=seen.affine)
    back = draw.spatial.invert(predicted)
    write_volume(tmp_path / "seg.nii.gz", back, like=file)

    written = nibabel.load(tmp_path / "seg.nii.gz")
    np.testing.assert_array_equal(written.affine, nibabel.load(file).affine)
    got = np.asarray(written.dataobj)
    assert set(np.unique(got)) == {0, 3}
    assert np.logical_and(got, drawn).sum() / np.logical_or(got, drawn).sum() > 0.97
    # in place: half a voxel off would be 0.5
    centres = [np.argwhere(each).mean(0) for each in (got, drawn)]
    np.testing.assert_allclose(centres[0], centres[1], atol=0.1)
    assert read_labels(tmp_path / "seg.nii.gz").size == scan.size


def test_a_prediction_without_a_place_goes_back_as_well(save, tmp_path, oblique):
    file = save("scan.nii.gz", np.ones((12, 10, 4), np.float32), oblique)
    scan = read_image(file)
    draw = to_grid(1.0).draw(torch.Generator(), scan)
    back = draw.spatial.invert(Mask(torch.ones(draw.new_size).byte()))
    write_volume(tmp_path / "seg.nii.gz", back, like=file)
    np.testing.assert_array_equal(nibabel.load(tmp_path / "seg.nii.gz").affine, nibabel.load(file).affine)
    assert read_labels(tmp_path / "seg.nii.gz").data.all()


def test_where_there_is_nothing_to_do_nothing_is_copied():
    lying = ((0.0, 0.0, 1.0, 0.0), (0.0, 1.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))
    scan = Image(torch.rand(1, 4, 4, 4), affine=lying)
    draw = to_grid(1.0).draw(torch.Generator(), scan)
    assert draw.resamples == 0
    assert draw(scan).data.data_ptr() == scan.data.data_ptr()


def test_it_is_the_two_steps_and_nothing_else():
    assert to_grid(3.0, 1.0, 1.0) == Orientation("RAS") | Spacing(3.0, 1.0, 1.0)
    with pytest.raises(DrawError, match="in mm"):
        to_grid(-1.0)
