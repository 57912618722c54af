using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Reverie.Cli.Display;
using Reverie.Cli.Play;
using Reverie.Configuration;
using Reverie.Environments;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie env play TASK</c>: a person in the agent's place.</summary>
internal sealed class EnvPlayVerb : Verb
{
    private readonly Argument<string> task = new("TASK") { Description = "a task of `reverie tasks`" };

    private readonly Option<int> rate = new("--rate")
    {
        Description = "decisions a second",
        HelpName = "N",
        DefaultValueFactory = _ => 30,
    };

    private readonly Option<int> seed = new("--seed") { Description = "seed of the first episode", HelpName = "N" };

    private readonly SetOption set = new("a setting of the environment, e.g. environment.car_look=v3");

    public EnvPlayVerb() : base("play", "Play a task yourself, in the terminal: keys, and pictures in coloured halves.")
    {
        Add(task);
        this.AddAll(rate, seed, set);
    }

    public override string[] Examples =>
    [
        "reverie env play car_racing",
        "reverie env play cartpole_swingup --rate 10",
        "reverie env play car_racing --seed 3 --set environment.car_look=v3",
    ];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        var info = EnvironmentRegistry.Find(parsed.GetRequiredValue(task));
        if (parsed.GetValue(rate) is < 1 or > 1000)
            throw new ReverieException("--rate is 1 to 1000 decisions a second");
        // A person wants to see all there is.
        var config = set.Resolve(parsed, new ConfigOverride("environment.car_frame", "native", "env play"),
            new ConfigOverride("environment.quality", "fast", "env play")).Environment;
        if (!report.Live || Console.IsInputRedirected)
            throw new ReverieException("env play needs a terminal for its keys and pictures; "
                + $"`reverie env render {info.Task} --out film.gif` draws without one");
        using var environment = EnvironmentRegistry.Make(
            info.Task, config, parsed.GetValue(seed), ObservationKind.Pixels);
        var session = new PlaySession(environment, KeyBindings.Of(info, environment.ActionSpace), new ConsoleKeyboard(),
            TimeProvider.System, report.Out, (Console.WindowWidth, Console.WindowHeight));
        Play(session, parsed, report.Out, stop);
        foreach (var (total, decisions) in session.Episodes)
            report.Say(string.Create(CultureInfo.InvariantCulture,
                $"{info.Task}: return {total:0.0} in {decisions} decisions"));
        return 0;
    }

    // On the terminal's second screen, so that the first one is as it was.
    private void Play(PlaySession session, ParseResult parsed, TextWriter screen, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        var (next, beat) = (TimeSpan.Zero, TimeSpan.FromSeconds(1.0 / parsed.GetValue(rate)));
        screen.Write("\x1b[?1049h\x1b[?25l\x1b[2J");
        try
        {
            session.Run(parsed.GetValue(seed), Wait, stop);
        }
        finally
        {
            screen.Write("\x1b[0m\x1b[?25h\x1b[?1049l");
            screen.Flush();
        }

        // A picture that took too long is not made up for by haste.
        void Wait()
        {
            next += beat;
            var left = next - clock.Elapsed;
            if (left > TimeSpan.Zero)
                Thread.Sleep(left);
            else
                next = clock.Elapsed;
        }
    }
}
