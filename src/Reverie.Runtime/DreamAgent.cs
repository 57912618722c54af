using Microsoft.ML.OnnxRuntime;

namespace Reverie.Runtime;

/// <summary>
/// An agent that Reverie trained and exported (<c>reverie export RUN --out agent.onnx</c>), played on ONNX Runtime alone.
/// Preprocessing is in the file: it takes pictures and vectors as the environment gave them in training.
/// </summary>
/// <remarks>Any thread may use it, several at once, each with memories of its own. Without noise in the file the same
/// observations give the same actions; what is drawn, by a file with noise or by PlaNet's planner, follows from the seed of
/// the memory. After the first decision of a memory nothing is allocated.</remarks>
/// <example><code>
/// using var agent = DreamAgent.Load("agent.onnx");
/// using var memory = agent.Begin();
/// float[] action = agent.Act(memory, picture, vector);
/// </code></example>
public sealed class DreamAgent : IDisposable
{
    private readonly Graph? dream;
    private bool isDisposed;

    private DreamAgent(AgentFile act, AgentFile? dream, AgentFile? plan, SessionOptions options)
    {
        Info = new AgentInfo(act);
        foreach (var (name, file) in new[] { ("dream", dream), ("plan", plan) })
        {
            if (file is not null && file["belongs_to"] != act.Checksum)
                throw file.Broken("belongs to another agent; export all files of an agent together");
            if (file is null && name == "plan" && Array.IndexOf(act.List("beside"), name) >= 0)
                throw act.Broken("plans with the file that `reverie export` wrote beside it, .plan.onnx, which is missing");
        }
        ActGraph = new Graph(act, options);
        Info.DemandOf(ActGraph, act);
        if (dream is not null) this.dream = new Graph(dream, options);
        if (plan is null) return;
        PlannerSettings = new PlannerSettings(plan, Info.ActionSize);
        PlanGraph = new Graph(plan, options);
        if (!PlanGraph.Session.InputMetadata.TryGetValue("actions", out var actions)
            || !(actions.Dimensions is { Length: 3 } shape && shape[0] == PlannerSettings.Horizon && shape[2] == Info.ActionSize))
            throw plan.Broken($"its graph plans other than {PlannerSettings.Horizon} decisions of {Info.ActionSize} entries, "
                + "which its metadata say");
    }

    /// <summary>What is known of it.</summary>
    public AgentInfo Info { get; }

    /// <summary>Whether it can dream: exported with <c>--with-dream</c>, and the file <c>.dream.onnx</c> is there.</summary>
    public bool Dreams => dream is not null;

    internal Graph ActGraph { get; }

    internal Graph? PlanGraph { get; }

    internal PlannerSettings? PlannerSettings { get; }

    /// <summary>Loads an exported agent, with the files that lie beside it (<c>.dream.onnx</c>, <c>.plan.onnx</c>).</summary>
    /// <param name="path">The file that <c>--out</c> named.</param>
    /// <param name="options">Of ONNX Runtime: threads, what to compute on. Unless given, one thread of the processor.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no ONNX file, was not made by <c>reverie export</c> or by a newer version, its
    /// checksum is wrong, or a file beside it is missing or of another agent; the message is one line.</exception>
    /// <exception cref="InvalidOperationException">The native part of ONNX Runtime is missing.</exception>
    public static DreamAgent Load(string path, SessionOptions? options = null)
    {
        if (path is null) throw new ArgumentNullException(nameof(path));
        if (!File.Exists(path)) throw new FileNotFoundException($"{path}: there is no such file", path);
        AgentFile? Beside(string kind)
        {
            var name = Path.ChangeExtension(path, $".{kind}.onnx");
            return File.Exists(name) ? AgentFile.Read(name, File.ReadAllBytes(name), kind) : null;
        }
        return Make(AgentFile.Read(path, File.ReadAllBytes(path), "act"), Beside("dream"), Beside("plan"), options);
    }

    /// <summary>Loads an exported agent from memory, as engines have their assets.</summary>
    /// <param name="act">Bytes of the file that <c>--out</c> named.</param>
    /// <param name="dream">Bytes of <c>.dream.onnx</c>, or null.</param>
    /// <param name="plan">Bytes of <c>.plan.onnx</c>, which an agent needs that plans.</param>
    /// <param name="options">As above.</param>
    /// <inheritdoc cref="Load(string, SessionOptions?)" path="/exception"/>
    public static DreamAgent Load(byte[] act, byte[]? dream = null, byte[]? plan = null, SessionOptions? options = null) => Make(
        AgentFile.Read("the agent", act ?? throw new ArgumentNullException(nameof(act)), "act"),
        dream is null ? null : AgentFile.Read("the dream", dream, "dream"),
        plan is null ? null : AgentFile.Read("the plan", plan, "plan"), options);

