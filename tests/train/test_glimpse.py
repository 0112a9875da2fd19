import torch

from leyden.train.glimpse import glimpse


def volume(*places):
    maps = torch.zeros(2, 4, 3, 3)
    for place in places:
        maps[place] = 1
    return maps


def test_the_slice_is_where_most_voxels_differ():
    truth, predicted = volume((0, 1), (1, 2, 0, 0)), volume((0, 1), (1, 3))
    one = glimpse(5, 0.25, torch.arange(36.0).view(1, 4, 3, 3), truth=truth, predicted=predicted)
    assert one.image[0, 0, 0] == 27
    assert one.predicted[1].all()
    assert not one.truth.any()
    assert repr(one) == "Glimpse(sample 5, mean Dice 0.250)"


def test_where_all_is_right_it_is_the_one_with_most_truth():
    truth = volume((0, 1, 0, 0), (0, 2))
    assert glimpse(0, 1.0, torch.zeros(1, 4, 3, 3), truth=truth, predicted=truth).truth[0].all()


def test_a_picture_is_its_own_slice_and_nothing_is_shared():
    image = torch.zeros(1, 3, 3)
    one = glimpse(0, 1.0, image, truth=torch.ones(2, 3, 3), predicted=torch.zeros(2, 3, 3))
    image += 1
    assert one.image.shape == (1, 3, 3)
    assert not one.image.any()
    assert one.truth.all()
