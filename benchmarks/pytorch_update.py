"""One update in plain PyTorch, timed: what `reverie bench update --against-pytorch` compares with.

PlaNet, the Dreamers, World Models' V or M, D4PG, CURL or A3C. Operators and modules of torch.nn, as one writes it first:
a loop over time, but for M, whose cell torch.nn has for whole sequences; no own kernels. Eager in float32, or in a form
of PyTorch that may be faster: --bf16, --channels-last, --compile (of a loop over time one step). Layers, sizes and
losses are those of Reverie at the same settings, so both have the same number of parameters. Only the epsilon of Adam
stands where PyTorch has it. It needs torch alone (Debian: python3-torch; to compile also g++, python3-dev,
python3-setuptools and libtorch-dev) and prints one JSON object. The models are in the files beside it.
"""
import argparse
import json
import resource
import time

import torch

import pytorch_a3c as a3c
import pytorch_control as control
import pytorch_dreamerv2 as dreamerv2
import pytorch_dreamerv3 as dreamerv3
import pytorch_planet as planet
import pytorch_steps as steps
import pytorch_world_models as world_models

AGENTS = {
    "planet": planet, "dreamer": planet, "dreamerv2": dreamerv2, "dreamerv3": dreamerv3, "vae": world_models,
    "memory": world_models, "d4pg": control.D4pg, "curl": control.Curl, "a3c": a3c,
}


def widths(text):
    return [int(one) for one in text.split(",")]


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agent", choices=AGENTS, default="planet")
    for name, values in {
        "gru": ["planet", "torch", "norm"], "activation": ["relu", "elu", "silu", "tanh"],
        "cnn-activation": ["relu", "elu", "silu", "tanh"], "cnn": ["planet", "pooled", "strided"],
        "free-over": ["rows", "batch"], "action-gradient": ["none", "norm", "entries"],
    }.items():
        parser.add_argument(f"--{name}", choices=values, default=values[0])
    for name, value in {
        "batch": 50, "length": 50, "channels": 3, "height": 64, "width": 64, "vector": 0, "actions": 1,
        "bits": 5, "noise": 1,
        "stoch": 30, "deter": 200, "hidden": 200, "depth": 32, "reward-layers": 3, "reward-units": 300,
        "actor-layers": 4, "actor-units": 400, "critic-layers": 3, "critic-units": 400, "horizon": 15,
        "latents": 32, "units": 256, "mixtures": 5, "joint": 0, "done": 0, "predict-reward": 0,
        "blocks": 8, "classes": 16, "prior-layers": 2, "continue-layers": 1, "continue-units": 256, "warm-up": 1000,
        "imagine-last": 50, "climb": 0, "slow-every": 1, "picture-units": 50, "crop": 84, "atoms": 51, "first-norm": 0,
        "vector-layers": 1, "vector-units": 256, "lstm": 0, "choices": 0, "threads": 1, "repeats": 3, "cycle": 1,
    }.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    for name, value in {
        "image-scale": 1, "reward-scale": 10, "kl-scale": 1, "kl-prior-scale": 0, "free-nats": 3, "min-std": 0.1,
        "discount": 0.99, "lambda": 0.95, "learning-rate": 1e-3, "actor-rate": 8e-5, "critic-rate": 8e-5,
        "epsilon": 1e-4, "clip-norm": 1000, "weight-decay": 0, "initial-std": 5, "actor-min-std": 1e-4, "mean-scale": 5,
        "kl-tolerance": 0.5, "clip-value": 0, "done-weight": 10, "kl-balance": 0.8, "reinforce": 0,
        "kl-posterior-scale": 0.1, "continue-scale": 1, "replay-value-scale": 0.3, "unimix": 0.01, "adaptive-clip": 0.3,
        "actor-max-std": 1, "entropy": 3e-4, "slow-scale": 1, "slow-fraction": 0.02, "seeing-fraction": 0.05,
        "support": 150, "temperature": 0.1, "temperature-rate": 1e-4, "value-scale": 0.5, "decay": 0.99,
    }.items():
        parser.add_argument(f"--{name}", type=float, default=value)
    for name in ("actor-widths", "critic-widths"):
        parser.add_argument(f"--{name}", type=widths, default=[400, 300])
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--compile", action="store_true", help="through torch.compile")
    parser.add_argument("--bf16", action="store_true", help="torch.autocast in bfloat16; float32 without it")
    parser.add_argument("--channels-last", action="store_true", help="how pictures and kernels lie")
    return parser.parse_args()


def counted(module, o):
    """What Reverie counts too: of DreamerV3 also what follows without a gradient."""
    return list(module.parameters()) if o.agent == "dreamerv3" else steps.learned(module)


def loss_of(agent, parts, o):
    def losses(parts, batch):
        with torch.autocast(torch.device(o.device).type, dtype=torch.bfloat16, enabled=o.bf16):
            return agent.losses(parts, batch, o)

    if not o.compile:
        return losses
    if not hasattr(torch, "compile"):
        raise SystemExit("there is no torch.compile before 2.0")
    import torch._functorch.config as functorch
    functorch.donated_buffer = False        # two losses are differentiated through the same graph
    if not hasattr(agent, "pieces"):
        return torch.compile(losses)
    for owner, name in agent.pieces(parts):
        setattr(owner, name, torch.compile(getattr(owner, name), dynamic=False))
    return losses


def moved(tensor, o):
    tensor = tensor.to(o.device)
    return tensor.contiguous(memory_format=torch.channels_last) if o.channels_last and tensor.dim() == 4 else tensor


def main():
    o = options()
    o.updates = 0
    torch.set_num_threads(o.threads)
    torch.manual_seed(1)
    agent = AGENTS[o.agent]
    parts = {name: part.to(o.device) for name, part in agent.make_parts(o).items()}
    if o.channels_last:
        parts = {name: part.to(memory_format=torch.channels_last) for name, part in parts.items()}
    optimizers, work = agent.make_optimizers(parts, o), loss_of(agent, parts, o)
    host = agent.make_batch(o)
    if o.device == "cpu":                   # a replay would give pictures so
        host = [moved(part, o) for part in host]
    try:
        seconds, processor = timed(agent, parts, optimizers, host, work, o)
    except Exception as fault:
        if not o.compile:
            raise
        lines = [line for line in str(fault).splitlines() if line.strip()]      # all the rest is advice
        raise SystemExit(f"{type(fault).__name__}: {' '.join(lines[:2])}")
    print(json.dumps({
        "version": torch.__version__, "precision": "bf16" if o.bf16 else "fp32", "threads": torch.get_num_threads(),
        "parameters": {name: sum(p.numel() for p in counted(part, o)) for name, part in parts.items()},
        "seconds": seconds, "processor_seconds": processor,
        "peak_memory_bytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }))


def timed(agent, parts, optimizers, host, work, o):
    """Seconds of each update, by the clock and on the processor."""
    seconds, processor = [], []
    for repeat in range(-3 if o.compile else -1, o.repeats):
        begin = time.perf_counter(), time.process_time()
        for _ in range(o.cycle):
            agent.update(parts, optimizers, [moved(part, o) for part in host], work, o)
        if repeat >= 0:
            seconds.append((time.perf_counter() - begin[0]) / o.cycle)
            processor.append((time.process_time() - begin[1]) / o.cycle)
    return seconds, processor


if __name__ == "__main__":
    main()
