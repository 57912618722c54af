"""The life of a process that plays one environment, and its line to the program that started it.

Commands come and answers go on two pipes that are not for the environment: they stand at numbers of their own, are
inherited by no program, and are closed in forked copies. The environment has an empty standard input of its own, and
what it prints goes to standard error.

Two processes share the work. The one that was started keeps watch: it waits until the other ends or until nobody holds
the far end of the commands any more, and then ends all that is left, programs of the environment included. It can do so
while the environment is deep in C. Both are out of reach of the signals that a terminal or a scheduler sends.
"""
import errno
import fcntl
import json
import os
import resource
import select
import signal
import sys
import time
import traceback

GREETING = b"reverie-gymnasium 2"
GRACE = 2                       # seconds for closing the environment
MOMENT = 0.3                    # seconds for what it leaves
LONGEST_COMMAND = 4096
HIGHEST_NUMBER = 4096           # of descriptors, however many may be open
LONGEST_REASON = 600            # characters
DEAF = [signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2]
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


def reason(fault):
    """The last line of the traceback, and where it comes from; one line of plain text, however it was."""
    last = plain(traceback.format_exception_only(type(fault), fault)[-1])
    frames = traceback.extract_tb(fault.__traceback__)
    if not frames or isinstance(fault, SyntaxError) or frames[-1].filename.startswith("gymnasium_"):
        return last             # it says where by itself, or it is no fault of the environment's
    return f"{last} ({plain(os.path.basename(frames[-1].filename))}, line {frames[-1].lineno})"


def plain(text):
    text = " ".join(str(text)[:4 * LONGEST_REASON].encode("utf-8", "backslashreplace").decode().split())
    return text if len(text) <= LONGEST_REASON else text[:LONGEST_REASON] + "…"


class End:
    """Our end of a pipe, at the highest number of all. Where the environment closes it, as daemons close all that is
    open, the keeper's stands for it."""

    def __init__(self, descriptor, keeper):
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.flags = fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE
        self.number = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, min(soft, HIGHEST_NUMBER) - 2)
        self.pipe, self.kept = self.identity(), f"/proc/{keeper}/fd/{self.number}"

    def identity(self):
        try:
            seen = os.fstat(self.number)
            return seen.st_dev, seen.st_ino
        except OSError:
            return None

    def use(self, call, argument):
        """Reads from it or writes to it."""
        try:
            return call(self.number, argument)
        except OSError as fault:
            if fault.errno != errno.EBADF:
                raise
            self.number = os.open(self.kept, self.flags | os.O_CLOEXEC)
            return call(self.number, argument)

    def close(self):
        if self.identity() == self.pipe:
            os.close(self.number)


class Line:
    """Commands in, answers out; each answer bears the number of its command."""

    def __init__(self, commands, answers):
        self.commands, self.answers, self.number, self.owner, self.rest = commands, answers, 0, os.getpid(), b""
        os.register_at_fork(after_in_child=self.leave)

    def leave(self):
        """A copy of this process, such as a worker of the environment's, has no part in it."""
        self.commands.close()
        self.answers.close()

    def take(self):
        """The next command as words; none where nobody is there any more."""
        self.check()
        while b"\n" not in self.rest:
            more = self.commands.use(os.read, LONGEST_COMMAND)
            if not more or len(self.rest) > LONGEST_COMMAND:
                return []
            self.rest += more
        line, _, self.rest = self.rest.partition(b"\n")
        number, _, command = line.partition(b" ")
        self.number = int(number)
        return command.split(None, 1) or [b""]

    def give(self, answer, value=None):
        """Says k for done, d and a description, or e and the reason."""
        self.check()
        text = answer if value is None else answer + json.dumps(value)
        left = b"%d %s\n" % (self.number, text.encode())
        while left:
            left = left[self.answers.use(os.write, left):]

    def check(self):
        if os.getpid() != self.owner:
            os._exit(0)         # a forked copy that went on instead of ending


def begin():
    """Becomes two processes, of which the second returns with its line to the program."""
    heard, held = {number: signal.signal(number, unheard) for number in DEAF}, []
    for number in DEAF:
        signal.siginterrupt(number, False)
    leave_group()
    sys.stdout.flush()
    keeper = os.getpid()
    commands, answers = End(0, keeper), End(1, keeper)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    os.write(answers.number, b"\n" + GREETING + b"\n")     # a line of its own, whatever was printed before
    signal.signal(signal.SIGCHLD, unheard)
    wakes, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker)
    prctl(PR_SET_CHILD_SUBREAPER, 1)        # what loses its parent among ours becomes a child of the keeper
    player = os.fork()
    if player:
        os._exit(keep(player, commands.number, wakes))
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != keeper:
        os._exit(1)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.close(wakes)
    os.close(waker)
    leave_group()
    # A copy is deaf to what comes before it hears as everywhere; so that waits until then.
    os.register_at_fork(before=lambda: held.append(signal.pthread_sigmask(signal.SIG_BLOCK, DEAF)),
                        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_SETMASK, held.pop()),
                        after_in_child=lambda: (hear(heard), signal.pthread_sigmask(signal.SIG_SETMASK, held.pop())))
    return Line(commands, answers)


def unheard(*_):
    """Not SIG_IGN, which the programs of an environment would inherit and could not be ended by."""


def hear(heard):
    for number, handler in heard.items():
        if signal.getsignal(number) is unheard:
            signal.signal(number, handler)


def leave_group():
    try:
        os.setsid()
    except PermissionError:     # it leads one, which is then its own
        pass


def prctl(what, value):
    try:
        import ctypes
        ctypes.CDLL(None).prctl(what, int(value), 0, 0, 0)
    except (ImportError, OSError, AttributeError):
        pass                    # a Python without it: the player's own group is ended all the same


def keep(player, commands, wakes):
    """Waits for the end of either side, ends all that is left, and returns the player's exit code."""
    poll = select.poll()
    poll.register(commands, 0)      # the end alone; what comes there is for the player
    poll.register(wakes, select.POLLIN)
    deadline = status = None
    while status is None:
        left = None if deadline is None else max(0, deadline - time.monotonic())
        for descriptor, _ in poll.poll(None if left is None else left * 1000):
            if descriptor == wakes:
                os.read(wakes, 512)
            else:
                poll.unregister(commands)
                deadline = time.monotonic() + GRACE
        if left == 0:
            os.kill(player, signal.SIGKILL)
            deadline = None
        status = reaped(player)
    end_all(player, wakes)
    return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def reaped(player):
    """The status of the player if it has ended; orphans that have are forgotten. An error where nobody is left."""
    while True:
        ended, status = os.waitpid(-1, os.WNOHANG)
        if ended in (0, player):
            return status if ended else None


def end_all(player, wakes):
    """Ends all descendants; the children of each become ours as it ends. Those that see the player's end by themselves,
    such as Python's tracker of shared memory, have a moment to clean up."""
    deadline = time.monotonic() + MOMENT
    try:
        while time.monotonic() < deadline:
            reaped(player)
            if select.select([wakes], [], [], max(0, deadline - time.monotonic()))[0]:
                os.read(wakes, 512)
        while True:
            for child in children():
                os.kill(child, signal.SIGKILL)
            os.waitpid(-1, 0)
    except OSError:
        pass                    # nobody is left, or somebody who may not be ended
    try:
        os.killpg(player, signal.SIGKILL)       # without prctl they are nobody's children, but still of its group
    except OSError:
        pass


def children():
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                if int(file.read().rpartition(b")")[2].split()[1]) == os.getpid():
                    yield int(name)
        except OSError:         # it has just ended
            pass
