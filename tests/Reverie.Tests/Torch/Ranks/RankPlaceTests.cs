using Reverie.Torch.Ranks;

namespace Reverie.Tests.Torch.Ranks;

/// <summary>Which rank a process is, by the variables of its launcher.</summary>
public sealed class RankPlaceTests
{
    [Theory]
    [InlineData("RANK=1 WORLD_SIZE=4 LOCAL_RANK=1 LOCAL_WORLD_SIZE=2 MASTER_ADDR=host MASTER_PORT=4000", 1, 4, 1, 2, "host", 4000)]
    [InlineData("RANK=0 WORLD_SIZE=2 MASTER_ADDR=127.0.0.1", 0, 2, 0, 0, "127.0.0.1", 29500)]
    [InlineData("OMPI_COMM_WORLD_RANK=3 OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_LOCAL_RANK=1 OMPI_COMM_WORLD_LOCAL_SIZE=2 "
        + "MASTER_ADDR=a", 3, 4, 1, 2, "a", 29500)]
    [InlineData("SLURM_PROCID=2 SLURM_NTASKS=4 SLURM_LOCALID=0 SLURM_NTASKS_PER_NODE=2 SLURM_JOB_NODELIST=gpu[07-09,12]", 2, 4, 0, 2,
        "gpu07", 29500)]
    [InlineData("SLURM_PROCID=2 SLURM_NTASKS=4 SLURM_JOB_NODELIST=one,two MASTER_ADDR=three", 2, 4, 0, 0, "three", 29500)]
    [InlineData("SLURM_PROCID=1 SLURM_NTASKS=2 SLURM_JOB_NODELIST=a SLURM_JOB_ID=8412345 SLURM_STEP_ID=3", 1, 2, 0, 0, "a", 22645)]
    [InlineData("SLURM_PROCID=1 SLURM_NTASKS=2 SLURM_JOB_NODELIST=a SLURM_JOB_ID=7 MASTER_PORT=4000", 1, 2, 0, 0, "a", 4000)]
    [InlineData("RANK=1 WORLD_SIZE=2 MASTER_ADDR=here SLURM_PROCID=7 SLURM_NTASKS=9", 1, 2, 0, 0, "here", 29500)]
    public void LaunchersSayIt(string variables, int rank, int count, int local, int locals, string address, int port) =>
        Assert.Equal(new RankPlace(rank, count, local, locals, address, port), Of(variables));

    [Theory]
    [InlineData("")]
    [InlineData("SLURM_PROCID=0 SLURM_NTASKS=1 SLURM_JOB_NODELIST=here")]
    [InlineData("OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=1")]
    [InlineData("MASTER_ADDR=here MASTER_PORT=1")]
    public void OneAloneIsNone(string variables) => Assert.Null(Of(variables));

    [Theory]
    [InlineData("RANK=2 WORLD_SIZE=2 MASTER_ADDR=a", "RANK=2: the number of this process, below WORLD_SIZE=2 is a whole number from 0 to 1")]
    [InlineData("RANK=-1 WORLD_SIZE=2 MASTER_ADDR=a", "RANK=-1: ")]
    [InlineData("RANK=one WORLD_SIZE=2 MASTER_ADDR=a", "RANK=one: ")]
    [InlineData("RANK=0 WORLD_SIZE=0 MASTER_ADDR=a", "WORLD_SIZE=0: how many processes learn together is a whole number from 1 to 4096")]
    [InlineData("RANK=0 MASTER_ADDR=a", "WORLD_SIZE is not set: ")]
    [InlineData("WORLD_SIZE=2 MASTER_ADDR=a", "RANK is not set: ")]
    [InlineData("RANK=0 WORLD_SIZE=2", "MASTER_ADDR is not set: ")]
    [InlineData("RANK=0 WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=99999", "MASTER_PORT=99999: the port that rank 0 listens at is a whole number")]
    [InlineData("OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=2", "MASTER_ADDR is not set: ")]
    [InlineData("SLURM_PROCID=0 SLURM_NTASKS=2", "SLURM_JOB_NODELIST is not set: ")]
    [InlineData("SLURM_PROCID=0 SLURM_NTASKS=2 SLURM_LOCALID=9 SLURM_JOB_NODELIST=a", "SLURM_LOCALID=9: ")]
    public void ABadVariableIsOneLine(string variables, string line)
    {
        var message = Assert.Throws<ConfigurationException>(() => Of(variables)).Message;
        Assert.StartsWith(line, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private static RankPlace? Of(string variables)
    {
        var all = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(one => one.Split('=')).ToDictionary(
            pair => pair[0], pair => pair[1]);
        return RankPlace.From(all.GetValueOrDefault);
    }
}
