"""A3C for pytorch_update.py, its workers the rows of one batch: plain modules of torch.nn.

Layers, sizes, losses and the optimizer are those of Reverie at the same settings.
"""
import math

import torch
from torch import nn

import pytorch_steps as steps
from pytorch_pictures import ACTIVATIONS, dense, half_square, picture_encoder


class Encoder(nn.Module):
    """Pictures, vectors, or both one after the other."""

    def __init__(self, o):
        super().__init__()
        self.pictures = picture_encoder(o) if o.channels else None
        layers, inputs = [], o.vector
        for _ in range(o.vector_layers if o.vector else 0):
            layers += [nn.Linear(inputs, o.vector_units), ACTIVATIONS[o.activation]()]
            inputs = o.vector_units
        self.vectors = nn.Sequential(*layers)
        self.size = (32 * o.depth if o.channels else 0) + (o.vector_units if o.vector else 0)

    def forward(self, image, vector):
        parts = [] if self.pictures is None else [self.pictures(image.float() / 255 - 0.5).float()]
        if vector.shape[-1]:
            parts.append(self.vectors(vector.sign() * torch.log1p(vector.abs())).float())
        return torch.cat(parts, -1)


def make_parts(o):
    activation = ACTIVATIONS[o.activation]
    parts = {"encoder": Encoder(o)}
    features = parts["encoder"].size
    if o.lstm:
        parts["lstm"] = nn.LSTMCell(features, o.lstm)
        # PyTorch has two biases where one does; the second is the constant 1 of the forget gate here.
        parts["lstm"].bias_hh.requires_grad_(False).zero_()[o.lstm:2 * o.lstm] = 1
        features = o.lstm
    outputs = o.actions if o.choices else 2 * o.actions
    parts["actor"] = dense(features, o.actor_layers, o.actor_units, outputs, activation)
    parts["critic"] = dense(features, o.critic_layers, o.critic_units, 1, activation)
    return parts


def make_batch(o):
    rows = (o.length, o.batch)
    image = steps.pictures(o.length * o.batch, o) if o.channels else torch.zeros(0)
    vector = torch.randn(o.length * o.batch, o.vector)
    return [image, vector, steps.actions(*rows, o=o), torch.rand(*rows), torch.zeros(*rows), torch.zeros(*rows),
            torch.ones(*rows), torch.zeros(o.batch, o.lstm), torch.zeros(o.batch, o.lstm)]


class RmsProp:
    """Of the paper: epsilon is inside the root."""

    def __init__(self, parameters, o):
        self.parameters, self.o = parameters, o
        self.squares = [torch.zeros_like(p) for p in parameters]

    @torch.no_grad()
    def step(self):
        for p, square in zip(self.parameters, self.squares):
            square.mul_(self.o.decay).addcmul_(p.grad, p.grad, value=1 - self.o.decay)
            p.addcdiv_(p.grad, (square + self.o.epsilon).sqrt_(), value=-self.o.learning_rate)


def learned(parts):
    return [parameter for part in parts.values() for parameter in steps.learned(part)]


def make_optimizers(parts, o):
    return {"all": RmsProp(learned(parts), o)}


def policy(outputs, actions, o):
    """Log-probabilities of what was done, and entropies: choices, or normal distributions cut off at the bounds."""
    if o.choices:
        log = torch.log_softmax(outputs, -1)
        return (log * actions).sum(-1), -(log.exp() * log).sum(-1)
    mean, raw = outputs.chunk(2, -1)
    mean, std = torch.tanh(mean), 2 * torch.sigmoid(raw / 2) + o.actor_min_std
    half = 0.5 * math.log(2 * math.pi)
    low, high = (-1 - mean) / std, (1 - mean) / std
    mass = 0.5 * (torch.erf(high / math.sqrt(2)) - torch.erf(low / math.sqrt(2)))
    log = -half_square((actions - mean) / std) - torch.log(std) - half - torch.log(mass)
    edges = (low * torch.exp(-half_square(low) - half) - high * torch.exp(-half_square(high) - half)) / (2 * mass)
    return log.sum(-1), (torch.log(std * mass) + edges + half + 0.5).sum(-1)


def losses(parts, batch, o):
    image, vector, actions, rewards, terminal, last, goes_on, h, c = batch
    features = parts["encoder"](image, vector).reshape(o.length, o.batch, -1)
    if o.lstm:
        rows = []
        for k in range(o.length):
            on = goes_on[k].unsqueeze(-1)
            h, c = parts["lstm"](features[k], (h * on, c * on))
            rows.append(h.float())
        features = torch.stack(rows)
    values = parts["critic"](features).squeeze(-1).float()
    log, entropy = policy(parts["actor"](features[:-1]).float(), actions[1:], o)
    fixed, returns = values.detach(), []
    after, discount = fixed[-1], (1 - terminal) * o.discount
    for k in reversed(range(o.length - 1)):
        after = rewards[k + 1] + discount[k + 1] * torch.where(last[k + 1] > 0, fixed[k + 1], after)
        returns.insert(0, after)
    returns = torch.stack(returns)
    advantage = returns - values[:-1]
    each = -log * advantage.detach() + o.value_scale * half_square(advantage) - o.entropy * entropy
    return {"all": (each * goes_on[1:]).sum(0).mean()}


def update(parts, optimizers, batch, work, o):
    found = work(parts, batch)
    parameters = learned(parts)
    steps.step(optimizers["all"], parameters, torch.autograd.grad(found["all"], parameters), o)
    steps.finite(found)
