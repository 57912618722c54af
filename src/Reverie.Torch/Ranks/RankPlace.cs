using System.Globalization;

namespace Reverie.Torch.Ranks;

/// <summary>Which of several processes that learn together one is, and where they meet.</summary>
/// <param name="Rank">Its number, from 0.</param>
/// <param name="Count">How many there are.</param>
/// <param name="LocalRank">Its number among those of its machine, from 0.</param>
/// <param name="LocalCount">How many there are on its machine; 0 where nothing says so.</param>
/// <param name="Address">Name or address of the machine of rank 0.</param>
/// <param name="Port">The port that rank 0 listens at.</param>
internal sealed record RankPlace(int Rank, int Count, int LocalRank, int LocalCount, string Address, int Port)
{
    /// <summary>The port where nothing names one, as of PyTorch.</summary>
    public const int UsualPort = 29500;

    private const int MostRanks = 4096, MostPort = 65535;

    /// <summary>What the variables of the environment say, those of the first launcher that has set any: torchrun's and
    /// PyTorch's (<c>RANK</c>, <c>WORLD_SIZE</c>, <c>MASTER_ADDR</c>, <c>MASTER_PORT</c>), Open MPI's
    /// (<c>OMPI_COMM_WORLD_RANK</c> …), Slurm's (<c>SLURM_PROCID</c>, <c>SLURM_NTASKS</c> …).</summary>
    /// <returns>null where no launcher has started several processes.</returns>
    /// <exception cref="ConfigurationException">A variable is missing or has a value that cannot be; the line names it.
    /// </exception>
    public static RankPlace? FromEnvironment() => From(Environment.GetEnvironmentVariable);

    /// <summary>The same, of variables that <paramref name="variable"/> gives.</summary>
    public static RankPlace? From(Func<string, string?> variable)
    {
        var read = new Variables(variable);
        if (read.Has("RANK") || read.Has("WORLD_SIZE"))
            return read.Place("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", read.Demand("MASTER_ADDR",
                "the machine of rank 0; torchrun sets it, by hand it is 127.0.0.1 on one machine"));
        if (read.Has("OMPI_COMM_WORLD_SIZE") && read.Value("OMPI_COMM_WORLD_SIZE") != "1")
            return read.Place("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK",
                "OMPI_COMM_WORLD_LOCAL_SIZE", read.Demand("MASTER_ADDR",
                    "the machine of rank 0; pass it on by mpirun -x MASTER_ADDR=…"));
        if (read.Has("SLURM_PROCID") && read.Has("SLURM_NTASKS") && read.Value("SLURM_NTASKS") != "1")
            return read.Place("SLURM_PROCID", "SLURM_NTASKS", "SLURM_LOCALID", "SLURM_NTASKS_PER_NODE",
                read.Has("MASTER_ADDR") ? read.Value("MASTER_ADDR")
                    : FirstNode(read.Demand("SLURM_JOB_NODELIST", "the nodes of the job, whose first has rank 0")),
                PortOf(read.Value("SLURM_JOB_ID"), read.Value("SLURM_STEP_ID")));
        return null;
    }

    /// <summary>Whether all ranks are of one machine, by the address.</summary>
    internal bool IsLocal => Address is "localhost" or "::1" || Address.StartsWith("127.", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => $"rank {Rank} of {Count}";

    /// <summary>The first name of a list as Slurm writes it: <c>node[03-05,9],other</c> is <c>node03</c>.</summary>
    internal static string FirstNode(string list)
    {
        var bracket = list.IndexOf('[', StringComparison.Ordinal);
        var comma = list.IndexOf(',', StringComparison.Ordinal);
        if (bracket < 0 || comma >= 0 && comma < bracket)
            return comma < 0 ? list : list[..comma];
        var inside = list[(bracket + 1)..];
        return list[..bracket] + inside[..Math.Max(0, inside.IndexOfAny(['-', ',', ']']))];
    }

    // Of its own for each step of each job, since Slurm gives parts of one node to several.
    private static int PortOf(string job, string step) =>
        uint.TryParse(job, out var number) ? 20_000 + (int)((number + (uint.TryParse(step, out var of) ? 100L * of : 0)) % 10_000) : UsualPort;

    private sealed class Variables(Func<string, string?> variable)
    {
        public bool Has(string name) => !string.IsNullOrWhiteSpace(variable(name));

        public string Value(string name) => variable(name)?.Trim() ?? "";

        public string Demand(string name, string what) => Has(name) ? Value(name)
            : throw new ConfigurationException($"{name} is not set: {what}");

        public RankPlace Place(
            string rank, string count, string localRank, string localCount, string address, int usualPort = UsualPort)
        {
            var ranks = Number(count, 1, MostRanks, "how many processes learn together");
            var number = Number(rank, 0, ranks - 1, $"the number of this process, below {count}={ranks}");
            return new(number, ranks, Has(localRank) ? Number(localRank, 0, ranks - 1, "its number on this machine") : 0,
                Has(localCount) && int.TryParse(Value(localCount), out var local) ? Math.Clamp(local, 0, ranks) : 0, address,
                Has("MASTER_PORT") ? Number("MASTER_PORT", 1, MostPort, "the port that rank 0 listens at") : usualPort);
        }

        private int Number(string name, int least, int most, string what)
        {
            Demand(name, what);
            return int.TryParse(Value(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number >= least && number <= most ? number
                : throw new ConfigurationException($"{name}={Value(name)}: {what} is a whole number from {least} to {most}");
        }
    }
}
