using System.Runtime.InteropServices;
using Reverie.Agents;
using Reverie.Environments;
using Reverie.Replay;
using Reverie.Torch;
using Reverie.Torch.Nn;
using Reverie.Torch.Optim;

namespace Reverie.Tests.Fakes;

/// <summary>
/// Learns one number, on which everything depends that it was ever shown: its latents and actions follow from that number,
/// what it saw, what it remembers and its randomness, and an update changes it by every bit of the batch. Whoever differs
/// anywhere differs from there on.
/// </summary>
internal sealed class RememberingAgent(EpisodeLayout layout, LatentRows? latents = null) : ILatentRecorder
{
    private readonly Belief belief = new();
    private readonly List<char> calls = [];

    public static LatentRows Small { get; } = new(3, 2, 5, DType.Float32);

    /// <summary>Called with each batch before it is learned from.</summary>
    public Action<SequenceBatch> Shown { get; set; } = _ => { };

    /// <summary>What was asked of it, one letter each: an act of collecting, an act of an evaluation, an update.</summary>
    public string Calls => string.Concat(calls);

    public Device Device => Device.Cpu;

    public IReadOnlyDictionary<string, Module> Modules => new Dictionary<string, Module> { ["belief"] = belief };

    public IReadOnlyDictionary<string, Optimizer> Optimizers { get; } = new Dictionary<string, Optimizer>();

    public LatentRows LatentRows { get; } = latents ?? Small;

    private int Size => LatentRows.DeterSize + LatentRows.Variables + layout.ActionSize;

    public AgentState Begin(int count, ulong seed) => new(count, Device, seed);

    public float[] Act(ReadOnlySpan<TimeStep> observations, AgentState state, ActMode mode)
    {
        calls.Add(mode == ActMode.Collect ? 'C' : 'E');
        using var scope = new TensorScope();
        var noise = Tensor.Randn([observations.Length], state.Noise).ToArray<float>();
        var remembered = state.Numbers.Length > 0 ? state.Numbers : new float[observations.Length * Size];
        var actions = new float[observations.Length * layout.ActionSize];
        for (var n = 0; n < observations.Length; n++)
        {
            var row = remembered.AsSpan(n * Size, Size);
            if (observations[n].IsFirst) row.Clear();
            var seen = Digest.Of(observations[n].Image).With(observations[n].Vector).With([(float)observations[n].Reward])
                .With([noise[n]]).With(row).With([belief.Value]);
            var source = new RandomSource(seen.Value ^ state.Random.NextUInt64());
            Draw(row, source);
            row[^layout.ActionSize..].CopyTo(actions.AsSpan(n * layout.ActionSize));
        }
        state.Numbers = remembered;
        return actions;
    }

    public IReadOnlyDictionary<string, Tensor> Update(SequenceBatch batch, ulong seed)
    {
        calls.Add('U');
        Shown(batch);
        var all = Digest.Of(batch.Image).With(batch.Vector).With(batch.Action).With(batch.Reward).With(batch.IsFirst)
            .With(batch.IsLast).With(batch.IsTerminal).With(batch.Context!.Deter).With(batch.Context.Classes)
            .With([belief.Value]).With([seed]);
        var source = new RandomSource(all.Value);
        for (var i = 0; i < batch.Latents!.Deter.Length; i++) batch.Latents.Deter[i] = (float)source.NextDouble(-1, 1);
        for (var i = 0; i < batch.Latents.Classes.Length; i++)
            batch.Latents.Classes[i] = source.NextInt(LatentRows.Classes);
        belief.Value = source.NextDouble(-1, 1);
        return new Dictionary<string, Tensor> { ["loss_all"] = Tensor.Full([], (float)belief.Value) };
    }

    public LatentChunk Read(AgentState state)
    {
        var chunk = new LatentChunk(LatentRows, state.Count);
        for (var n = 0; n < state.Count; n++)
        {
            var row = state.Numbers.AsSpan(n * Size, Size);
            row[..LatentRows.DeterSize].CopyTo(chunk.Deter.AsSpan(n * LatentRows.DeterSize));
            for (var v = 0; v < LatentRows.Variables; v++)
                chunk.Classes[n * LatentRows.Variables + v] = (int)row[LatentRows.DeterSize + v];
        }
        return chunk;
    }

    public void Restore(AgentState state, LatentChunk rows, float[] actions)
    {
        var numbers = new List<float>();
        for (var n = 0; n < state.Count; n++)
        {
            numbers.AddRange(rows.Deter.AsSpan(n * LatentRows.DeterSize, LatentRows.DeterSize));
            foreach (var value in rows.Classes.AsSpan(n * LatentRows.Variables, LatentRows.Variables)) numbers.Add(value);
            numbers.AddRange(actions.AsSpan(n * layout.ActionSize, layout.ActionSize));
        }
        state.Numbers = [.. numbers];
    }

    public void Dispose() => belief.Dispose();

    private void Draw(Span<float> row, RandomSource source)
    {
        for (var i = 0; i < row.Length; i++) row[i] = (float)source.NextDouble(-1, 1);
        for (var v = 0; v < LatentRows.Variables; v++) row[LatentRows.DeterSize + v] = source.NextInt(LatentRows.Classes);
    }

    private sealed class Belief : Module
    {
        private readonly Tensor value;

        public Belief()
        {
            using var scope = new TensorScope();
            value = Parameter("value", Tensor.FromArray<double>([0.5], [1]));
        }

        public double Value
        {
            get => value.ToArray<double>()[0];
            set
            {
                using var scope = new TensorScope();
                using var noGrad = new NoGrad();
                this.value.Copy_(Tensor.FromArray<double>([value], [1]));
            }
        }
    }

    private readonly record struct Digest(ulong Value)
    {
        public static Digest Of(ReadOnlySpan<byte> bytes) => new Digest(0).With(bytes);

        public Digest With<T>(ReadOnlySpan<T> values) where T : unmanaged
        {
            var mixed = Value;
            foreach (var each in MemoryMarshal.AsBytes(values)) mixed = (mixed ^ each) * 0x100000001B3 + 0x9E3779B97F4A7C15;
            return new(mixed ^ (mixed >> 29));
        }

        public Digest With<T>(T[] values) where T : unmanaged => With(new ReadOnlySpan<T>(values));

        public Digest With<T>(Span<T> values) where T : unmanaged => With((ReadOnlySpan<T>)values);
    }
}
