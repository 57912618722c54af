using Reverie.Cli.Play;
using Reverie.Configuration;
using Reverie.Environments;
using Reverie.Environments.Games;

namespace Reverie.Tests.Cli.Play;

public sealed class PlaySessionTests
{
    private readonly StringWriter _screen = new();
    private readonly ManualClock _clock = new();
    private readonly ScriptedKeyboard _keyboard = new();

    public PlaySessionTests() => GameTasks.Register();

    [Fact]
    public void Keys_move_what_is_played_until_the_player_leaves()
    {
        _keyboard.At(1, ConsoleKey.LeftArrow);
        _keyboard.At(30, ConsoleKey.Q);
        var session = Run("catch_one");
        // One ball takes 7 decisions; then nothing happens until a key is pressed.
        Assert.Equal(7, Assert.Single(session.Episodes).Decisions);
        Assert.Contains(session.Episodes[0].Return, new[] { -1.0, 1.0 });
        Assert.Contains("over", _screen.ToString());
        Assert.Contains("0 ←: left", _screen.ToString());
    }

    [Fact]
    public void R_begins_again_and_each_episode_is_told()
    {
        _keyboard.At(3, ConsoleKey.R);
        _keyboard.At(20, ConsoleKey.R);
        _keyboard.At(22, ConsoleKey.Escape);
        Assert.Equal([2, 7, 1], Run("catch_one").Episodes.Select(episode => episode.Decisions));
    }

    [Fact]
    public void A_key_is_held_for_a_while_and_its_opposite_lets_go()
    {
        var held = new HeldKeys(_clock);
        held.Press(ConsoleKey.LeftArrow);
        held.Press(ConsoleKey.UpArrow);
        _clock.Pass(0.2);
        Assert.Equal([ConsoleKey.LeftArrow, ConsoleKey.UpArrow], held.Now().Order());
        held.Press(ConsoleKey.RightArrow);
        Assert.Equal([ConsoleKey.UpArrow, ConsoleKey.RightArrow], held.Now().Order());
        _clock.Pass(0.2);
        Assert.Equal([ConsoleKey.RightArrow], held.Now());
        held.Clear();
        Assert.Empty(held.Now());
    }

    private PlaySession Run(string task)
    {
        using var environment = EnvironmentRegistry.Make(task, new EnvironmentConfig(), 1, ObservationKind.Pixels);
        var keys = KeyBindings.Of(EnvironmentRegistry.Find(task), environment.ActionSpace);
        var session = new PlaySession(environment, keys, _keyboard, _clock, _screen, (80, 40));
        session.Run(1, () =>
        {
            _keyboard.Turn++;
            _clock.Pass(0.05);
        }, CancellationToken.None);
        return session;
    }

    private sealed class ManualClock : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

        public void Pass(double seconds) => _now += TimeSpan.FromSeconds(seconds);

        public override DateTimeOffset GetUtcNow() => _now;
    }

    private sealed class ScriptedKeyboard : IKeyboard
    {
        private readonly Dictionary<int, Queue<ConsoleKey>> _keys = [];

        public int Turn { get; set; }

        public void At(int turn, ConsoleKey key)
        {
            if (!_keys.TryGetValue(turn, out var queue))
                _keys[turn] = queue = new();
            queue.Enqueue(key);
        }

        public ConsoleKey? Next() =>
            _keys.TryGetValue(Turn, out var queue) && queue.TryDequeue(out var key) ? key : null;
    }
}
