"""Of untrained networks and new data: what a method holds dearest is worth most in what the method promises."""

import copy
from itertools import pairwise

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from leyden.prune import masks, prune
from leyden.prune.score import Grasp, Movement, Snip, SynFlow, gradients
from prune.laws import digits, loss, means, trained, untrained

NEW = [(images.mT.contiguous(), 9 - labels) for images, labels in digits().batches]
"""Digits on their sides, counted backwards: a task for which a network that reads digits has to learn anew."""


def deep(seed):
    """Give an untrained network as deep as those that GraSP is meant for: its gradients flow through BatchNorm."""
    torch.manual_seed(seed)
    widths = (1, 16, 32, 32, 32, 32)
    blocks = [
        (nn.Conv2d(before, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU())
        for before, after in pairwise(widths)
    ]
    layers = [layer for block in blocks for layer in block]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(128, 10))


def after_descent(model):
    """Give the loss after three epochs of plain descent with momentum."""
    tuned, data = copy.deepcopy(model).train(), digits()
    rule = torch.optim.SGD(tuned.parameters(), lr=0.05, momentum=0.9)
    for images, labels in data.batches * 3:
        rule.zero_grad()
        cross_entropy(tuned(images), labels).backward()
        rule.step()
    return loss(tuned.eval())


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


def test_grasp_before_training_leaves_what_trains_best():
    method = Grasp(0.8, digits().batches[:4])
    most, random, least = means(lambda way: way(method), models=deep, measure=after_descent)
    assert most > random > least


def test_movement_finds_what_stands_in_the_way_of_a_new_task():
    method = Movement(0.05, NEW)
    most, random, least = means(lambda way: way(method), measure=new_loss)
    assert most > random > least


def test_movement_makes_a_network_better_at_a_new_task():
    assert new_loss(prune(trained(0), Movement(0.05, NEW))) < new_loss(trained(0))
