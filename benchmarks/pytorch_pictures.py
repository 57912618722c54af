"""What the models of pytorch_update.py share: the convolutions of World Models, which PlaNet and the first Dreamers
have too, dense layers, and what is drawn and compared.
"""
import torch
from torch import nn


ACTIVATIONS = {"relu": nn.ReLU, "elu": nn.ELU, "silu": nn.SiLU, "tanh": nn.Tanh}


def picture_encoder(o):
    d, activation = o.depth, ACTIVATIONS[o.cnn_activation]
    return nn.Sequential(
        nn.Conv2d(o.channels, d, 4, 2), activation(), nn.Conv2d(d, 2 * d, 4, 2), activation(),
        nn.Conv2d(2 * d, 4 * d, 4, 2), activation(), nn.Conv2d(4 * d, 8 * d, 4, 2), activation(), nn.Flatten())


def picture_decoder(features, o):
    d, activation = o.depth, ACTIVATIONS[o.cnn_activation]
    return nn.Sequential(
        nn.Linear(features, 32 * d), nn.Unflatten(1, (32 * d, 1, 1)),
        nn.ConvTranspose2d(32 * d, 4 * d, 5, 2), activation(), nn.ConvTranspose2d(4 * d, 2 * d, 5, 2), activation(),
        nn.ConvTranspose2d(2 * d, d, 6, 2), activation(), nn.ConvTranspose2d(d, o.channels, 6, 2))


def dense(inputs, layers, units, outputs, activation):
    parts = []
    for _ in range(layers):
        parts += [nn.Linear(inputs, units), activation()]
        inputs = units
    return nn.Sequential(*parts, nn.Linear(inputs, outputs))


def sample(mean, std):
    return mean + std * torch.randn_like(std)


def half_square(error):
    return 0.5 * error ** 2
