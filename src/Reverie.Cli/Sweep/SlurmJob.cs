using System.Diagnostics;
using System.Text;
using Reverie.Cli.Display;
using Reverie.Torch.IO;

namespace Reverie.Cli.Sweep;

/// <summary>A sweep as an array job of Slurm: one job a run, over the same file.</summary>
internal static class SlurmJob
{
    private const string Script = "slurm.sh";

    /// <summary>Writes the script into the folder of the sweep and submits it.</summary>
    /// <param name="plan">what to run</param>
    /// <param name="options">how many at once</param>
    /// <param name="sbatch">options of the job</param>
    /// <param name="report">where lines go</param>
    /// <exception cref="ReverieException">the plan does not stand, all is done, or there is no sbatch, or it refuses
    /// </exception>
    public static int Submit(SweepPlan plan, SweepOptions options, string sbatch, Report report)
    {
        if (sbatch.Any(char.IsControl))
            throw new ReverieException("--sbatch: options of a job stand in one line");
        if (Path.GetFullPath(plan.Folder).Any(char.IsControl))
            throw new ReverieException("--out: the name of the folder has line breaks or the like in it, which a script of Slurm cannot name");
        if (double.IsFinite(options.Hours))
            throw new ReverieException("--hours: a job's time is Slurm's; say it by --sbatch \"--time=HH:MM:SS\"");
        var runs = SweepWork.Accepted(plan);
        SweepWork.DemandRanks(runs, options);
        var left = Sweeper.Look(plan.Folder, runs).Index().Where(one => one.Item.Phase != RunPhase.Done)
            .Select(one => one.Index).ToArray();
        if (left.Length == 0)
            throw new ReverieException($"{plan.Folder}: all of its {runs.Count} runs are done");
        var tool = ReverieProgram.Tool("sbatch")
            ?? throw new ReverieException("there is no program `sbatch` here; without Slurm, leave --slurm out");
        SweepFile.Write(plan);
        var threads = runs.Max(run => run.Resolved.Config.Compute.Threads);
        var path = Path.Combine(plan.Folder, Script);
        try
        {
            Directory.CreateDirectory(Path.Combine(plan.Folder, Sweeper.LogFolder));
            AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(
                Text(Path.GetFullPath(plan.Folder), Seeds.Text(left), options, threads, sbatch))));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ReverieException($"{path}: cannot be written: {error.Message}", error);
        }
        var answer = Ask(tool, path);
        report.Row(new { Kind = "submitted", Sweep = plan.Folder, Script = path, Runs = left.Length, Answer = answer },
            $"{path}: {Words.Several(left.Length, "run")} submitted: {answer}");
        return 0;
    }

    /// <summary>The script.</summary>
    /// <param name="folder">full path of the sweep's folder</param>
    /// <param name="runs">numbers of the runs</param>
    /// <param name="options">how many at once, and where results go</param>
    /// <param name="threads">cores of a run; 0 where the job's options say</param>
    /// <param name="sbatch">options of the job</param>
    internal static string Text(string folder, string runs, SweepOptions options, int threads, string sbatch)
    {
        var command = string.Join(' ', ReverieProgram.Launch.Select(OneWord.Quoted));
        var record = options.Record is { } file ? $" --record {OneWord.Quoted(Path.GetFullPath(file))}" : "";
        var array = options.Jobs > 1 ? $"{runs}%{options.Jobs}" : runs;
        var ranks = options.Together > 1 ? $" {string.Join(' ', options.RankWords)}" : "";
        var cores = threads > 0 ? $" --cpus-per-task={threads * options.Together}" : "";
        return $"""
            #!/bin/bash
            #SBATCH --job-name=reverie-{Plain(Path.GetFileName(folder))} --array={array} --ntasks=1{cores}
            #SBATCH --requeue --open-mode=append --signal=TERM@180 --output={Named(folder)}/{Sweeper.LogFolder}/slurm-%a.txt
            {(sbatch.Length > 0 ? $"#SBATCH {sbatch}" : "#")}
            cd {OneWord.Quoted(Environment.CurrentDirectory)}
            srun {command} sweep {OneWord.Quoted(folder)} --only "$SLURM_ARRAY_TASK_ID"{record}{ranks}
            status=$?
            # It was told to stop, and has saved.
            if [ $status -eq 143 ]; then scontrol requeue "${"{"}SLURM_ARRAY_JOB_ID{"}"}_$SLURM_ARRAY_TASK_ID"; fi
            exit $status

            """.ReplaceLineEndings("\n");
    }

    private static string Ask(string tool, string script)
    {
        var start = new ProcessStartInfo(tool, [script])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new ReverieException($"{tool}: cannot be started");
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.ReplaceLineEndings(" ").Trim()
            : throw new ReverieException($"sbatch refused {script}: {error.Result.ReplaceLineEndings(" ").Trim()}");
    }

    // In a line of directives words end at spaces and lines at #, backslashes take what follows as it is, and a name of a file
    // has %a and others in it.
    private static string Named(string path) => string.Concat(path.Select(c =>
        c == '%' ? "%%" : char.IsWhiteSpace(c) || c is '#' or '"' or '\'' or '\\' ? $"\\{c}" : $"{c}"));

    private static string Plain(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-'));
}
