using Reverie.Runtime;

// A craft without brakes is to come to rest at the dock in the middle; an agent that was trained for it is at the controls.
// The game knows nothing of libtorch or of learning: it has the exported agent, its own rules and the console.
var episodes = 3;
if (args.Length == 0 || args.Length > 1 && (!int.TryParse(args[1], out episodes) || episodes < 1))
{
    Console.WriteLine("DockingGame AGENT.onnx [EPISODES]: an agent of the task `docking`, as `reverie export` writes it");
    return 1;
}
try
{
    using var agent = DreamAgent.Load(args[0]);
    if (agent.Info.VectorSize != Craft.Entries || agent.Info.ActionSize != Craft.Thrusters || agent.Info.PictureSize > 0)
        throw new InvalidDataException($"{args[0]} is an agent for {agent.Info.Task}, not for docking");
    Console.WriteLine($"{agent.Info.Algorithm}, trained for {agent.Info.EnvironmentSteps} steps of {agent.Info.Task}");
    using var memory = agent.Begin();
    var sum = 0.0;
    for (var episode = 1; episode <= episodes; episode++)
    {
        var craft = new Craft(seed: episode);
        memory.Restart();
        for (var decision = 0; decision < Craft.Decisions && !craft.IsLost; decision++)
        {
            float[] action = agent.Act(memory, craft.Observe());
            craft.Step(2 * action[0], 2 * action[1]);       // the agent acts in [-1, 1], thrusters go to 2
            if (!Console.IsOutputRedirected) craft.Draw(decision, action);
        }
        sum += craft.Score;
        Console.WriteLine($"episode {episode}: {craft.Score:0.0} of {2 * Craft.Decisions}{(craft.IsLost ? ", lost" : "")}");
    }
    Console.WriteLine($"mean of {episodes} episodes: {sum / episodes:0.0}");
    return 0;
}
catch (Exception fault) when (fault is InvalidDataException or FileNotFoundException or InvalidOperationException)
{
    Console.Error.WriteLine(fault.Message);
    return 1;
}

/// <summary>The rules, as the environment of training has them (samples/Docking).</summary>
internal sealed class Craft
{
    public const int Entries = 4, Thrusters = 2, Decisions = 100;
    private const int Repeat = 2, Wide = 61, High = 21;
    private const double Second = 0.1, Edge = 1.5;

    private double x, y, vx, vy;

    public Craft(int seed)
    {
        var random = new Random(seed);
        double Between(double most) => most * (2 * random.NextDouble() - 1);
        (x, y, vx, vy) = (Between(1), Between(1), Between(0.2), Between(0.2));
    }

    public bool IsLost { get; private set; }

    public double Score { get; private set; }

    public float[] Observe() => [(float)x, (float)y, (float)vx, (float)vy];

    public void Step(double right, double down)
    {
        for (var i = 0; i < Repeat && !IsLost; i++)
        {
            (vx, vy) = (vx + Second * right, vy + Second * down);
            (x, y) = (x + Second * vx, y + Second * vy);
            IsLost = Math.Abs(x) > Edge || Math.Abs(y) > Edge;
            Score += Math.Exp(-3 * (x * x + y * y) - (vx * vx + vy * vy));
        }
    }

    public void Draw(int decision, float[] action)
    {
        var picture = new string[High];
        for (var row = 0; row < High; row++)
        {
            var line = new char[Wide];
            Array.Fill(line, ' ');
            line[Wide / 2] = row == High / 2 ? '+' : '.';
            if (row == Place(y, High)) line[Place(x, Wide)] = '@';
            picture[row] = new string(line);
        }
        Console.Clear();
        Console.WriteLine(string.Join('\n', picture));
        Console.WriteLine($"decision {decision}, score {Score:0.0}, thrust {action[0],5:0.00} right, {action[1],5:0.00} down");
        Thread.Sleep(40);
    }

    private static int Place(double at, int size) => Math.Clamp((int)((at / Edge + 1) / 2 * size), 0, size - 1);
}
