using System.CommandLine;
using Reverie.Cli.Display;
using Reverie.Cli.Records;
using Reverie.Cli.Sweep;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie sweep</c>: many runs with one command.</summary>
internal sealed class SweepVerb : Verb
{
    private readonly Argument<string?> file = new("FILE")
    {
        Description = "a sweep in YAML, or the folder of one that was begun; or say it by options",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string[]> preset = new("--preset")
    {
        Description = "stack of presets, such as dreamer,small; repeat it for more algorithms",
        HelpName = "P,Q",
    };

    private readonly Option<string> config = new("--config")
    {
        Description = "YAML file on top of the presets",
        HelpName = "FILE",
    };

    private readonly Option<string[]> tasks = new("--tasks", "--task")
    {
        Description = "tasks, with commas between or repeated",
        HelpName = "TASK,TASK",
    };

    private readonly Option<string> seeds = SweepOptionSet.Seeds();

    private readonly Option<string[]> set = new("--set")
    {
        Description = "one value on top of all, or several to try one after the other: model.deter=100,200; repeat it "
            + "for more",
        HelpName = "KEY=A,B",
    };

    private readonly Option<string> envSteps = new("--env-steps")
    {
        Description = "environment steps after which each run ends",
        HelpName = "N",
    };

    private readonly Option<string> folder = new("--out")
    {
        Description = "folder of the sweep, in which each run has its own [default: runs/ and the file's name or the "
            + "presets']",
        HelpName = "DIR",
    };

    private readonly SweepOptionSet how = new();
    private readonly RankOptions ranks = new();

    private readonly Option<bool> dryRun = new("--dry-run")
    {
        Description = "begin nothing: list the runs, and say how many hours and gigabytes they will take",
    };

    private readonly Option<bool> slurm = new("--slurm")
    {
        Description = "write an array job over the sweep and submit it with sbatch",
    };

    private readonly Option<string> sbatch = new("--sbatch")
    {
        Description = "with --slurm: options of the job, such as \"--time=04:00:00 --mem=16G\"",
        HelpName = "OPTIONS",
    };

    private readonly Option<int?> only = new Option<int?>("--only")
    {
        Description = "only the run of this number, from 0, in the order of --dry-run",
        HelpName = "N",
    }.AtLeast(0);

    public SweepVerb() : base("sweep", "Train over tasks, seeds and values of settings, some runs at once. The same "
        + "command goes on; what is finished is left alone, what failed is tried again.")
    {
        Add(file);
        this.AddAll(preset, config, tasks, seeds, set, envSteps, folder);
        how.AddTo(this);
        ranks.AddRanksTo(this);
        this.AddAll(dryRun, slurm, sbatch, only);
    }

    public override string[] Examples =>
    [
        "reverie sweep --preset dreamer,small --tasks cartpole_swingup,walker_walk --seeds 1-3 --jobs 2",
        "reverie sweep --preset planet,small --tasks cartpole_swingup --seeds 1-3 --set model.deter=100,200 --dry-run",
        "reverie sweep --preset dreamer,small --tasks cartpole_swingup --seeds 1-3 --ranks 2",
        "reverie sweep table.yaml --jobs 2 --hours 8 --record results.jsonl",
        "reverie sweep runs/table --slurm --sbatch \"--time=04:00:00 --mem=16G\"",
    ];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        var (plan, options) = (Plan(parsed), how.Of(parsed, ranks));
        if (parsed.GetValue(sbatch) is not null && !parsed.GetValue(slurm))
            throw new ReverieException("--sbatch: goes together with --slurm");
        if (parsed.GetValue(slurm) && (parsed.GetValue(dryRun) || parsed.GetValue(only) is not null))
            throw new ReverieException("--slurm: goes with neither --dry-run nor --only");
        if (parsed.GetValue(dryRun))
            return SweepForecast.Tell(plan, parsed.GetValue(only), options, report, stop);
        return parsed.GetValue(slurm) ? SlurmJob.Submit(plan, options, parsed.GetValue(sbatch) ?? "", report)
            : SweepWork.Do(plan, parsed.GetValue(only), options, report, stop);
    }

    private SweepPlan Plan(ParseResult parsed)
    {
        if (parsed.GetValue(file) is { } path)
            return OfFile(path, parsed);
        var stacks = parsed.GetValue(preset) ?? [];
        const StringSplitOptions Bare = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        var named = (parsed.GetValue(tasks) ?? []).SelectMany(word => word.Split(',', Bare)).ToArray();
        if (stacks.Length == 0 || named.Length == 0)
            throw new ReverieException(
                "what is to run? Name a FILE, or --preset and --tasks; see reverie sweep --help");
        if (named.Distinct().Count() < named.Length || stacks.Distinct().Count() < stacks.Length)
            throw new ReverieException("--tasks, --preset: one of them stands twice");
        var values = (parsed.GetValue(set) ?? []).Select(SweptValue.Parse).ToList();
        if (parsed.GetValue(envSteps) is { } steps)
            values.Add(SweptValue.Of("training.env_steps", [steps], envSteps.Name));
        if (values.GroupBy(value => value.Key).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new ReverieException($"--set {twice.Key}: stands twice; write its values with commas between");
        var from = parsed.GetValue(config) is { } settings ? Path.GetFullPath(settings) : null;
        var seedList = Seeds.Parse(parsed.GetValue(seeds) ?? "1", seeds.Name);
        var name = string.Join('+', stacks.Select(stack => RunName.Of("sweep", stack)));
        return new SweepPlan(parsed.GetValue(folder) ?? Path.Combine("runs", name),
            [.. stacks.Select(stack => new SweepPart(stack, from, named, seedList, values))]);
    }

    // A file is run with other seeds than its own where they are named; a sweep that was begun is what its folder says.
    private SweepPlan OfFile(string path, ParseResult parsed)
    {
        var begun = Directory.Exists(path);
        var said = ((Option[])[preset, config, tasks, set, envSteps, .. begun ? [seeds] : (Option[])[]])
            .FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false });
        if (said is not null)
            throw new ReverieException($"{said.Name}: {path} says already what to run; give one of the two");
        if (begun && !SweepFolder.IsIn(path))
            throw new ReverieException($"{path}: is no folder of a sweep: it has no {SweepFolder.Plan}");
        var parts = SweepFile.Read(path);
        if (parsed.GetValue(seeds) is { } others)
            parts = [.. parts.Select(part => part with { Seeds = Seeds.Parse(others, seeds.Name) })];
        return new SweepPlan(parsed.GetValue(folder) ?? FolderOf(path), parts);
    }

    // runs/table for table.yaml; a sweep that was begun stays where it is.
    private static string FolderOf(string path) => Directory.Exists(path) ? path
        : Path.GetFileName(path) == SweepFolder.Plan && Path.GetDirectoryName(Path.GetFullPath(path)) is { } room ? room
        : Path.Combine("runs", Path.GetFileNameWithoutExtension(path));
}
