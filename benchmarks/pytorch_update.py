"""One update of PlaNet or Dreamer in plain PyTorch, timed: what `reverie bench update --against-pytorch` compares with.

Eager operators, modules of torch.nn and a loop over time, as one writes it first; no compilation, no own kernels.
Layers, sizes and losses are those of Reverie at the same settings, so both have the same number of parameters. Only the
epsilon of Adam stands where PyTorch has it. It needs torch alone (Debian: python3-torch) and prints one JSON object.
"""
import argparse
import json
import math
import resource
import time

import torch
from torch import nn
from torch.nn import functional as F


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agent", choices=["planet", "dreamer"], default="planet")
    parser.add_argument("--gru", choices=["planet", "torch"], default="planet")
    parser.add_argument("--activation", choices=["relu", "elu"], default="relu")
    for name, value in {
        "batch": 50, "length": 50, "channels": 3, "actions": 1, "bits": 5, "noise": 1,
        "stoch": 30, "deter": 200, "hidden": 200, "depth": 32, "reward-layers": 3, "reward-units": 300,
        "actor-layers": 4, "actor-units": 400, "critic-layers": 3, "critic-units": 400, "horizon": 15,
        "threads": 1, "repeats": 3,
    }.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    for name, value in {
        "image-scale": 1, "reward-scale": 10, "kl-scale": 1, "kl-prior-scale": 0, "free-nats": 3, "min-std": 0.1,
        "discount": 0.99, "lambda": 0.95, "learning-rate": 1e-3, "actor-rate": 8e-5, "critic-rate": 8e-5, "epsilon": 1e-4,
        "clip-norm": 1000, "initial-std": 5, "actor-min-std": 1e-4, "mean-scale": 5,
    }.items():
        parser.add_argument(f"--{name}", type=float, default=value)
    parser.add_argument("--free-over", choices=["rows", "batch"], default="rows")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--bf16", action="store_true", help="torch.autocast in bfloat16; float32 without it")
    return parser.parse_args()


def dense(inputs, layers, units, outputs, activation):
    parts = []
    for _ in range(layers):
        parts += [nn.Linear(inputs, units), activation()]
        inputs = units
    return nn.Sequential(*parts, nn.Linear(inputs, outputs))


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
            deter = self.recur(stoch, deter, actions[t])
            prior = self.prior(deter)
            posterior = self.posterior(torch.cat([deter, embed[t]], -1))
            stoch = sample(*posterior)
            rows.append((stoch, deter, *posterior, *prior))
        return [torch.stack(part) for part in zip(*rows)]

    def imagine(self, stoch, deter, action):
        deter = self.recur(stoch, deter, action)
        return sample(*self.prior(deter)), deter


class WorldModel(nn.Module):
    def __init__(self, o, activation):
        super().__init__()
        d = o.depth
        self.encoder = nn.Sequential(
            nn.Conv2d(o.channels, d, 4, 2), nn.ReLU(), nn.Conv2d(d, 2 * d, 4, 2), nn.ReLU(),
            nn.Conv2d(2 * d, 4 * d, 4, 2), nn.ReLU(), nn.Conv2d(4 * d, 8 * d, 4, 2), nn.ReLU(), nn.Flatten())
        self.rssm = Rssm(o, activation)
        self.decoder = nn.Sequential(
            nn.Linear(o.stoch + o.deter, 32 * d), nn.Unflatten(1, (32 * d, 1, 1)),
            nn.ConvTranspose2d(32 * d, 4 * d, 5, 2), nn.ReLU(), nn.ConvTranspose2d(4 * d, 2 * d, 5, 2), nn.ReLU(),
            nn.ConvTranspose2d(2 * d, d, 6, 2), nn.ReLU(), nn.ConvTranspose2d(d, o.channels, 6, 2))
        self.reward = dense(o.stoch + o.deter, o.reward_layers, o.reward_units, 1, activation)


def sample(mean, std):
    return mean + std * torch.randn_like(std)


def preprocess(pictures, o):
    """Bytes to [-1/2, 1/2]: few bits, and noise that fills the steps between them."""
    levels = 2 ** o.bits
    coarse = torch.floor(pictures.float() / 2 ** (8 - o.bits))
    return (coarse + torch.rand_like(coarse)) / levels - 0.5 if o.noise else coarse / (levels - 1) - 0.5


def half_square(error):
    return 0.5 * error ** 2


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


def step(optimizer, module, gradients, o):
    parameters = list(module.parameters())
    for parameter, gradient in zip(parameters, gradients):
        parameter.grad = gradient
    if o.clip_norm > 0:
        nn.utils.clip_grad_norm_(parameters, o.clip_norm)
    optimizer.step()


def update(parts, optimizers, batch, o):
    """One update of all parts; each loss is differentiated by the parameters of its own part alone."""
    losses = {}
    with torch.autocast(torch.device(o.device).type, dtype=torch.bfloat16, enabled=o.bf16):
        losses["model"], stoch, deter = model_loss(parts["model"], batch, o)
        if o.agent == "dreamer":
            losses["actor"], losses["critic"] = behavior_losses(*parts.values(), stoch, deter, o)
    gradients = {name: torch.autograd.grad(losses[name], list(parts[name].parameters()), retain_graph=name == "actor")
                 for name in ["model", "actor", "critic"] if name in losses}
    for name, optimizer in optimizers.items():
        step(optimizer, parts[name], gradients[name], o)
    value = losses["model"].item()
    if not math.isfinite(value):
        raise SystemExit(f"the loss is {value}")


def main():
    o = options()
    torch.set_num_threads(o.threads)
    torch.manual_seed(1)
    activation = {"relu": nn.ReLU, "elu": nn.ELU}[o.activation]
    parts = {"model": WorldModel(o, activation)}
    if o.agent == "dreamer":
        features = o.stoch + o.deter
        parts["actor"] = dense(features, o.actor_layers, o.actor_units, 2 * o.actions, activation)
        parts["critic"] = dense(features, o.critic_layers, o.critic_units, 1, activation)
    rates = {"model": o.learning_rate, "actor": o.actor_rate, "critic": o.critic_rate}
    optimizers = {name: torch.optim.Adam(part.to(o.device).parameters(), lr=rates[name], eps=o.epsilon)
                  for name, part in parts.items()}
    rows = (o.length, o.batch)
    pictures = torch.randint(256, (o.length * o.batch, o.channels, 64, 64), dtype=torch.uint8)
    host = (pictures, 2 * torch.rand(*rows, o.actions) - 1, torch.rand(*rows))
    seconds = []
    for repeat in range(o.repeats + 1):     # the first one warms up
        begin = time.perf_counter()
        update(parts, optimizers, [part.to(o.device) for part in host], o)
        if repeat > 0:
            seconds.append(time.perf_counter() - begin)
    print(json.dumps({
        "version": torch.__version__, "precision": "bf16" if o.bf16 else "fp32", "threads": torch.get_num_threads(),
        "parameters": {name: sum(p.numel() for p in part.parameters()) for name, part in parts.items()},
        "seconds": seconds, "peak_memory_bytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }))


if __name__ == "__main__":
    main()
