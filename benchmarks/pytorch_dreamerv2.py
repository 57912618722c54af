"""DreamerV2 for pytorch_update.py, from pictures, with continuous actions: plain modules of torch.nn, a loop over time.

Layers, sizes, losses and imagination are those of Reverie at the same settings.
"""
import math

import torch
from torch import nn
from torch.nn import functional as F

import pytorch_steps as steps
from pytorch_a3c import policy
from pytorch_pictures import ACTIVATIONS, dense, half_square, picture_decoder, picture_encoder
from pytorch_planet import make_batch, preprocess  # noqa: F401

PARTS = ("model", "actor", "critic")
HALF_LOG_TWO_PI = 0.5 * math.log(2 * math.pi)


class NormCell(nn.Module):
    """One product for all parts, normalised; the reset gate multiplies the candidate before its tanh."""

    def __init__(self, inputs, units):
        super().__init__()
        self.parts, self.norm = nn.Linear(inputs + units, 3 * units), nn.LayerNorm(3 * units, eps=1e-3)

    def forward(self, x, h):
        reset, candidate, update = self.norm(self.parts(torch.cat([x, h], -1)).float()).chunk(3, -1)
        return torch.lerp(h, torch.tanh(torch.sigmoid(reset) * candidate), torch.sigmoid(update - 1))


class Rssm(nn.Module):
    def __init__(self, o):
        super().__init__()
        activation, stoch = ACTIVATIONS[o.activation], o.stoch * o.classes
        self.choices, self.deter = (o.stoch, o.classes), o.deter
        self.input = nn.Sequential(nn.Linear(stoch + o.actions, o.hidden), activation())
        self.cell = NormCell(o.hidden, o.deter)
        self.prior = dense(o.deter, 1, o.hidden, stoch, activation)
        self.posterior = dense(o.deter + 32 * o.depth, 1, o.hidden, stoch, activation)

    def recur(self, stoch, deter, action):
        return self.cell(self.input(torch.cat([stoch, action], -1)).float(), deter)

    def logs(self, logits):
        """Log-probabilities (..., V, K)."""
        return torch.log_softmax(logits.float().unflatten(-1, self.choices), -1)

    def sample(self, log):
        p = log.exp()
        drawn = torch.multinomial(p.detach().flatten(0, -2), 1).view(p.shape[:-1])
        return (F.one_hot(drawn, p.shape[-1]) + p - p.detach()).flatten(-2)

    def observe(self, embed, actions):
        """(L, B, .) to samples, states, posteriors and priors."""
        stoch = embed.new_zeros(embed.shape[1], math.prod(self.choices), dtype=torch.float32)
        deter = embed.new_zeros(embed.shape[1], self.deter, dtype=torch.float32)
        rows = []
        for t in range(embed.shape[0]):
            stoch, deter, log = self.step(stoch, deter, actions[t], embed[t])
            rows.append((stoch, deter, log))
        stoch, deter, posterior = (torch.stack(part) for part in zip(*rows))
        return stoch, deter, posterior, self.logs(self.prior(deter))

    def step(self, stoch, deter, action, embed):
        deter = self.recur(stoch, deter, action)
        log = self.logs(self.posterior(torch.cat([deter, embed], -1)))
        return self.sample(log), deter, log

    def imagine(self, stoch, deter, action):
        deter = self.recur(stoch, deter, action)
        return self.sample(self.logs(self.prior(deter))), deter


class WorldModel(nn.Module):
    def __init__(self, o):
        super().__init__()
        features, activation = o.stoch * o.classes + o.deter, ACTIVATIONS[o.activation]
        self.encoder, self.rssm, self.decoder = picture_encoder(o), Rssm(o), picture_decoder(features, o)
        self.reward = dense(features, o.reward_layers, o.reward_units, 1, activation)


def divergence(q, p, o):
    kl = (q.exp() * (q - p)).sum((-1, -2))
    return F.relu(kl - o.free_nats).mean() if o.free_over == "rows" else kl.mean().clamp(min=o.free_nats)


def model_loss(model, batch, o):
    pictures, actions, rewards = batch
    seen = preprocess(pictures, o)
    embed = model.encoder(seen).reshape(o.length, o.batch, -1)
    stoch, deter, posterior, prior = model.rssm.observe(embed, actions)
    features = torch.cat([stoch, deter], -1)
    image = half_square(model.decoder(features.flatten(0, 1)).float() - seen).sum((1, 2, 3)).mean()
    reward = (half_square(model.reward(features).squeeze(-1).float() - rewards) + HALF_LOG_TWO_PI).mean()
    kl = o.kl_balance * divergence(posterior.detach(), prior, o) + (1 - o.kl_balance) * divergence(
        posterior, prior.detach(), o)
    return o.image_scale * image + o.reward_scale * reward + o.kl_scale * kl, stoch, deter


