using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Reverie.Environments.Gymnasium;

/// <summary>
/// Plays an environment for another process: the other end of the Python package <c>reverie_gymnasium</c>. It says in a
/// line of JSON what the environment is and where the shared memory lies, then answers commands, a line each:
/// <c>N reset [SEED]</c>, <c>N step</c>, <c>N close</c>, N being their number. An answer is <c>N k</c>, or <c>N e</c>
/// and the reason as JSON.
/// </summary>
/// <param name="environment">What to play; the caller disposes it.</param>
/// <param name="info">What is known of it.</param>
public sealed class EnvironmentServer(IEnvironment environment, TaskInfo info)
{
    private const string Greeting = "reverie-env 2";
    private const int LongestCommand = 4096;

    private readonly ImageSpace? image = environment.ObservationSpace as ImageSpace
        ?? (environment.ObservationSpace as MixedSpace)?.Image;

    private readonly BoxSpace? vector = environment.ObservationSpace as BoxSpace
        ?? (environment.ObservationSpace as MixedSpace)?.Vector;

    /// <summary>Plays on standard input and output, which nothing else in this process then reads from or writes to:
    /// what an environment prints goes to standard error. Nobody at the other end any more ends the process, also in
    /// the middle of a step; signals do not.</summary>
    /// <param name="make">Makes what to play, once the two are out of its reach; it is disposed at the end.</param>
    /// <exception cref="ReverieException">What was read is no command.</exception>
    public static void Serve(Func<(IEnvironment Environment, TaskInfo Info)> make)
    {
        using var pipes = new ServerPipes();
        var (environment, info) = make();
        using (environment)
            new EnvironmentServer(environment, info).Run(pipes.Commands, pipes.Answers);
    }

    /// <summary>Answers until it is told to close, or nobody is there any more.</summary>
    /// <param name="commands">Lines.</param>
    /// <param name="answers">A line for each.</param>
    /// <exception cref="ReverieException">What was read is no command.</exception>
    internal void Run(Stream commands, Stream answers)
    {
        var actions = ActionGroups.Of(environment.ActionSpace);
        using var memory = new SharedMemory(actions.Size, vector?.Size ?? 0, image?.Size ?? 0, actions.IsMasked);
        var lines = new LineReader(commands);
        try
        {
            Say(answers, $"\n{Greeting} {JsonSerializer.Serialize(Describe(memory))}");
            while (Next(lines) is { } command && command.Word != "close")
                Say(answers, $"{command.Number} {Answer(command, memory)}");
        }
        catch (IOException)
        {
            // nobody is there any more
        }
    }

    private static void Say(Stream answers, string line)
    {
        answers.Write(Encoding.UTF8.GetBytes(line + '\n'));
        answers.Flush();
    }

    private static Command? Next(LineReader lines)
    {
        ReadOnlyMemory<byte>? read;
        try
        {
            read = lines.Read(LongestCommand);
        }
        catch (InvalidDataException fault)
        {
            throw new EnvironmentException($"env serve: {fault.Message} is no command");
        }
        if (read is not { } line) return null;
        var words = Encoding.UTF8.GetString(line.Span).Split(' ');
        return words.Length is 2 or 3
            && long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new(number, words[1], words.ElementAtOrDefault(2))
            : throw new EnvironmentException($"env serve: '{PlainText.Of(line.Span)}' is no command; one is a number and a "
                + "word, such as 1 reset");
    }

    private string Answer(Command command, SharedMemory memory)
    {
        try
        {
            Show(memory, command switch
            {
                { Word: "step", Argument: null } => environment.Step(Action(memory)),
                { Word: "reset", Argument: null } => environment.Reset(),
                { Word: "reset", Argument: var seed } => environment.Reset(Seed(seed)),
                _ => throw new EnvironmentException($"there is no command {PlainText.Of(command.Word)}; reset [SEED], step "
                    + "and close are"),
            });
            return "k";
        }
        catch (ReverieException fault)
        {
            return "e" + JsonSerializer.Serialize(PlainText.Of(fault.Message));
        }
    }

