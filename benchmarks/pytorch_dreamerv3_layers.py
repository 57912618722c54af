"""Layers of DreamerV3 for pytorch_dreamerv3.py, and its optimizer: plain modules of torch.nn."""
import math

import torch
from torch import nn
from torch.nn import functional as F


class RmsNorm(nn.Module):
    def __init__(self, units):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(units))

    def forward(self, x):
        x = x.float()
        return x * torch.rsqrt((x ** 2).mean(-1, keepdim=True) + 1e-4) * self.scale


class ChannelNorm(RmsNorm):
    """Over the channels of each pixel of (N, C, H, W)."""

    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).to(x.dtype).permute(0, 3, 1, 2)


def layer(inputs, units):
    return nn.Sequential(nn.Linear(inputs, units), RmsNorm(units), nn.SiLU())


def mlp(inputs, layers, units, outputs=None, zero=False):
    parts = []
    for _ in range(layers):
        parts.append(layer(inputs, units))
        inputs = units
    if outputs is not None:
        parts.append(nn.Linear(inputs, outputs))
        if zero:
            nn.init.zeros_(parts[-1].weight)
            nn.init.zeros_(parts[-1].bias)
    return nn.Sequential(*parts)


class BlockLinear(nn.Module):
    def __init__(self, inputs, outputs, blocks):
        super().__init__()
        self.blocks = blocks
        self.weight = nn.Parameter(torch.randn(blocks, inputs // blocks, outputs // blocks) / math.sqrt(inputs))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        x = x.unflatten(-1, (self.blocks, -1))
        return torch.einsum("ngi,gio->ngo", x, self.weight).flatten(-2) + self.bias


class Encoder(nn.Module):
    def __init__(self, o):
        super().__init__()
        d, self.strided = o.depth, o.cnn == "strided"
        widths = [o.channels, 2 * d, 3 * d, 4 * d, 4 * d]
        self.convolutions = nn.ModuleList(
            nn.Conv2d(a, b, 5, 2 if self.strided else 1, 0 if self.strided else 2) for a, b in zip(widths, widths[1:]))
        self.norms = nn.ModuleList(ChannelNorm(width) for width in widths[1:])

    def forward(self, x):
        for convolution, norm in zip(self.convolutions, self.norms):
            x = convolution(F.pad(x, (1, 2, 1, 2))) if self.strided else F.max_pool2d(convolution(x), 2)
            x = F.silu(norm(x))
        return x.flatten(1)


class Decoder(nn.Module):
    def __init__(self, o):
        super().__init__()
        d, self.strided = o.depth, o.cnn == "strided"
        self.sizes, self.blocks = [o.stoch * o.classes, o.deter], o.blocks
        self.from_deter = BlockLinear(o.deter, 16 * 4 * d, o.blocks)
        self.from_stoch = nn.Sequential(layer(o.stoch * o.classes, 2 * o.hidden), nn.Linear(2 * o.hidden, 16 * 4 * d))
        widths = [4 * d, 4 * d, 3 * d, 2 * d, o.channels]
        self.norms = nn.ModuleList(ChannelNorm(width) for width in widths[:-1])
        self.convolutions = nn.ModuleList(
            nn.ConvTranspose2d(a, b, 5, 2, 2, 1) if self.strided else nn.Conv2d(a, b, 5, 1, 2)
            for a, b in zip(widths, widths[1:]))

    def forward(self, features):
        stoch, deter = features.split(self.sizes, -1)
        blocks = self.from_deter(deter).unflatten(-1, (self.blocks, 4, 4, -1)).permute(0, 1, 4, 2, 3).flatten(1, 2)
        x = blocks + self.from_stoch(stoch).unflatten(-1, (4, 4, -1)).permute(0, 3, 1, 2)
        for norm, convolution in zip(self.norms, self.convolutions):
            x = F.silu(norm(x))
            x = convolution(x if self.strided else F.interpolate(x, scale_factor=2, mode="nearest"))
        return torch.sigmoid(x.float()) - 0.5


class PlanetEncoder(nn.Module):
    """The four convolutions of PlaNet, with norms."""

    def __init__(self, o):
        super().__init__()
        d = o.depth
        widths = [o.channels, d, 2 * d, 4 * d, 8 * d]
        self.convolutions = nn.ModuleList(nn.Conv2d(a, b, 4, 2) for a, b in zip(widths, widths[1:]))
        self.norms = nn.ModuleList(ChannelNorm(width) for width in widths[1:])

    def forward(self, x):
        for convolution, norm in zip(self.convolutions, self.norms):
            x = F.silu(norm(convolution(x)))
        return x.flatten(1)


class PlanetDecoder(nn.Module):
    def __init__(self, o):
        super().__init__()
        d = o.depth
        widths = [32 * d, 4 * d, 2 * d, d, o.channels]
        self.input = nn.Linear(o.stoch * o.classes + o.deter, widths[0])
        self.convolutions = nn.ModuleList(
            nn.ConvTranspose2d(a, b, kernel, 2) for a, b, kernel in zip(widths, widths[1:], (5, 5, 6, 6)))
        self.norms = nn.ModuleList(ChannelNorm(width) for width in widths[1:-1])

    def forward(self, features):
        x = self.input(features)[..., None, None]
        for convolution, norm in zip(self.convolutions, self.norms):
            x = F.silu(norm(convolution(x)))
        return self.convolutions[-1](x).float()


class LaProp:
    """LaProp (Ziyin et al. 2020) after adaptive gradient clipping."""

    def __init__(self, parameters, o):
        self.parameters, self.o, self.steps = parameters, o, 0
        self.first, self.second = ([torch.zeros_like(p) for p in parameters] for _ in range(2))

    @torch.no_grad()
    def step(self, gradients):
        o, beta1, beta2 = self.o, 0.9, 0.999
        self.steps += 1
        rate = o.learning_rate * min(1, (self.steps - 1) / o.warm_up if o.warm_up else 1)
        for p, g, m, v in zip(self.parameters, gradients, self.first, self.second):
            if o.adaptive_clip > 0:
                g = g / (g.norm() / (o.adaptive_clip * p.norm().clamp(min=1e-3))).clamp(min=1)
            v.mul_(beta2).addcmul_(g, g, value=1 - beta2)
            root = (v / (1 - beta2 ** self.steps)).sqrt_().add_(o.epsilon)
            m.mul_(beta1).add_(torch.where(v > 0, g / root, torch.zeros_like(g)), alpha=1 - beta1)
            p.add_(m, alpha=-rate / (1 - beta1 ** self.steps))
