"""DreamerV3 for pytorch_update.py, from pictures, with continuous actions: plain modules of torch.nn, a loop over time.

Layers, sizes, losses, imagination, replayed values and the optimizer are those of Reverie at the same settings.
"""
import torch
from torch import nn
from torch.nn import functional as F

import pytorch_steps as steps
from pytorch_dreamerv3_layers import (
    BlockLinear, Decoder, Encoder, LaProp, PlanetDecoder, PlanetEncoder, RmsNorm, layer, mlp)

BINS = 255
PARTS = ("model", "actor", "critic")


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
            stoch, deter, p = self.step(stoch * on, deter * on, actions[t] * on, embed[t])
            rows.append((stoch, deter, p))
        stoch, deter, posterior = (torch.stack(part) for part in zip(*rows))
        return stoch, deter, posterior, self.distribution(self.prior(deter))

    def step(self, stoch, deter, action, embed):
        deter = self.recur(stoch, deter, action)
        p = self.distribution(self.posterior(torch.cat([deter, embed], -1)))
        return self.sample(p), deter, p

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


def imagine(parts, stoch, deter, o):
    """Without gradients, or with the actor's where it climbs through the dynamics."""
    with torch.set_grad_enabled(bool(o.climb)):
        return imagined(parts, stoch, deter, o)


def imagined(parts, stoch, deter, o):
    model = parts["model"]
    features, actions = [torch.cat([stoch, deter], -1)], []
    for _ in range(o.horizon):
        actions.append(policy(parts["actor"], features[-1].detach(), o).rsample())
        stoch, deter = model.rssm.imagine(stoch, deter, actions[-1])
        features.append(torch.cat([stoch, deter], -1))
    features, actions = torch.stack(features), torch.stack(actions)
    goes_on = torch.sigmoid(model.goes_on(features).squeeze(-1).float())
    value, reward = mean_of(parts["critic"](features)), mean_of(model.reward(features))
    carry = torch.full_like(reward[1:], vars(o)["lambda"])
    returns = lambda_returns(reward[1:], goes_on[1:], value[1:], value[-1], carry)
    features = features[:-1].detach()
    with torch.no_grad():
        slow = mean_of(parts["slow_critic"](features))
    return features, actions.detach(), returns, value[:-1].detach(), slow, goes_on[:-1].detach().cumprod(0)


def losses(parts, batch, o):
    """That of all parts, and apart that of an actor which climbs through the dynamics."""
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
    if o.bf16:
        torch.clear_autocast_cache()                    # of weights that were converted without gradients
    scale = parts["return_scale"](returns.detach())
    actor = policy(parts["actor"], dreamt, o)
    gain = returns / scale if o.climb else actor.log_prob(chosen) * (returns - value) / scale
    climb = -(weight * (gain + o.entropy * actor.entropy())).mean()
    logits = critic(dreamt)
    total = total - (weight * (two_hot(logits, returns) + o.slow_scale * two_hot(logits, slow))).mean()

    bootstrap = returns[0].detach().reshape(o.imagine_last, o.batch)
    target = lambda_returns(rewards[1:], (1 - terminal[1:]) * o.discount, bootstrap[1:], bootstrap[-1],
                            (1 - last[1:]) * vars(o)["lambda"])
    logits = critic(features[:-1])
    slow = mean_of(parts["slow_critic"](features[:-1])).detach()
    replayed = -(two_hot(logits, target) + o.slow_scale * two_hot(logits, slow)) * (1 - last[:-1])
    total = total + o.replay_value_scale * replayed.mean()
    return {"all": total, "climb": climb} if o.climb else {"all": total + climb}


def gradients(parts, all, climb=None):
    """In the order of learned; a loss of the actor's own moves the actor alone."""
    if climb is None:
        return torch.autograd.grad(all, learned(parts))
    model, actor, critic = (list(parts[name].parameters()) for name in PARTS)
    of_actor = torch.autograd.grad(climb, actor, retain_graph=True)
    others = torch.autograd.grad(all, model + critic)
    return others[:len(model)] + of_actor + others[len(model):]


def learned(parts):
    return [p for name in PARTS for p in parts[name].parameters()]


def make_parts(o):
    features = o.stoch * o.classes + o.deter
    critic, slow_critic = (mlp(features, o.critic_layers, o.critic_units, BINS, zero=True) for _ in range(2))
    slow_critic.load_state_dict(critic.state_dict())
    return {"model": WorldModel(o), "actor": mlp(features, o.actor_layers, o.actor_units, 2 * o.actions),
            "critic": critic, "slow_critic": slow_critic, "return_scale": ReturnScale()}


def make_batch(o):
    goes_on = torch.ones(o.length, o.batch)
    goes_on[o.length // 2, ::2] = 0                     # some rows begin an episode
    return [steps.pictures(o.length * o.batch, o), steps.actions(o.length, o.batch, o=o), torch.rand(o.length, o.batch),
            goes_on]


def pieces(parts):
    """What torch.compile is asked for: whole parts, and one step of what is a loop."""
    return steps.pieces_of(parts, "model", ("encoder", "decoder", "reward", "goes_on"))


def make_optimizers(parts, o):
    return {"all": LaProp(learned(parts), o)}


def update(parts, optimizers, batch, work, o):
    """One optimizer for all of it."""
    found = work(parts, batch)
    optimizers["all"].step(gradients(parts, **found))
    steps.follow(parts["slow_critic"], parts["critic"], o.slow_fraction)
    steps.finite(found)