    /// <summary>A memory to begin an episode with.</summary>
    /// <param name="rows">Bodies that are to be played at once, N.</param>
    /// <param name="seed">Decides what is drawn.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 1.</exception>
    /// <exception cref="ObjectDisposedException">The agent was disposed of.</exception>
    public AgentMemory Begin(int rows = 1, ulong seed = 0) => Begin(rows, new NumberSource(seed));

    /// <summary>One decision.</summary>
    /// <param name="memory">Of this agent.</param>
    /// <param name="picture">Bytes (N, H, W, C), rows from top to bottom; empty where the agent sees none.</param>
    /// <param name="vector">(N, V); empty where the agent sees none.</param>
    /// <param name="mask">(N, A), which choices are allowed now, at least one of each; entries of numbers do not matter. Empty
    /// unless <see cref="AgentInfo.IsMasked"/>.</param>
    /// <returns>The memory's <see cref="AgentMemory.Action"/>, (N, A): in [−1, 1], or one-hot where choices are made.</returns>
    /// <exception cref="ArgumentException">A size is another, an entry of the vector is no number, a mask allows none of the choices
    /// that there are, or the memory is another agent's.</exception>
    /// <exception cref="ObjectDisposedException">The agent or the memory was disposed of.</exception>
    public float[] Act(AgentMemory memory, ReadOnlySpan<byte> picture, ReadOnlySpan<float> vector = default,
        ReadOnlySpan<bool> mask = default)
    {
        Demand(memory);
        if (picture.Length != memory.Rows * Info.PictureSize)
            throw new ArgumentException($"a picture of {picture.Length} bytes; {memory.Rows} row(s) of {Info.PictureHeight} × "
                + $"{Info.PictureWidth} × {Info.PictureChannels} have {memory.Rows * Info.PictureSize}", nameof(picture));
        if (vector.Length != memory.Rows * Info.VectorSize)
            throw new ArgumentException($"a vector of {vector.Length} numbers; {memory.Rows} row(s) of {Info.VectorSize} have "
                + $"{memory.Rows * Info.VectorSize}", nameof(vector));
        DemandNumbers(vector, nameof(vector));
        Demand(mask, memory.Allowed.Length);
        picture.CopyTo(memory.Step.Bytes("image"));
        vector.CopyTo(memory.Step.Floats("vector"));
        for (var i = 0; i < mask.Length; i++) memory.Allowed[i] = mask[i] ? 1 : 0;
        Run(memory, memory.Step, memory.Allowed);
        memory.Acted();
        return memory.Action;
    }

    /// <summary>The same of an agent that sees vectors alone.</summary>
    /// <inheritdoc cref="Act(AgentMemory, ReadOnlySpan{byte}, ReadOnlySpan{float}, ReadOnlySpan{bool})"/>
    public float[] Act(AgentMemory memory, ReadOnlySpan<float> vector) => Act(memory, default, vector);

    /// <summary>The same of an agent that sees vectors alone and is told what is allowed.</summary>
    /// <inheritdoc cref="Act(AgentMemory, ReadOnlySpan{byte}, ReadOnlySpan{float}, ReadOnlySpan{bool})"/>
    public float[] Act(AgentMemory memory, ReadOnlySpan<float> vector, ReadOnlySpan<bool> mask) => Act(memory, default, vector, mask);

    /// <summary>One step with closed eyes: the memory goes on to where the model expects its last action to lead, and the agent
    /// chooses the next one there.</summary>
    /// <param name="memory">Of this agent, which has acted.</param>
    /// <exception cref="InvalidOperationException">The agent has no dream, or the memory has not acted yet.</exception>
    /// <exception cref="ArgumentException">The memory is another agent's.</exception>
    /// <exception cref="ObjectDisposedException">The agent or the memory was disposed of.</exception>
    public DreamFrame Dream(AgentMemory memory)
    {
        Demand(memory);
        if (this.dream is null)
            throw new InvalidOperationException("the agent has no dream: export it with --with-dream, and put .dream.onnx beside it");
        if (!memory.HasActed)
            throw new InvalidOperationException("a dream begins where the agent has acted: call Act first");
        var dream = memory.Dream ??= new BoundGraph(this.dream, memory.Rows);
        var mask = dream.Floats("mask") ?? Array.Empty<float>();
        Run(memory, dream, mask);
        return new DreamFrame(dream.Bytes("image") ?? Array.Empty<byte>(), dream.Floats("vector") ?? Array.Empty<float>(),
            dream.Floats("reward")!, dream.Floats("continues"), mask, memory.Action);
    }

