"""DreamerV3 for pytorch_update.py, from pictures and with continuous actions: plain modules of torch.nn, a loop over time.

Layers, sizes, losses, imagination, replayed values and the optimizer are those of Reverie at the same settings.
"""
import math

import torch
from torch import nn
from torch.nn import functional as F

BINS = 255


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


class Rssm(nn.Module):
    def __init__(self, o):
        super().__init__()
        self.deter, self.blocks, self.choices, self.unimix = o.deter, o.blocks, (o.stoch, o.classes), o.unimix
        stoch = o.stoch * o.classes
        self.from_deter, self.from_stoch, self.from_action = (
            layer(size, o.hidden) for size in (o.deter, stoch, o.actions))
        self.hidden = BlockLinear(o.deter + o.blocks * 3 * o.hidden, o.deter, o.blocks)
        self.hidden_norm = RmsNorm(o.deter)
        self.gates = BlockLinear(o.deter, 3 * o.deter, o.blocks)
        self.prior = mlp(o.deter, o.prior_layers, o.hidden, stoch)
        embed = (32 if o.cnn == "planet" else 16 * 4) * o.depth
        self.posterior = mlp(o.deter + embed, 1, o.hidden, stoch)

    def recur(self, stoch, deter, action):
        action = action / action.detach().abs().clamp(min=1)
        seen = torch.cat([self.from_deter(deter), self.from_stoch(stoch), self.from_action(action)], -1)
        seen = seen.unsqueeze(1).expand(-1, self.blocks, -1)
        x = torch.cat([deter.unflatten(-1, (self.blocks, -1)).to(seen.dtype), seen], -1).flatten(1)
        x = F.silu(self.hidden_norm(self.hidden(x)))
        reset, candidate, update = self.gates(x).float().unflatten(-1, (self.blocks, 3, -1)).unbind(-2)
        reset, candidate, update = reset.flatten(1), candidate.flatten(1), update.flatten(1)
        update = torch.sigmoid(update - 1)
        return update * torch.tanh(torch.sigmoid(reset) * candidate) + (1 - update) * deter

    def distribution(self, logits):
        """Probabilities (..., V, K)."""
        p = torch.softmax(logits.float().unflatten(-1, self.choices), -1)
        return (1 - self.unimix) * p + self.unimix / self.choices[1]

    def sample(self, p):
        drawn = torch.multinomial(p.detach().flatten(0, -2), 1).view(p.shape[:-1])
        return (F.one_hot(drawn, p.shape[-1]) + p - p.detach()).flatten(-2)

    def observe(self, embed, actions, goes_on):
        """(L, B, .) to samples, states, posteriors and priors."""
        stoch = embed.new_zeros(embed.shape[1], self.choices[0] * self.choices[1], dtype=torch.float32)
        deter = embed.new_zeros(embed.shape[1], self.deter, dtype=torch.float32)
        rows = []
        for t in range(embed.shape[0]):
            on = goes_on[t].unsqueeze(-1)
            deter = self.recur(stoch * on, deter * on, actions[t] * on)
            p = self.distribution(self.posterior(torch.cat([deter, embed[t]], -1)))
            stoch = self.sample(p)
            rows.append((stoch, deter, p))
        stoch, deter, posterior = (torch.stack(part) for part in zip(*rows))
        return stoch, deter, posterior, self.distribution(self.prior(deter))

    def imagine(self, stoch, deter, action):
        deter = self.recur(stoch, deter, action)
        return self.sample(self.distribution(self.prior(deter))), deter


class WorldModel(nn.Module):
    def __init__(self, o):
        super().__init__()
        features = o.stoch * o.classes + o.deter
        encoder, decoder = (PlanetEncoder, PlanetDecoder) if o.cnn == "planet" else (Encoder, Decoder)
        self.encoder, self.rssm, self.decoder = encoder(o), Rssm(o), decoder(o)
        self.reward = mlp(features, o.reward_layers, o.reward_units, BINS, zero=True)
        self.goes_on = mlp(features, o.continue_layers, o.continue_units, 1)


class ReturnScale(nn.Module):
    def __init__(self):
        super().__init__()
        self.range = nn.Parameter(torch.zeros(2), requires_grad=False)

    def forward(self, returns):
        ends = torch.quantile(returns, torch.tensor([0.05, 0.95], device=returns.device))
        self.range.lerp_(ends, 0.01)
        return (self.range[1] - self.range[0]).clamp(min=1)


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


def bins_like(x):
    steps = torch.linspace(-20, 20, BINS, device=x.device)
    return steps.sign() * torch.expm1(steps.abs())


def mean_of(logits):
    """Of a symexp two-hot, each bin with its mirror image."""
    p, half = torch.softmax(logits.float(), -1), BINS // 2
    return ((p[..., half + 1:] - p[..., :half].flip(-1)) * bins_like(p)[half + 1:]).sum(-1)


def two_hot(logits, value):
    """Log-probability of the two-hot target of a value."""
    bins, value = bins_like(value), value.detach()
    below = torch.bucketize(value, bins[1:-1])
    part = ((value - bins[below]) / (bins[below + 1] - bins[below])).clamp(0, 1)
    log = torch.log_softmax(logits.float(), -1)
    at = [log.gather(-1, bin.unsqueeze(-1)).squeeze(-1) for bin in (below, below + 1)]
    return at[0] * (1 - part) + at[1] * part


