import torch
from PIL import Image as Picture

from leyden.augment import Brightness
from leyden.items import Image
from leyden.recipe import own_images, pipes
from leyden.recipe.pipelines import MOVE, Augmented, Plain, Sized


def test_pictures_are_decoded_once_however_many_epochs_there_are(labelled, batches):
    for _ in range(3):
        assert sum(len(labels) for _, labels in batches.train) == 24
        assert sum(len(labels) for _, labels in batches.held_out) == 10
    assert sorted(labelled.train.read) == list(range(24))
    assert sorted(labelled.held_out.read) == list(range(10))


def test_every_epoch_draws_anew_and_held_out_batches_stay(batches):
    assert not torch.equal(next(iter(batches.train))[0], next(iter(batches.train))[0])
    assert torch.equal(next(iter(batches.held_out))[0], next(iter(batches.held_out))[0])


def test_batches_do_not_depend_on_the_number_of_workers(labelled, prep):
    epochs = [[images for images, _ in pipes(labelled, prep, workers=workers).train] for workers in (0, 1, 3)]
    assert all(torch.equal(a, b) for other in epochs[1:] for a, b in zip(epochs[0], other, strict=True))


def test_without_augmentation_a_batch_holds_the_pictures_as_the_weights_expect_them(labelled, prep):
    images, labels = next(iter(pipes(labelled, prep, move=None, batch=24).train))
    means = prep.invert(images).mean((1, 2, 3)) * 255
    assert sorted(means.round().int().tolist()) == sorted(
        labelled.train[i][0].float().mean().int().item() for i in range(24)
    )
    assert labels.dtype == torch.int64


def test_the_steps_by_hand(prep):
    picture = torch.full((3, 30, 40), 100, dtype=torch.uint8)
    sized, label = Sized(prep)((picture, 1))
    assert (sized.shape, sized.dtype, label) == ((3, 16, 16), torch.uint8, 1)
    assert torch.equal(sized.unique(), torch.tensor([100], dtype=torch.uint8))
    plain, _ = Plain(prep)((sized, 1))
    assert torch.equal(plain, prep.normalise(sized))
    generator = torch.Generator().manual_seed(0)
    moved, _ = Augmented(Brightness(0.2), prep)(generator, (sized, 1))
    item = Brightness(0.2)(torch.Generator().manual_seed(0), Image(sized.float() / 255))
    assert torch.allclose(moved, prep.normalise(item.data))


def test_what_a_photograph_undergoes_is_one_resample():
    assert "1.)" in MOVE.plan()


def test_pictures_of_a_folder_are_decoded_no_larger_than_the_network_sees(tmp_path, prep, monkeypatch):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        for number in range(2):
            Picture.new("RGB", (640, 480)).save(tmp_path / name / f"{number}.jpg")
    sides = []
    whole = Sized.__call__
    monkeypatch.setattr(
        Sized, "__call__", lambda self, sample: (sides.append(sample[0].shape[1:]), whole(self, sample))[1]
    )
    made = pipes(own_images(tmp_path, held_out=0.5), prep, move=None, workers=0)
    assert [images.shape[1:] for images, _ in made.train] == [(3, 16, 16)]
    assert sides == [(60, 80)] * 2  # an eighth of 480 x 640 is enough for a network of 16 x 16
