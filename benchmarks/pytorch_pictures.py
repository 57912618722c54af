"""What the models of pytorch_update.py share: the convolutions of World Models, which PlaNet and Dreamer have too, and what
is drawn and compared.
"""
import torch
from torch import nn


def picture_encoder(o):
    d = o.depth
    return nn.Sequential(
        nn.Conv2d(o.channels, d, 4, 2), nn.ReLU(), nn.Conv2d(d, 2 * d, 4, 2), nn.ReLU(),
        nn.Conv2d(2 * d, 4 * d, 4, 2), nn.ReLU(), nn.Conv2d(4 * d, 8 * d, 4, 2), nn.ReLU(), nn.Flatten())


def picture_decoder(features, o):
    d = o.depth
    return nn.Sequential(
        nn.Linear(features, 32 * d), nn.Unflatten(1, (32 * d, 1, 1)),
        nn.ConvTranspose2d(32 * d, 4 * d, 5, 2), nn.ReLU(), nn.ConvTranspose2d(4 * d, 2 * d, 5, 2), nn.ReLU(),
        nn.ConvTranspose2d(2 * d, d, 6, 2), nn.ReLU(), nn.ConvTranspose2d(d, o.channels, 6, 2))


def sample(mean, std):
    return mean + std * torch.randn_like(std)


def half_square(error):
    return 0.5 * error ** 2