    /// <summary>Frees it. Memories are disposed before.</summary>
    public void Dispose()
    {
        if (isDisposed) return;
        isDisposed = true;
        ActGraph.Dispose();
        dream?.Dispose();
        PlanGraph?.Dispose();
    }

    internal AgentMemory Begin(int rows, INumberSource numbers) => isDisposed ? throw new ObjectDisposedException(nameof(DreamAgent))
        : rows >= 1 ? new AgentMemory(this, rows, numbers)
        : throw new ArgumentOutOfRangeException(nameof(rows), $"a memory of {rows} rows");

    internal static void DemandNumbers(ReadOnlySpan<float> numbers, string name)
    {
        for (var i = 0; i < numbers.Length; i++)
            if (!float.IsFinite(numbers[i]))
                throw new ArgumentException(FormattableString.Invariant($"entry {i} of the {name} is {numbers[i]}"), name);
    }

    private void Run(AgentMemory memory, BoundGraph graph, float[] allowed)
    {
        Copy(memory.Action, graph.Floats("previous_action"));
        Copy(memory.DeterArray, graph.Floats("previous_deter"));
        Copy(memory.StochArray, graph.Floats("previous_stoch"));
        graph.Run(memory.Numbers);
        Copy(graph.Floats("deter"), memory.DeterArray);
        Copy(graph.Floats("stoch"), memory.StochArray);
        if (memory.Planner is null)
        {
            Copy(graph.Floats("action"), memory.Action);
            return;
        }
        for (var n = 0; n < memory.Rows; n++)
            memory.Planner.Plan(Row(memory.DeterArray, n), Row(memory.StochArray, n), Row(allowed, n), memory.Numbers,
                Row(memory.Action, n));

        Span<float> Row(float[] rows, int n) => rows.AsSpan(n * (rows.Length / memory.Rows), rows.Length / memory.Rows);
    }

    private void Demand(ReadOnlySpan<bool> mask, int size)
    {
        if (mask.Length != size)
            throw new ArgumentException($"a mask of {mask.Length} entries; {size} are due", nameof(mask));
        for (var row = 0; row < size; row += Info.ActionSize)
            for (var g = 0; g < Info.Groups.Count; g++)         // an enumerator would be allocated
                if (Info.Groups[g] is { IsChoice: true } group && mask.Slice(row + group.Start, group.Size).IndexOf(true) < 0)
                    throw new ArgumentException($"the mask allows none of the {group.Size} choices from entry {row + group.Start} on",
                        nameof(mask));
    }

    private static void Copy(float[]? from, float[]? to)
    {
        if (from is not null && to is not null && !ReferenceEquals(from, to)) Buffer.BlockCopy(from, 0, to, 0, sizeof(float) * to.Length);
    }

    private void Demand(AgentMemory memory)
    {
        if (memory is null) throw new ArgumentNullException(nameof(memory));
        if (isDisposed) throw new ObjectDisposedException(nameof(DreamAgent));
        if (memory.IsDisposed) throw new ObjectDisposedException(nameof(AgentMemory));
        if (!ReferenceEquals(memory.Agent, this))
            throw new ArgumentException("the memory is another agent's: take the one that this agent's Begin gave", nameof(memory));
    }

    private static DreamAgent Make(AgentFile act, AgentFile? dream, AgentFile? plan, SessionOptions? options)
    {
        try
        {
            using var own = options is null ? new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 } : null;
            return new DreamAgent(act, dream, plan, options ?? own!);
        }
        catch (Exception missing) when (missing is DllNotFoundException
            || (missing as TypeInitializationException)?.InnerException is DllNotFoundException)
        {
            throw new InvalidOperationException("the native part of ONNX Runtime is missing: add the package "
                + "Microsoft.ML.OnnxRuntime, or the one for what it is to compute on, to the program", missing);
        }
    }
}
