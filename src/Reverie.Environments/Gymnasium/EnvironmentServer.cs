using System.Globalization;
using System.Text.Json;

namespace Reverie.Environments.Gymnasium;

/// <summary>
/// Plays an environment for another process: the other end of the Python package <c>reverie_gymnasium</c>. It says in a
/// line of JSON what the environment is and where the shared memory lies, then answers commands, a line each:
/// <c>reset [SEED]</c>, <c>step</c>, <c>close</c>. An answer is <c>k</c>, or <c>e</c> and the reason as JSON.
/// </summary>
/// <param name="environment">What to play; the caller disposes it.</param>
/// <param name="info">What is known of it.</param>
public sealed class EnvironmentServer(IEnvironment environment, TaskInfo info)
{
    private readonly ImageSpace? image = environment.ObservationSpace as ImageSpace
        ?? (environment.ObservationSpace as MixedSpace)?.Image;

    private readonly BoxSpace? vector = environment.ObservationSpace as BoxSpace
        ?? (environment.ObservationSpace as MixedSpace)?.Vector;

    /// <summary>Answers until it is told to close, or nobody is there any more.</summary>
    public void Run(TextReader commands, TextWriter answers)
    {
        using var memory = SharedMemory.Create(
            (environment.ActionSpace as BoxSpace)?.Size ?? 0, vector?.Size ?? 0, image?.Size ?? 0);
        try
        {
            Say(answers, JsonSerializer.Serialize(Describe(memory)));
            while (commands.ReadLine()?.Split(' ') is { } command && command[0] != "close")
            {
                memory.Unlink();        // whoever asks for something has it open
                Say(answers, Answer(command, memory));
            }
        }
        finally
        {
            memory.Unlink();
        }
    }

    private static void Say(TextWriter answers, string line)
    {
        answers.Write(line + '\n');
        answers.Flush();
    }

    private string Answer(string[] command, SharedMemory memory)
    {
        try
        {
            Show(memory, command[0] switch
            {
                "step" => environment.Step(Action(memory)),
                "reset" => environment.Reset(command.Length > 1
                    ? int.Parse(command[1], CultureInfo.InvariantCulture)
                    : null),
                _ => throw new ReverieException($"there is no command {command[0]}"),
            });
            return "k";
        }
        catch (Exception fault) when (fault is ReverieException or FormatException or OverflowException)
        {
            return "e" + JsonSerializer.Serialize(fault.Message);
        }
    }

    private float[] Action(SharedMemory memory)
    {
        if (environment.ActionSpace is DiscreteSpace choices)
            return choices.OneHot(Math.Clamp(memory.ReadChoice(), 0, choices.Count - 1));
        var action = new float[((BoxSpace)environment.ActionSpace).Size];
        memory.ReadAction(action);
        return action;
    }

    private static void Show(SharedMemory memory, TimeStep row)
    {
        (memory.Reward, memory.Terminated) = (row.Reward, row.IsTerminal);
        memory.Truncated = row.IsLast && !row.IsTerminal;
        if (row.Vector is { Length: > 0 }) memory.WriteVector(row.Vector);
        if (row.Image is { Length: > 0 }) memory.WritePicture(row.Image);
    }

    private object Describe(SharedMemory memory) => new
    {
        task = info.Task,
        picture = image is null ? null : new[] { image.Height, image.Width, image.Channels },
        low = Bounds(vector?.Low),
        high = Bounds(vector?.High),
        entries = info.Observations.Select(part => new object[] { part.Name, part.Size }),
        choices = (environment.ActionSpace as DiscreteSpace)?.Count,
        action_low = Bounds((environment.ActionSpace as BoxSpace)?.Low),
        action_high = Bounds((environment.ActionSpace as BoxSpace)?.High),
        action_names = info.ActionNames,
        places = memory.Places,
    };

    // JSON has no infinity.
    private static IEnumerable<float?> Bounds(IReadOnlyList<float>? bounds) =>
        (bounds ?? []).Select(bound => float.IsFinite(bound) ? bound : (float?)null);
}
