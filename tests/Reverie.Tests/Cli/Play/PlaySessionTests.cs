using Reverie.Cli.Play;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.Games;

namespace Reverie.Tests.Cli.Play;

public sealed class PlaySessionTests
{
    private readonly StringWriter screen = new();
    private readonly ManualClock clock = new();
    private readonly ScriptedKeyboard keyboard = new();

    public PlaySessionTests() => GameTasks.Register();

    [Fact]
    public void KeysMoveWhatIsPlayedUntilThePlayerLeaves()
    {
        keyboard.At(1, ConsoleKey.LeftArrow);
        keyboard.At(30, ConsoleKey.Q);
        var session = Run("catch_one");
        // One ball takes 7 decisions; then nothing happens until a key is pressed.
        Assert.Equal(7, Assert.Single(session.Episodes).Decisions);
        Assert.Contains(session.Episodes[0].Return, new[] { -1.0, 1.0 });
        Assert.Contains("over", screen.ToString());
        Assert.Contains("0 ←: left", screen.ToString());
    }

    [Fact]
    public void RBeginsAgainAndEachEpisodeIsTold()
    {
        keyboard.At(3, ConsoleKey.R);
        keyboard.At(20, ConsoleKey.R);
        keyboard.At(22, ConsoleKey.Escape);
        Assert.Equal([2, 7, 1], Run("catch_one").Episodes.Select(episode => episode.Decisions));
    }

    [Fact]
    public void AKeyIsHeldForAWhileAndItsOppositeLetsGo()
    {
        var held = new HeldKeys(clock);
        held.Press(ConsoleKey.LeftArrow);
        held.Press(ConsoleKey.UpArrow);
        clock.Pass(0.2);
        Assert.Equal([ConsoleKey.LeftArrow, ConsoleKey.UpArrow], held.Now().Order());
        held.Press(ConsoleKey.RightArrow);
        Assert.Equal([ConsoleKey.UpArrow, ConsoleKey.RightArrow], held.Now().Order());
        clock.Pass(0.2);
        Assert.Equal([ConsoleKey.RightArrow], held.Now());
        held.Clear();
        Assert.Empty(held.Now());
    }

    private PlaySession Run(string task)
    {
        using var environment = EnvironmentRegistry.Make(task, new EnvironmentConfig(), 1, ObservationKind.Pixels);
        var keys = KeyBindings.Of(EnvironmentRegistry.Find(task), environment.ActionSpace);
        var session = new PlaySession(environment, keys, keyboard, clock, screen, (80, 40));
        session.Run(1, () =>
        {
            keyboard.Turn++;
            clock.Pass(0.05);
        }, CancellationToken.None);
        return session;
    }

    private sealed class ManualClock : TimeProvider
    {
        private DateTimeOffset now = DateTimeOffset.UnixEpoch;

        public void Pass(double seconds) => now += TimeSpan.FromSeconds(seconds);

        public override DateTimeOffset GetUtcNow() => now;
    }

    private sealed class ScriptedKeyboard : IKeyboard
    {
        private readonly Dictionary<int, Queue<ConsoleKey>> keys = [];

        public int Turn { get; set; }

        public void At(int turn, ConsoleKey key)
        {
            if (!keys.TryGetValue(turn, out var queue))
                keys[turn] = queue = new();
            queue.Enqueue(key);
        }

        public ConsoleKey? Next() =>
            keys.TryGetValue(Turn, out var queue) && queue.TryDequeue(out var key) ? key : null;
    }
}
