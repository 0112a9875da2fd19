import pickle

import pytest
import torch

from leyden.errors import DrawError, MedicalError
from leyden.items import Image, Mask
from leyden.medical.artefact import NonzeroZNorm
from leyden.medical.packed.stored import Origin
from leyden.medical.packed.writing import coded, write_case

BOX = (slice(2, 10), slice(3, 12), slice(4, 15))


@pytest.fixture
def case(head, tmp_path):
    return write_case(coded(head()), tmp_path / "one.packed")


def test_all_of_a_case_is_what_was_packed_cut_to_the_box(head, case):
    whole, scan = head(), case.scan()
    assert torch.equal(scan.image.data, whole.image.data[:, *BOX])
    assert torch.equal(scan.label.data, whole.label.data[BOX])
    assert (scan.modalities, scan.name, scan.image.spacing) == (("t1", "flair"), "one", (2.0, 1.5, 1.0))
    assert scan.image.affine == scan.label.affine == case.header.affine
    assert case.origin == Origin((12, 14, 16), (2, 3, 4))
    assert case.error == 0


def test_values_between_whole_numbers_come_back_to_the_error_told(head, tmp_path):
    scan = head(real=True)
    case = write_case(coded(scan), tmp_path / "one.packed")
    far = (case.scan().image.data - scan.image.data[:, *BOX]).abs().max().item()
    assert 0 < far <= case.error * 1.001
    assert case.error < 5000 / 3 / 131000


def test_a_window_is_that_part_of_all_and_lies_where_it_does(case):
    part, whole = case.crop((1, 2, 3), (4, 3, 5)), case.scan()
    window = (slice(1, 5), slice(2, 5), slice(3, 8))
    assert torch.equal(part.image.data, whole.image.data[:, *window])
    assert torch.equal(part.label.data, whole.label.data[window])
    assert part.image.affine[0][-1] == whole.image.affine[0][-1] - 3


@pytest.mark.parametrize("real", [False, True])
def test_normalised_values_are_z_scores_of_the_whole(head, tmp_path, real):
    scan = head(real=real)
    case = write_case(coded(scan), tmp_path / "one.packed")
    wanted = NonzeroZNorm()(torch.Generator(), scan).image.data[:, *BOX]
    normed = case.scan("nonzero").image.data
    assert torch.allclose(normed, wanted, atol=1e-4 if real else 2e-6)
    assert ((normed == 0) == (wanted == 0)).all()
    assert torch.equal(case.crop((1, 2, 3), (4, 3, 5), norm="nonzero").image.data, normed[:, 1:5, 2:5, 3:8])


def test_a_sketch_has_the_grid_and_the_labels_and_takes_no_memory(case):
    sketch = case.sketch()
    assert torch.equal(sketch.label.data, case.scan().label.data)
    assert sketch.image.size == (8, 9, 11)
    assert sketch.image.affine == case.scan().image.affine
    assert sketch.image.data.untyped_storage().nbytes() == 4


def test_writing_to_what_was_read_changes_nothing_in_the_file(case):
    case.sketch().label.data.fill_(9)
    case.scan().image.data.fill_(9.0)
    case.check()


def test_a_case_without_labels_has_none(head, tmp_path):
    case = write_case(coded(head(labelled=False)), tmp_path / "one.packed")
    assert case.scan().label is None
    assert case.sketch().label is None
    assert case.crop((0, 0, 0), (1, 1, 1)).label is None
    case.check()


def test_predictions_go_back_to_the_full_grid(head, case):
    whole, scan = head(), case.scan()
    back = case.restore(scan)
    assert torch.equal(back.image.data, whole.image.data)
    assert back.label == whole.label
    assert back.image.affine == whole.image.affine
    with pytest.raises(DrawError):
        case.restore(Mask(torch.zeros(3, 3, 3, dtype=torch.uint8)))
    assert case.restore((Image(torch.ones(3, 8, 9, 11)), "told"))[0].data.sum() == 3 * 8 * 9 * 11


def test_a_case_goes_to_another_process_without_its_voxels(case):
    content = pickle.dumps(case)
    assert len(content) < 20_000  # header and path
    assert torch.equal(pickle.loads(content).scan().image.data, case.scan().image.data)


@pytest.mark.parametrize(
    ("start", "size"), [((0, 0, 0), (9, 1, 1)), ((-1, 0, 0), (1, 1, 1)), ((0, 0, 0), (0, 1, 1)), ((0, 0), (1, 1))]
)
def test_a_window_beyond_the_case_is_refused(case, start, size):
    with pytest.raises(MedicalError, match=r"a window of .* does not lie within 'one', which has \(8, 9, 11\)"):
        case.crop(start, size)


def test_damaged_voxels_are_found_when_asked_for(case):
    content = bytearray(case.path.read_bytes())
    content[-5] ^= 1
    case.path.write_bytes(content)
    with pytest.raises(MedicalError, match=r"one\.packed is damaged: .* pack 'one' again"):
        case.check()


def test_a_file_that_is_another_now_is_refused(head, case):
    write_case(coded(head(seed=1)), case.path)
    with pytest.raises(MedicalError, match="has been packed anew since this was opened"):
        case.scan()
    case.path.unlink()
    with pytest.raises(MedicalError, match=r"cannot be read .*pack 'one' again"):
        case.scan()


def test_a_case_prints_what_it_is(case):
    assert repr(case) == "PackedCase('one', t1, flair, 8 x 9 x 11 of 12 x 14 x 16)"
