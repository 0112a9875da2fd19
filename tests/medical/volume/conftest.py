import nibabel
import numpy as np
import pytest


@pytest.fixture
def oblique():
    """An affine of x y z: thick slices, turned by 20 degrees, x to the left."""
    cosine, sine = np.cos(np.radians(20)), np.sin(np.radians(20))
    turned = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])
    affine = np.eye(4)
    affine[:3, :3] = turned @ np.diag([-0.9, 0.9, 3.5])
    affine[:3, 3] = [88.5, -70.25, -31.125]
    return affine.astype(np.float32).astype(np.float64)  # as files store it


@pytest.fixture
def save(tmp_path):
    """Write an array, x y z, by hand with nibabel."""

    def write(name, data, affine=None, *, kind=nibabel.Nifti1Image, **header):
        image = kind(data, np.eye(4) if affine is None else affine, dtype=data.dtype)
        for key, value in header.items():
            image.header[key] = value
        nibabel.save(image, tmp_path / name)
        return tmp_path / name

    return write
