"""What the updates of pytorch_update.py have in common: optimizers, steps, and batches of random rows."""
import math

import torch
from torch import nn


def learned(module):
    return [parameter for parameter in module.parameters() if parameter.requires_grad]


def adam(parameters, rate, o, **others):
    """Adam in one kernel where this PyTorch has that; decay by itself is AdamW's, which multiplies it by the rate."""
    kind, others = (torch.optim.AdamW, {"weight_decay": o.weight_decay / rate, **others}) if o.weight_decay > 0 else (
        torch.optim.Adam, others)
    try:
        return kind(parameters, lr=rate, eps=o.epsilon, fused=True, **others)
    except (RuntimeError, TypeError):
        return kind(parameters, lr=rate, eps=o.epsilon, **others)


def step(optimizer, parameters, gradients, o):
    for parameter, gradient in zip(parameters, gradients):
        parameter.grad = gradient
    if o.clip_norm > 0:
        nn.utils.clip_grad_norm_(parameters, o.clip_norm)
    if o.clip_value > 0:
        nn.utils.clip_grad_value_(parameters, o.clip_value)
    optimizer.step()


def pieces_of(parts, model, names):
    """Functions to compile, each as its owner and its name there."""
    owners = [getattr(parts[model], name) for name in names] + [part for name, part in parts.items() if name in (
        "actor", "critic", "slow_critic")]
    return [(parts[model].rssm, name) for name in ("step", "imagine")] + [(owner, "forward") for owner in owners]


@torch.no_grad()
def follow(slow, towards, fraction):
    for own, target in zip(slow.parameters(), towards.parameters()):
        own.lerp_(target, fraction)


def finite(losses):
    value = losses[next(iter(losses))].item()
    if not math.isfinite(value):
        raise SystemExit(f"the loss is {value}")


def make_optimizers(parts, o):
    """One of each part, for agents whose parts learn by a loss each."""
    rates = {"actor": o.actor_rate, "critic": o.critic_rate}
    return {name: adam(learned(part), rates.get(name, o.learning_rate), o) for name, part in parts.items()}


def update(parts, optimizers, batch, work, o):
    """One update of all parts; each loss is differentiated by the parameters of its own part alone."""
    losses = work(parts, batch)
    gradients = {name: torch.autograd.grad(losses[name], learned(parts[name]), retain_graph=name == "actor")
                 for name in ["vae", "memory", "model", "actor", "critic"] if name in losses}
    for name, optimizer in optimizers.items():
        step(optimizer, learned(parts[name]), gradients[name], o)
    finite(losses)


def pictures(count, o):
    return torch.randint(256, (count, o.channels, o.height, o.width), dtype=torch.uint8)


def actions(*rows, o):
    return 2 * torch.rand(*rows, o.actions) - 1
