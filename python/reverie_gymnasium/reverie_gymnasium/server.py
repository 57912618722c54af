"""The process `reverie env serve`, its pipes, and the memory that it shares."""
import json
import mmap
import os
import pathlib
import shutil
import subprocess
import tempfile

import numpy as np


def find_command():
    """The program `reverie`: REVERIE_COMMAND, the checkout that this package lies in, or what PATH has."""
    checkout = pathlib.Path(__file__).resolve().parents[3] / "reverie"
    candidates = [os.environ.get("REVERIE_COMMAND"), str(checkout) if checkout.is_file() else None,
                  shutil.which("reverie")]
    command = next((one for one in candidates if one), None)
    if command is None:
        raise FileNotFoundError("there is no program reverie; set REVERIE_COMMAND to the script in its checkout")
    return command


class Server:
    """Answers one command at a time. What is large lies in arrays that view the shared memory."""

    def __init__(self, task, observation, settings, command):
        command = command or find_command()
        arguments = [command, "env", "serve", task, "--observation", observation]
        for key, value in settings.items():
            arguments += ["--set", f"{key}={str(value).lower() if isinstance(value, bool) else value}"]
        self._errors = tempfile.TemporaryFile()
        # A session of its own: Ctrl-C is for this process, which closes the other.
        self._process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors,
                                         start_new_session=True)
        self.description = json.loads(self._line())
        places = self.description["places"]
        with open(places["file"], "r+b") as file:
            self._memory = mmap.mmap(file.fileno(), places["size"])
        self._view(places)

    def ask(self, command):
        """Has it do something, and waits until it is done."""
        try:
            self._process.stdin.write(command.encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._ended() from None
        answer = self._line()
        if answer != b"k\n":
            raise RuntimeError(json.loads(answer[1:]))

    def close(self):
        """Ends the process."""
        if self._process.poll() is None:
            try:
                self._process.stdin.write(b"close\n")
                self._process.stdin.flush()
                self._process.wait(timeout=5)
            except (BrokenPipeError, subprocess.TimeoutExpired):
                self._process.kill()
                self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._errors):
            try:
                pipe.close()
            except BrokenPipeError:
                pass

    def _view(self, places):
        def view(kind, name, count):
            return np.frombuffer(self._memory, kind, count, places[name])
        described = self.description
        picture = described["picture"]
        self.reward, self.flags = view(np.float64, "reward", 1), view(np.uint8, "flags", 2)
        self.action = view(np.float32, "action", len(described["action_low"]))
        self.choice = view(np.int32, "action", 1)
        self.vector = view(np.float32, "vector", len(described["low"]))
        self.picture = view(np.uint8, "picture", int(np.prod(picture))).reshape(picture) if picture else None

    def _line(self):
        line = self._process.stdout.readline()
        if not line:
            raise self._ended()
        return line

    def _ended(self):
        self._process.wait()
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return RuntimeError(lines[-1] if lines else f"reverie ended with exit code {self._process.returncode}")
