"""One update in plain PyTorch, timed: what `reverie bench update --against-pytorch` compares with.

PlaNet, Dreamer, DreamerV3, or World Models' V or M. Eager operators and modules of torch.nn, as one writes it first: a loop over
time, but for M, whose cell torch.nn has for whole sequences; compiled only with --compile, no own kernels.
Layers, sizes and losses are those of Reverie at the same settings, so both have the same number of parameters. Only the
epsilon of Adam stands where PyTorch has it. It needs torch alone (Debian: python3-torch) and prints one JSON object. What DreamerV3
has of its own is in pytorch_dreamerv3.py.
"""
import argparse
import json
import math
import resource
import time

import torch
from torch import nn
from torch.nn import functional as F

import pytorch_dreamerv3 as dreamerv3


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agent", choices=["planet", "dreamer", "dreamerv3", "vae", "memory"], default="planet")
    parser.add_argument("--gru", choices=["planet", "torch"], default="planet")
    parser.add_argument("--activation", choices=["relu", "elu", "silu"], default="relu")
    parser.add_argument("--cnn", choices=["planet", "pooled", "strided"], default="planet")
    for name, value in {
        "batch": 50, "length": 50, "channels": 3, "actions": 1, "bits": 5, "noise": 1,
        "stoch": 30, "deter": 200, "hidden": 200, "depth": 32, "reward-layers": 3, "reward-units": 300,
        "actor-layers": 4, "actor-units": 400, "critic-layers": 3, "critic-units": 400, "horizon": 15,
        "latents": 32, "units": 256, "mixtures": 5, "joint": 0, "done": 0, "predict-reward": 0,
        "blocks": 8, "classes": 16, "prior-layers": 2, "continue-layers": 1, "continue-units": 256, "warm-up": 1000,
        "imagine-last": 50,
        "threads": 1, "repeats": 3,
    }.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    for name, value in {
        "image-scale": 1, "reward-scale": 10, "kl-scale": 1, "kl-prior-scale": 0, "free-nats": 3, "min-std": 0.1,
        "discount": 0.99, "lambda": 0.95, "learning-rate": 1e-3, "actor-rate": 8e-5, "critic-rate": 8e-5,
        "epsilon": 1e-4, "clip-norm": 1000, "initial-std": 5, "actor-min-std": 1e-4, "mean-scale": 5,
        "kl-tolerance": 0.5, "clip-value": 0, "done-weight": 10,
        "kl-posterior-scale": 0.1, "continue-scale": 1, "replay-value-scale": 0.3, "unimix": 0.01, "adaptive-clip": 0.3,
        "actor-max-std": 1, "entropy": 3e-4, "slow-scale": 1, "slow-fraction": 0.02,
    }.items():
        parser.add_argument(f"--{name}", type=float, default=value)
    parser.add_argument("--free-over", choices=["rows", "batch"], default="rows")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--compile", action="store_true")
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


class WorldModel(nn.Module):
    def __init__(self, o, activation):
        super().__init__()
        self.encoder = picture_encoder(o)
        self.rssm = Rssm(o, activation)
        self.decoder = picture_decoder(o.stoch + o.deter, o)
        self.reward = dense(o.stoch + o.deter, o.reward_layers, o.reward_units, 1, activation)


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


def learned(module):
    return [parameter for parameter in module.parameters() if parameter.requires_grad]


def counted(module, o):
    """What Reverie counts too: of DreamerV3 also what follows without a gradient."""
    return list(module.parameters()) if o.agent == "dreamerv3" else learned(module)


def step(optimizer, module, gradients, o):
    parameters = learned(module)
    for parameter, gradient in zip(parameters, gradients):
        parameter.grad = gradient
    if o.clip_norm > 0:
        nn.utils.clip_grad_norm_(parameters, o.clip_norm)
    if o.clip_value > 0:
        nn.utils.clip_grad_value_(parameters, o.clip_value)
    optimizer.step()


def losses_of(parts, batch, o):
    losses = {}
    with torch.autocast(torch.device(o.device).type, dtype=torch.bfloat16, enabled=o.bf16):
        if o.agent in ("vae", "memory"):
            return {o.agent: parts[o.agent].loss(batch, o)}
        if o.agent == "dreamerv3":
            return {o.agent: dreamerv3.loss(parts, batch, o)}
        losses["model"], stoch, deter = model_loss(parts["model"], batch, o)
        if o.agent == "dreamer":
            losses["actor"], losses["critic"] = behavior_losses(*parts.values(), stoch, deter, o)
    return losses