    private static int Seed(string seed) =>
        int.TryParse(seed, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new EnvironmentException($"a seed is a whole number from 0 to {int.MaxValue}, not {PlainText.Of(seed)}");

    private float[] Action(SharedMemory memory)
    {
        if (environment.ActionSpace is DiscreteSpace choices)
            return memory.ReadChoice() is var choice && choice >= 0 && choice < choices.Count ? choices.OneHot(choice)
                : throw new EnvironmentException($"{choice} is not one of {choices.Count} choices, from 0 on");
        var groups = ActionGroups.Of(environment.ActionSpace);
        var action = new float[groups.Size];
        memory.ReadAction(action);
        for (var g = 0; g < groups.Count; g++)
            Demand(action.AsSpan(groups[g].Start, groups[g].Size), Parts[g], groups[g].Start);
        return action;
    }

    private IReadOnlyList<Space> Parts => (environment.ActionSpace as GroupedSpace)?.Groups ?? [environment.ActionSpace];

    private static void Demand(ReadOnlySpan<float> action, Space part, int start)
    {
        if (part is DiscreteSpace choices && !DiscreteSpace.IsOneHot(action))
            throw new EnvironmentException(
                $"numbers {start} to {start + action.Length - 1} of the action are not one of {choices.Count} choices, one-hot");
        if (part is not BoxSpace space) return;
        for (var i = 0; i < action.Length; i++)
            if (!(action[i] >= space.Low[i] && action[i] <= space.High[i]))
                throw new EnvironmentException($"number {start + i} of the action is {action[i]}, which is not from "
                    + $"{space.Low[i]} to {space.High[i]}");
    }

    private static void Show(SharedMemory memory, TimeStep row)
    {
        (memory.Reward, memory.Terminated) = (row.Reward, row.IsTerminal);
        memory.Truncated = row.IsLast && !row.IsTerminal;
        if (row.ActionMask is { Length: > 0 }) memory.WriteMask(row.ActionMask);
        if (row.Vector is { Length: > 0 }) memory.WriteVector(row.Vector);
        if (row.Image is { Length: > 0 }) memory.WritePicture(row.Image);
    }

    private object Describe(SharedMemory memory) => new
    {
        task = info.Task,
        picture = image is null ? null : new[] { image.Height, image.Width, image.Channels },
        views = Views.Select(view => new object[] { view.Name, view.Channels }),
        low = Bounds(vector?.Low),
        high = Bounds(vector?.High),
        entries = info.Observations.Select(part => new object[] { part.Name, part.Size }),
        named = info.ObservationSpace is NamedSpace && info.Observations.Sum(part => part.Size) == (vector?.Size ?? 0),
        choices = (environment.ActionSpace as DiscreteSpace)?.Count,
        action_low = Bounds((environment.ActionSpace as BoxSpace)?.Low),
        action_high = Bounds((environment.ActionSpace as BoxSpace)?.High),
        action_groups = (environment.ActionSpace as GroupedSpace)?.Groups.Select(part => new
        {
            choices = (part as DiscreteSpace)?.Count, low = Bounds((part as BoxSpace)?.Low), high = Bounds((part as BoxSpace)?.High),
        }),
        action_size = ActionGroups.Of(environment.ActionSpace).Size,
        action_names = info.ActionNames,
        masked = ActionGroups.Of(environment.ActionSpace).IsMasked,
        places = memory.Places,
    };

    // A picture that has a name has it also where it is the only one.
    private IReadOnlyList<ImageView> Views => image is null ? [] : image.Views.Count > 0 ? image.Views
        : (info.ObservationSpace as NamedSpace)?.Parts.FirstOrDefault(part => part.Space is ImageSpace) is { } only
        ? [new(only.Name, image.Channels)] : [];

    // JSON has no infinity.
    private static IEnumerable<float?> Bounds(IReadOnlyList<float>? bounds) =>
        (bounds ?? []).Select(bound => float.IsFinite(bound) ? bound : (float?)null);

    private sealed record Command(long Number, string Word, string? Argument);
}
