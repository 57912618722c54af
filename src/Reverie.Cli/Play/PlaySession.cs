using System.Globalization;
using Reverie.Environments;

namespace Reverie.Cli.Play;

/// <summary>A person plays: keys in, pictures out, episode after episode.</summary>
internal sealed class PlaySession
{
    private const int StatusLines = 3;

    private readonly IEnvironment environment;
    private readonly ImageSpace space, shown;
    private readonly ActionGroups groups;
    private readonly KeyBindings keys;
    private readonly IKeyboard keyboard;
    private readonly HeldKeys held;
    private readonly TextWriter screen;
    private readonly (int Columns, int Rows) size;
    private bool again, done;

    /// <summary>Prepares it.</summary>
    /// <param name="environment">what is played; it shows pictures alone</param>
    /// <param name="keys">what they do</param>
    /// <param name="keyboard">where they come from</param>
    /// <param name="clock">what tells how long they are held</param>
    /// <param name="screen">a terminal</param>
    /// <param name="terminal">its columns and rows</param>
    public PlaySession(IEnvironment environment, KeyBindings keys, IKeyboard keyboard, TimeProvider clock,
        TextWriter screen, (int Columns, int Rows) terminal)
    {
        (this.environment, this.keys, this.keyboard, this.screen) = (environment, keys, keyboard, screen);
        space = (ImageSpace)environment.ObservationSpace;
        groups = ActionGroups.Of(environment.ActionSpace);
        held = new HeldKeys(clock);
        shown = space.ToShown();
        size = HalfBlocks.Fit(shown.Width, shown.Height, terminal.Columns, terminal.Rows - StatusLines);
    }

    /// <summary>Returns of the episodes that were played, the last one perhaps broken off.</summary>
    public List<(double Return, int Decisions)> Episodes { get; } = [];

    /// <summary>Plays until the player leaves.</summary>
    /// <param name="seed">of the first episode</param>
    /// <param name="wait">waits for the moment of the next decision</param>
    /// <param name="stop">leaves, too</param>
    public void Run(int seed, Action wait, CancellationToken stop)
    {
        for (var row = environment.Reset(seed); !done; row = done ? row : environment.Reset())
        {
            var (total, decisions) = (0.0, 0);
            again = false;
            Show(row, total, decisions);
            while (!done && !again)
            {
                stop.ThrowIfCancellationRequested();
                wait();
                ReadKeys();
                if (row.IsLast || done || again)
                    continue;
                row = environment.Step(groups.Obeying(keys.Action(held.Now()), row.ActionMask));
                total += row.Reward;
                decisions++;
                Show(row, total, decisions);
            }
            if (decisions > 0)
                Episodes.Add((total, decisions));
            held.Clear();
        }
    }

    private void ReadKeys()
    {
        while (keyboard.Next() is { } key)
            switch (key)
            {
                case ConsoleKey.Q or ConsoleKey.Escape:
                    done = true;
                    break;
                case ConsoleKey.R:
                    again = true;
                    break;
                case ConsoleKey.Spacebar:
                    held.Clear();
                    break;
                default:
                    held.Press(key);
                    break;
            }
    }

    private void Show(TimeStep row, double total, int decisions)
    {
        var ending = row.IsTerminal ? "   over" : row.IsLast ? "   time is up" : "";
        screen.Write("\x1b[H" + HalfBlocks.Text(space.ToRgb(row.Image), shown.Width, shown.Height, size.Columns, size.Rows));
        screen.Write(string.Create(CultureInfo.InvariantCulture,
            $"\r\ndecision {decisions}   reward {row.Reward:0.00}   return {total:0.0}{ending}\x1b[K"));
        screen.Write($"\r\n{string.Join("   ", keys.Help)}\x1b[K\r\nspace: let go   R: again   Q: leave\x1b[K");
        screen.Flush();
    }
}
