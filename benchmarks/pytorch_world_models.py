"""V and M of World Models for pytorch_update.py: plain modules of torch.nn.

Layers, sizes and losses are those of Reverie at the same settings.
"""
import math

import torch
from torch import nn
from torch.nn import functional as F

import pytorch_steps as steps
from pytorch_pictures import half_square, picture_decoder, picture_encoder, sample


class Vae(nn.Module):
    """V of World Models: mean and log-variance of z, and the picture that z stands for, in [0, 1]."""

    def __init__(self, o):
        super().__init__()
        self.encoder = picture_encoder(o)
        self.mean = nn.Linear(32 * o.depth, o.latents)
        self.log_variance = nn.Linear(32 * o.depth, o.latents)
        self.decoder = picture_decoder(o.latents, o)

    def loss(self, batch, o):
        seen = batch[0].float() / 255
        embed = self.encoder(seen)
        mean, log_variance = self.mean(embed).float(), self.log_variance(embed).float()
        decoded = torch.sigmoid(self.decoder(sample(mean, torch.exp(log_variance / 2))).float())
        kl = -0.5 * (1 + log_variance - mean ** 2 - torch.exp(log_variance)).sum(-1)
        return ((decoded - seen) ** 2).sum((1, 2, 3)).mean() + kl.clamp(min=o.kl_tolerance * o.latents).mean()


class Memory(nn.Module):
    """M of World Models: what the rows before a row say of its latent, and if asked of its end and reward."""

    def __init__(self, o):
        super().__init__()
        self.lstm = nn.LSTM(o.latents + o.actions + o.done, o.units)
        # PyTorch has two biases where one does; the second is the constant 1 of the forget gate here.
        self.lstm.bias_hh_l0.requires_grad_(False).zero_()[o.units:2 * o.units] = 1
        self.choices = 1 if o.joint else o.latents
        self.sizes = [o.done, o.predict_reward, o.mixtures * self.choices] + 2 * [o.mixtures * o.latents]
        self.output = nn.Linear(o.units, sum(self.sizes))

    def loss(self, batch, o):
        _, actions, rewards, mean, log_variance = batch
        z = sample(mean, torch.exp(log_variance / 2))
        inputs, ends = [z[:-1], actions[1:]], torch.zeros_like(rewards[1:])     # of the rows to come
        if o.done:
            empty = torch.zeros_like(ends).unsqueeze(-1)
            empty[0] = 1
            inputs.append(empty)
        outputs = self.output(self.lstm(torch.cat(inputs, -1))[0]).float()
        done, reward, weights, means, log_stds = outputs.split(self.sizes, -1)
        loss = -self.log_density(z[1:], weights, means, log_stds, o).mean() / o.latents
        if o.done:
            cost = F.binary_cross_entropy_with_logits(done.squeeze(-1), ends, reduction="none")
            loss = loss + (cost * (1 + (o.done_weight - 1) * ends)).mean()
        if o.predict_reward:
            loss = loss + ((reward.squeeze(-1) - rewards[1:]) ** 2).mean()
        return loss

    def log_density(self, z, weights, means, log_stds, o):
        weights = weights.unflatten(-1, (self.choices, o.mixtures)).log_softmax(-1)
        means, log_stds = (part.unflatten(-1, (o.latents, o.mixtures)) for part in (means, log_stds))
        parts = -half_square((z.unsqueeze(-1) - means) / torch.exp(log_stds)) - log_stds - 0.5 * math.log(2 * math.pi)
        parts = parts.sum(-2, keepdim=True) if o.joint else parts
        return torch.logsumexp(weights + parts, -1).sum(-1)


def make_parts(o):
    return {o.agent: Vae(o) if o.agent == "vae" else Memory(o)}


def losses(parts, batch, o):
    return {o.agent: parts[o.agent].loss(batch, o)}


def make_batch(o):
    """Pictures of single rows for V, none for M, which has encodings."""
    rows = (1 if o.agent == "vae" else o.length, o.batch)
    encodings = [2 * torch.rand(*rows, o.latents) - 1 for _ in range(2)]
    image = steps.pictures(0 if o.agent == "memory" else o.batch, o)
    return [image, steps.actions(*rows, o=o), torch.rand(*rows), *(encodings if o.agent == "memory" else [])]


make_optimizers, update = steps.make_optimizers, steps.update
