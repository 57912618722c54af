"""One update in plain PyTorch, timed: what `reverie bench update --against-pytorch` compares with.

PlaNet, Dreamer, DreamerV3, or World Models' V or M. Eager operators and modules of torch.nn, as one writes it first: a loop
over time, but for M, whose cell torch.nn has for whole sequences; compiled only with --compile, no own kernels.
Layers, sizes and losses are those of Reverie at the same settings, so both have the same number of parameters. Only the
epsilon of Adam stands where PyTorch has it. It needs torch alone (Debian: python3-torch) and prints one JSON object. The
models are in the files beside it.
"""
import argparse
import json
import math
import resource
import time

import torch
from torch import nn

import pytorch_dreamerv3 as dreamerv3
import pytorch_planet as planet
import pytorch_world_models as world_models
from pytorch_dreamerv3_layers import LaProp


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
        "imagine-last": 50, "climb": 0,
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
    with torch.autocast(torch.device(o.device).type, dtype=torch.bfloat16, enabled=o.bf16):
        if o.agent in ("vae", "memory"):
            return {o.agent: parts[o.agent].loss(batch, o)}
        if o.agent == "dreamerv3":
            return dict(zip(["dreamerv3", "climb"], dreamerv3.losses(parts, batch, o)))
        return planet.losses(parts, batch, o)


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
        optimizers["all"].step(dreamerv3.gradients(losses["dreamerv3"], losses["climb"], parts))
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
        return world_models.make_parts(o)
    return dreamerv3.make_parts(o) if o.agent == "dreamerv3" else planet.make_parts(o)


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
                      "all": LaProp(dreamerv3.learned(parts), o)}
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