def act(actor, features, o):
    """A draw from a normal distribution cut off at the bounds, by its distribution function, with gradients."""
    mean, raw = actor(features).float().chunk(2, -1)
    mean, std = torch.tanh(mean), 2 * torch.sigmoid(raw / 2) + o.actor_min_std
    low, high = (0.5 + 0.5 * torch.erf((bound - mean) / (std * math.sqrt(2))) for bound in (-1, 1))
    part = (2 * (low + torch.rand_like(mean) * (high - low)) - 1).clamp(-1 + 1e-6, 1 - 1e-6)
    draw = mean + std * math.sqrt(2) * torch.erfinv(part)
    return draw + (draw.clamp(-1 + 1e-6, 1 - 1e-6) - draw).detach()


def imagine(parts, stoch, deter, o):
    """Features of x_0 … x_H, actions, rewards, slow values; without gradients where the actor has REINFORCE alone."""
    with torch.set_grad_enabled(o.reinforce < 1):
        features, chosen = [torch.cat([stoch, deter], -1)], []
        for _ in range(o.horizon):
            chosen.append(act(parts["actor"], features[-1].detach(), o))
            stoch, deter = parts["model"].rssm.imagine(stoch, deter, chosen[-1])
            features.append(torch.cat([stoch, deter], -1))
        features = torch.stack(features)
        reward = parts["model"].reward(features).squeeze(-1).float()
        value = parts["slow_critic"](features).squeeze(-1).float()
    if o.bf16 and o.reinforce == 1:
        torch.clear_autocast_cache()                    # of weights that were converted without gradients
    return features, torch.stack(chosen), reward, value


def behavior_losses(parts, stoch, deter, o):
    features, chosen, reward, value = imagine(parts, stoch.detach().flatten(0, 1), deter.detach().flatten(0, 1), o)
    targets, after, lam = [], value[-1], vars(o)["lambda"]
    for k in reversed(range(o.horizon)):
        after = reward[k] + o.discount * ((1 - lam) * value[k + 1] + lam * after)
        targets.insert(0, after)
    targets = torch.stack(targets)
    weights = (o.discount ** torch.arange(o.horizon, device=value.device)).unsqueeze(-1)
    told = parts["critic"](features[:-1].detach()).squeeze(-1).float()
    critic = (weights * (half_square(told - targets.detach()) + HALF_LOG_TWO_PI)).mean()
    log, entropy = policy(parts["actor"](features[:-2].detach()).float(), chosen[:-1].detach(), o)
    gain = o.entropy * entropy
    if o.reinforce > 0:
        gain = gain + o.reinforce * log * (targets[1:] - value[:-2]).detach()
    if o.reinforce < 1:
        gain = gain + (1 - o.reinforce) * targets[1:]
    return -(weights[:-1] * gain).mean(), critic


def losses(parts, batch, o):
    found = {}
    found["model"], stoch, deter = model_loss(parts["model"], batch, o)
    found["actor"], found["critic"] = behavior_losses(parts, stoch, deter, o)
    return found


def make_parts(o):
    features, activation = o.stoch * o.classes + o.deter, ACTIVATIONS[o.activation]
    critic, slow_critic = (dense(features, o.critic_layers, o.critic_units, 1, activation) for _ in range(2))
    slow_critic.load_state_dict(critic.state_dict())
    return {"model": WorldModel(o), "actor": dense(features, o.actor_layers, o.actor_units, 2 * o.actions, activation),
            "critic": critic, "slow_critic": slow_critic}


def pieces(parts):
    """What torch.compile is asked for: whole parts, and one step of what is a loop."""
    return steps.pieces_of(parts, "model", ("encoder", "decoder", "reward"))


def make_optimizers(parts, o):
    return steps.make_optimizers({name: parts[name] for name in PARTS}, o)


def update(parts, optimizers, batch, work, o):
    steps.update(parts, optimizers, batch, work, o)
    if o.updates % o.slow_every == 0:
        steps.follow(parts["slow_critic"], parts["critic"], o.slow_fraction)
    o.updates += 1
