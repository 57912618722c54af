"""The process `reverie env serve`, its pipes, and the memory that it shares."""
import json
import mmap
import os
import pathlib
import shutil
import subprocess
import threading
import weakref

import numpy as np

GREETING = b"reverie-env 2 "
LONGEST_LINE = 1 << 24          # bytes
MOST_BEFORE_GREETING = 1000     # lines; a command may print before it speaks to us
PATIENCE = 5                    # seconds that it has to end by itself
KEPT = 4096                     # bytes of what it says of its troubles
SERVERS = weakref.WeakSet()     # of this process

os.register_at_fork(after_in_child=lambda: [server.let_go() for server in list(SERVERS)])


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
        # A session of its own: Ctrl-C is for this process, which closes the other.
        self._process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=subprocess.PIPE, start_new_session=True)
        self._owner, self._number, self._last = os.getpid(), 0, b""
        SERVERS.add(self)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        try:
            self.description = json.loads(self._greeting())
            places = self.description["places"]
            with open(places["file"], "r+b") as file:
                self._memory = mmap.mmap(file.fileno(), places["size"])
            self._view(places)
        except BaseException:
            self.close()
            raise

    def ask(self, command):
        """Has it do something, and waits until it is done."""
        if os.getpid() != self._owner:
            raise RuntimeError("this environment belongs to the process that made it; make one in each process")
        self._number += 1
        try:
            self._process.stdin.write(b"%d %s\n" % (self._number, command.encode()))
            self._process.stdin.flush()
        except (BrokenPipeError, ValueError):
            raise self._ended() from None
        while True:
            number, _, answer = self._line().rstrip(b"\n").partition(b" ")
            if not number.isdigit() or int(number) > self._number or answer[:1] not in (b"k", b"e"):
                self.close()
                raise RuntimeError(f"reverie gave no answer to {command}: {(number + b' ' + answer)[:200]!r}")
            if int(number) == self._number:     # an earlier one is of a command whose answer nobody waited for
                break
        if answer != b"k":
            raise RuntimeError(json.loads(answer[1:]))

    def close(self):
        """Ends the process; in a forked copy of this one it has been let go of already."""
        if os.getpid() != self._owner:
            return
        if self._process.poll() is None:
            try:
                self._process.stdin.close()
                self._process.wait(PATIENCE)
            except (BrokenPipeError, subprocess.TimeoutExpired):
                self._process.kill()
                self._process.wait()
        self.let_go()

    def let_go(self):
        """Closes this end of the pipes. The process ends where nobody has its end any more."""
        for pipe in (self._process.stdin, self._process.stdout):
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
        self.action = view(np.float32, "action", described.get("action_size", len(described["action_low"])))
        self.choice = view(np.int32, "action", 1)
        self.mask = view(np.uint8, "mask", len(self.action)) if described["masked"] else None
        self.vector = view(np.float32, "vector", len(described["low"]))
        self.picture = view(np.uint8, "picture", int(np.prod(picture))).reshape(picture) if picture else None

    def _greeting(self):
        for _ in range(MOST_BEFORE_GREETING):
            line = self._line()
            if line.startswith(GREETING):
                return line[len(GREETING):]
        raise RuntimeError("this is no program reverie, or one of another version; REVERIE_COMMAND names one")

    def _line(self):
        line = self._process.stdout.readline(LONGEST_LINE)
        if not line.endswith(b"\n"):
            raise self._ended()
        return line

    def _listen(self):
        """Keeps the end of its standard error, however much it is."""
        with self._process.stderr as errors:
            for part in iter(lambda: os.read(errors.fileno(), KEPT), b""):
                self._last = (self._last + part)[-KEPT:]

    def _ended(self):
        self.close()
        self._listener.join(timeout=1)
        lines = self._last.decode(errors="replace").strip().splitlines()
        return RuntimeError(lines[-1] if lines else f"reverie ended with exit code {self._process.returncode}")
