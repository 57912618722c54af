"""Small runs for the campaigns, and what of a run must not depend on when it was disturbed."""

import hashlib
import json
import os
import pathlib
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
REVERIE = os.environ.get("REVERIE", str(ROOT / "reverie"))
SHORT = {"planet": 100, "world models": 300, "dreamerv3": 300}    # environment steps
WHOLE = {"planet": 140, "world models": 400, "dreamerv3": 400}
KINDS = {
    "planet": ["--preset", "planet,tiny,vector,debug", "--task", "catch"],
    "world models": ["--preset", "world_models,tiny,debug", "--task", "catch"],
    "dreamerv3": ["--preset", "dreamerv3,tiny,vector,debug", "--task", "catch", "--set", "environment.count=2"],
}
SETTINGS = ["--set", "training.checkpoint_every=4", "--set", "training.keep_checkpoints=3",
            "--set", "training.log_every=3", "--device", "cpu",
            "--set", "compute.precision=fp32"]
# How often they learn and look; of a run of WHOLE[kind] steps.
PACE = {"dreamerv3": ["--set", "training.evaluate_every=10", "--set", "training.train_ratio=2"],
        "planet": ["--set", "training.evaluate_every=5", "--set", "training.updates_per_episode=5"],
        "world models": ["--set", "vae.updates=8", "--set", "memory.updates=8", "--set", "controller.generations=6",
                         "--set", "controller.checkpoint_every=2"]}


def command(kind, run, env_steps):
    return [REVERIE, "train", *KINDS[kind], *SETTINGS, *PACE[kind], "--run", str(run), "--env-steps", str(env_steps)]


def finish(words, limit=600):
    """Runs a command to its end.

    Returns its exit code, or None where it had none within `limit` seconds, what it wrote, and its memory in MB."""
    with tempfile.TemporaryFile("w+") as said, subprocess.Popen(words, stdout=said, stderr=said) as process:
        began, largest = time.monotonic(), 0
        while process.poll() is None and time.monotonic() - began < limit:
            largest = max(largest, memory_of(process.pid))
            time.sleep(0.05)
        hangs = process.poll() is None
        if hangs:
            process.kill()
            process.wait()
        said.seek(0)
        return None if hangs else process.returncode, said.read(), largest


def memory_of(pid):
    try:
        lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")), 0)


def newest(run):
    return sorted(p for p in (run / "checkpoints").iterdir() if p.name.isdigit())[-1]


def content(run):
    """Everything but wall-clock time: episodes, tensors, state and log, by their names."""
    found = {path.name: digest(path) for path in (run / "episodes").glob("*.npz")}
    last = newest(run)
    found |= {path.name: digest(path) for path in last.glob("*.safetensors")}
    state = json.loads((last / "state.json").read_text())
    for name in ("log_position", "log_checksum", "mirror_positions", "crc32"):
        state.pop(name, None)
    state["counters"].pop("seconds")
    found["state"] = f"{last.name} {json.dumps(state)}"
    for number, line in enumerate((run / "metrics.jsonl").read_text().splitlines()):
        record = json.loads(line)
        for name in ("seconds", "update_seconds", "decision_seconds"):
            record.pop(name, None)
        found[f"line {number}"] = json.dumps(record)
    return found


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def everything(run):
    """All names under a folder, with what is in them; a hole is known by its length."""
    found = {}
    for path in sorted(run.rglob("*")):
        plain = path.is_file() and path.stat().st_size < 1 << 28
        found[str(path.relative_to(run))] = digest(path) if plain else (path.stat().st_size if path.is_file() else "")
    return found