def compiled(work):
    if not hasattr(torch, "compile"):
        raise SystemExit(f"PyTorch {torch.__version__} has no torch.compile; 2.0 does")
    import torch._functorch.config as functorch
    functorch.donated_buffer = False        # two losses are differentiated through the same graph
    return torch.compile(work)


def update(parts, optimizers, batch, work, o):
    """One update of all parts; each loss is differentiated by the parameters of its own part alone."""
    losses = work(parts, batch, o)
    if o.agent == "dreamerv3":                          # one loss and one optimizer for all of it
        optimizers["all"].step(torch.autograd.grad(losses["dreamerv3"], dreamerv3.learned(parts)))
        dreamerv3.move_slow_critic(parts, o)
        return finite(losses)
    gradients = {name: torch.autograd.grad(losses[name], learned(parts[name]), retain_graph=name == "actor")
                 for name in ["vae", "memory", "model", "actor", "critic"] if name in losses}
    for name, optimizer in optimizers.items():
        step(optimizer, parts[name], gradients[name], o)
    finite(losses)


def finite(losses):
    value = losses[next(iter(losses))].item()
    if not math.isfinite(value):
        raise SystemExit(f"the loss is {value}")


def make_parts(o):
    if o.agent in ("vae", "memory"):
        return {o.agent: Vae(o) if o.agent == "vae" else Memory(o)}
    if o.agent == "dreamerv3":
        return dreamerv3.make_parts(o)
    activation = {"relu": nn.ReLU, "elu": nn.ELU}[o.activation]
    parts = {"model": WorldModel(o, activation)}
    if o.agent == "dreamer":
        features = o.stoch + o.deter
        parts["actor"] = dense(features, o.actor_layers, o.actor_units, 2 * o.actions, activation)
        parts["critic"] = dense(features, o.critic_layers, o.critic_units, 1, activation)
    return parts


def make_batch(o):
    """Random pictures (of single rows for V, none for M), actions and rewards, and for M encodings."""
    rows = (1 if o.agent == "vae" else o.length, o.batch)
    pictures = 0 if o.agent == "memory" else rows[0] * o.batch
    batch = [torch.randint(256, (pictures, o.channels, 64, 64), dtype=torch.uint8),
             2 * torch.rand(*rows, o.actions) - 1, torch.rand(*rows)]
    if o.agent == "dreamerv3":
        goes_on = torch.ones(*rows)
        goes_on[rows[0] // 2, ::2] = 0                  # some rows begin an episode
        return batch + [goes_on]
    encodings = [2 * torch.rand(*rows, o.latents) - 1 for _ in range(2)]
    return batch + encodings if o.agent == "memory" else batch


def main():
    o = options()
    torch.set_num_threads(o.threads)
    torch.manual_seed(1)
    parts = make_parts(o)
    parts = {name: part.to(o.device) for name, part in parts.items()}
    rates = {"actor": o.actor_rate, "critic": o.critic_rate}
    optimizers = {name: torch.optim.Adam(learned(part), lr=rates.get(name, o.learning_rate), eps=o.epsilon)
                  for name, part in parts.items()} if o.agent != "dreamerv3" else {
                      "all": dreamerv3.LaProp(dreamerv3.learned(parts), o)}
    host = make_batch(o)
    work, warm_ups = (compiled(losses_of), 3) if o.compile else (losses_of, 1)
    seconds = []
    for repeat in range(-warm_ups, o.repeats):
        begin = time.perf_counter()
        update(parts, optimizers, [part.to(o.device) for part in host], work, o)
        if repeat >= 0:
            seconds.append(time.perf_counter() - begin)
    print(json.dumps({
        "version": torch.__version__, "precision": "bf16" if o.bf16 else "fp32", "threads": torch.get_num_threads(),
        "parameters": {name: sum(p.numel() for p in counted(part, o)) for name, part in parts.items()},
        "seconds": seconds, "peak_memory_bytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }))


if __name__ == "__main__":
    main()