def divergence(q, p):
    return (q * (q.log() - p.log())).sum((-1, -2))


def policy(actor, features, o):
    mean, raw = actor(features).float().chunk(2, -1)
    std = torch.sigmoid(raw + 2) * (o.actor_max_std - o.actor_min_std) + o.actor_min_std
    return torch.distributions.Independent(torch.distributions.Normal(torch.tanh(mean), std, validate_args=False), 1)


def lambda_returns(reward, discount, value, last, carry):
    """R_k = r_k + d_k((1 - carry_k) v_k + carry_k R_{k+1}); value is that of the row after."""
    returns, after = [], last
    for k in reversed(range(reward.shape[0])):
        after = reward[k] + discount[k] * ((1 - carry[k]) * value[k] + carry[k] * after)
        returns.insert(0, after)
    return torch.stack(returns)


@torch.no_grad()
def imagine(parts, stoch, deter, o):
    model = parts["model"]
    features, actions = [torch.cat([stoch, deter], -1)], []
    for _ in range(o.horizon):
        actions.append(policy(parts["actor"], features[-1], o).sample())
        stoch, deter = model.rssm.imagine(stoch, deter, actions[-1])
        features.append(torch.cat([stoch, deter], -1))
    features, actions = torch.stack(features), torch.stack(actions)
    goes_on = torch.sigmoid(model.goes_on(features).squeeze(-1).float())
    value, reward = mean_of(parts["critic"](features)), mean_of(model.reward(features))
    carry = torch.full_like(reward[1:], vars(o)["lambda"])
    returns = lambda_returns(reward[1:], goes_on[1:], value[1:], value[-1], carry)
    slow = mean_of(parts["slow_critic"](features[:-1]))
    return features[:-1], actions, returns, value[:-1], slow, goes_on[:-1].cumprod(0)


def loss(parts, batch, o):
    model, critic = parts["model"], parts["critic"]
    pictures, actions, rewards, goes_on = batch
    seen = pictures.float() / 255 - 0.5
    embed = model.encoder(seen).float().reshape(o.length, o.batch, -1)
    stoch, deter, posterior, prior = model.rssm.observe(embed, actions, goes_on)
    features = torch.cat([stoch, deter], -1)
    terminal = torch.zeros_like(rewards)                # none of the rows is an end here
    last = terminal
    image = 0.5 * ((model.decoder(features.flatten(0, 1)) - seen) ** 2).sum((1, 2, 3))
    reward = -two_hot(model.reward(features), rewards)
    continues = F.binary_cross_entropy_with_logits(
        model.goes_on(features).squeeze(-1).float(), (1 - terminal) * o.discount, reduction="none")
    to_prior = F.relu(divergence(posterior.detach(), prior) - o.free_nats)
    to_posterior = F.relu(divergence(posterior, prior.detach()) - o.free_nats)
    total = (o.image_scale * image.mean() + o.reward_scale * reward.mean() + o.continue_scale * continues.mean()
             + o.kl_prior_scale * to_prior.mean() + o.kl_posterior_scale * to_posterior.mean())

    first = o.length - o.imagine_last                   # rows that imagination starts from, and that the critic replays
    stoch, deter, features, rewards, terminal, last = (
        rows[first:] for rows in (stoch, deter, features, rewards, terminal, last))
    dreamt, chosen, returns, value, slow, weight = imagine(
        parts, stoch.detach().flatten(0, 1), deter.detach().flatten(0, 1), o)
    torch.clear_autocast_cache()                        # of weights that were converted without gradients
    advantage = (returns - value) / parts["return_scale"](returns)
    actor = policy(parts["actor"], dreamt, o)
    total = total - (weight * (actor.log_prob(chosen) * advantage + o.entropy * actor.entropy())).mean()
    logits = critic(dreamt)
    total = total - (weight * (two_hot(logits, returns) + o.slow_scale * two_hot(logits, slow))).mean()

    bootstrap = returns[0].reshape(o.imagine_last, o.batch)
    target = lambda_returns(rewards[1:], (1 - terminal[1:]) * o.discount, bootstrap[1:], bootstrap[-1],
                            (1 - last[1:]) * vars(o)["lambda"])
    logits = critic(features[:-1])
    slow = mean_of(parts["slow_critic"](features[:-1])).detach()
    replayed = -(two_hot(logits, target) + o.slow_scale * two_hot(logits, slow)) * (1 - last[:-1])
    return total + o.replay_value_scale * replayed.mean()


def learned(parts):
    return [p for name in ("model", "actor", "critic") for p in parts[name].parameters()]


@torch.no_grad()
def move_slow_critic(parts, o):
    for slow, p in zip(parts["slow_critic"].parameters(), parts["critic"].parameters()):
        slow.lerp_(p, o.slow_fraction)


def make_parts(o):
    features = o.stoch * o.classes + o.deter
    critic, slow_critic = (mlp(features, o.critic_layers, o.critic_units, BINS, zero=True) for _ in range(2))
    slow_critic.load_state_dict(critic.state_dict())
    return {"model": WorldModel(o), "actor": mlp(features, o.actor_layers, o.actor_units, 2 * o.actions),
            "critic": critic, "slow_critic": slow_critic, "return_scale": ReturnScale()}
