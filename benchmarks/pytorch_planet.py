"""PlaNet and Dreamer for pytorch_update.py, from pictures: plain modules of torch.nn, a loop over time.

Layers, sizes and losses are those of Reverie at the same settings.
"""
import math

import torch
from torch import nn
from torch.nn import functional as F

import pytorch_steps as steps
from pytorch_pictures import ACTIVATIONS, dense, half_square, picture_decoder, picture_encoder, sample


class PlanetCell(nn.Module):
    """The cell of TensorFlow's GRUBlockCell: the reset gate comes before the recurrent product."""

    def __init__(self, inputs, units):
        super().__init__()
        self.gates = nn.Linear(inputs + units, 2 * units)
        self.candidate = nn.Linear(inputs + units, units)

    def forward(self, x, h):
        reset, update = torch.sigmoid(self.gates(torch.cat([x, h], -1))).chunk(2, -1)
        candidate = torch.tanh(self.candidate(torch.cat([x, reset * h], -1)))
        return update * h + (1 - update) * candidate


class Gaussian(nn.Module):
    """Hidden layer, then mean and deviation of a latent."""

    def __init__(self, inputs, o, activation):
        super().__init__()
        self.hidden = nn.Sequential(nn.Linear(inputs, o.hidden), activation())
        self.mean = nn.Linear(o.hidden, o.stoch)
        self.std = nn.Linear(o.hidden, o.stoch)
        self.min_std = o.min_std

    def forward(self, x):
        x = self.hidden(x)
        return self.mean(x).float(), F.softplus(self.std(x).float()) + self.min_std


class Rssm(nn.Module):
    def __init__(self, o, activation):
        super().__init__()
        self.stoch, self.deter = o.stoch, o.deter
        self.input = nn.Sequential(nn.Linear(o.stoch + o.actions, o.hidden), activation())
        self.cell = (nn.GRUCell if o.gru == "torch" else PlanetCell)(o.hidden, o.deter)
        self.prior = Gaussian(o.deter, o, activation)
        self.posterior = Gaussian(o.deter + 32 * o.depth, o, activation)

    def recur(self, stoch, deter, action):
        return self.cell(self.input(torch.cat([stoch, action], -1)), deter)

    def observe(self, embed, actions):
        """Embeddings (L, B, E) and actions (L, B, A) to samples, states, posteriors and priors (L, B, .)."""
        stoch = embed.new_zeros(embed.shape[1], self.stoch, dtype=torch.float32)
        deter = embed.new_zeros(embed.shape[1], self.deter, dtype=torch.float32)
        rows = []
        for t in range(embed.shape[0]):
            rows.append(self.step(stoch, deter, actions[t], embed[t]))
            stoch, deter = rows[-1][:2]
        return [torch.stack(part) for part in zip(*rows)]

    def step(self, stoch, deter, action, embed):
        deter = self.recur(stoch, deter, action)
        posterior = self.posterior(torch.cat([deter, embed], -1))
        return (sample(*posterior), deter, *posterior, *self.prior(deter))

    def imagine(self, stoch, deter, action):
        deter = self.recur(stoch, deter, action)
        return sample(*self.prior(deter)), deter


class WorldModel(nn.Module):
    def __init__(self, o, activation):
        super().__init__()
        self.encoder = picture_encoder(o)
        self.rssm = Rssm(o, activation)
        self.decoder = picture_decoder(o.stoch + o.deter, o)
        self.reward = dense(o.stoch + o.deter, o.reward_layers, o.reward_units, 1, activation)


def preprocess(pictures, o):
    """Bytes to [-1/2, 1/2]: few bits, and noise that fills the steps between them."""
    levels = 2 ** o.bits
    coarse = torch.floor(pictures.float() / 2 ** (8 - o.bits))
    return (coarse + torch.rand_like(coarse)) / levels - 0.5 if o.noise else coarse / (levels - 1) - 0.5


