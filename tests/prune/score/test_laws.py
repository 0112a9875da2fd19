"""Of untrained networks and new data: what a method holds dearest is worth most in what the method promises."""

import copy

import torch
from torch.nn.functional import cross_entropy

from leyden.prune import masks, prune
from leyden.prune.score import Grasp, Movement, Snip, SynFlow, gradients
from prune.laws import digits, loss, means, trained, untrained

NEW = [(images.mT.contiguous(), 9 - labels) for images, labels in digits().batches]
"""Digits on their sides, counted backwards: a task for which a network that reads digits has to learn anew."""


def after_training(model):
    """Give the loss after two epochs."""
    tuned, data = copy.deepcopy(model), digits()
    rule = torch.optim.AdamW(tuned.parameters(), lr=3e-3)
    for images, labels in data.batches * 2:
        rule.zero_grad()
        cross_entropy(tuned(images), labels).backward()
        rule.step()
    return loss(tuned)


def stillness(model):
    """Give the negative squared norm of the gradient to the weights that are left."""
    keep = masks(model)
    found = gradients(model, digits().batches)
    return -sum(float((gradient * keep[name]).square().sum()) for name, gradient in found.items())


def new_loss(model):
    with torch.no_grad():
        return sum(float(cross_entropy(model(images), labels)) for images, labels in NEW) / len(NEW)


def test_snip_before_training_leaves_what_trains_best():
    method = Snip(0.5, digits().batches[:2])
    most, random, least = means(lambda way: way(method), models=untrained, measure=after_training)
    assert most > random > least


def test_synflow_before_training_leaves_what_trains_best():
    method = SynFlow(0.5, digits().example, rounds=5)
    most, random, least = means(lambda way: way(method), models=untrained, measure=after_training)
    assert most > random > least


def test_grasp_before_training_lets_the_gradient_flow():
    method = Grasp(0.5, digits().batches[:2])
    most, random, least = means(lambda way: way(method), models=untrained, measure=stillness)
    assert most > random > least


def test_movement_finds_what_stands_in_the_way_of_a_new_task():
    method = Movement(0.05, NEW)
    most, random, least = means(lambda way: way(method), measure=new_loss)
    assert most > random > least


def test_movement_makes_a_network_better_at_a_new_task():
    assert new_loss(prune(trained(0), Movement(0.05, NEW))) < new_loss(trained(0))