def divergence(mean, std, prior_mean, prior_std, o):
    kl = (torch.log(prior_std / std) + (std ** 2 + (mean - prior_mean) ** 2) / (2 * prior_std ** 2) - 0.5).sum(-1)
    return F.relu(kl - o.free_nats).mean() if o.free_over == "rows" else kl.mean().clamp(min=o.free_nats)


def model_loss(model, batch, o):
    pictures, actions, rewards = batch
    seen = preprocess(pictures, o)
    embed = model.encoder(seen).reshape(o.length, o.batch, -1)
    stoch, deter, mean, std, prior_mean, prior_std = model.rssm.observe(embed, actions)
    features = torch.cat([stoch, deter], -1)
    decoded = model.decoder(features.flatten(0, 1)).float()
    image = half_square(decoded - seen).sum((1, 2, 3)).mean()
    predicted = model.reward(features).squeeze(-1).float()
    reward = (half_square(predicted - rewards) + 0.5 * math.log(2 * math.pi)).mean()
    loss = o.image_scale * image + o.reward_scale * reward
    loss = loss + o.kl_scale * divergence(mean, std, prior_mean, prior_std, o)
    if o.kl_prior_scale > 0:
        loss = loss + o.kl_prior_scale * divergence(mean.detach(), std.detach(), prior_mean, prior_std, o)
    return loss, stoch, deter


def act(actor, features, o):
    mean, raw = actor(features).float().chunk(2, -1)
    mean = o.mean_scale * torch.tanh(mean / o.mean_scale)
    std = F.softplus(raw + math.log(math.exp(o.initial_std) - 1)) + o.actor_min_std
    return torch.tanh(sample(mean, std))


def behavior_losses(model, actor, critic, stoch, deter, o):
    stoch, deter = stoch.detach().flatten(0, 1), deter.detach().flatten(0, 1)
    features = torch.cat([stoch, deter], -1)
    arrived = []
    for _ in range(o.horizon):
        stoch, deter = model.rssm.imagine(stoch, deter, act(actor, features.detach(), o))
        features = torch.cat([stoch, deter], -1)
        arrived.append(features)
    features = torch.stack(arrived)
    reward = model.reward(features).squeeze(-1).float()
    value = critic(features).squeeze(-1).float()
    returns, after = [], value[-1]
    for k in reversed(range(o.horizon - 1)):
        after = reward[k] + o.discount * ((1 - vars(o)["lambda"]) * value[k + 1] + vars(o)["lambda"] * after)
        returns.insert(0, after)
    returns = torch.stack(returns)
    weights = (o.discount ** torch.arange(o.horizon - 1, device=value.device)).unsqueeze(-1)
    return -(weights * returns).mean(), (weights * half_square(value[:-1] - returns.detach())).mean()


def losses(parts, batch, o):
    """Each part's own, by its name."""
    found = {}
    found["model"], stoch, deter = model_loss(parts["model"], batch, o)
    if o.agent == "dreamer":
        found["actor"], found["critic"] = behavior_losses(*parts.values(), stoch, deter, o)
    return found


def make_parts(o):
    activation = ACTIVATIONS[o.activation]
    parts = {"model": WorldModel(o, activation)}
    if o.agent == "dreamer":
        features = o.stoch + o.deter
        parts["actor"] = dense(features, o.actor_layers, o.actor_units, 2 * o.actions, activation)
        parts["critic"] = dense(features, o.critic_layers, o.critic_units, 1, activation)
    return parts


def make_batch(o):
    return [steps.pictures(o.length * o.batch, o), steps.actions(o.length, o.batch, o=o), torch.rand(o.length, o.batch)]


def pieces(parts):
    """What torch.compile is asked for: whole parts, and one step of what is a loop."""
    return steps.pieces_of(parts, "model", ("encoder", "decoder", "reward"))


make_optimizers, update = steps.make_optimizers, steps.update
