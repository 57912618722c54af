using System.CommandLine;
using Reverie.Cli.Display;
using Reverie.Configuration;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie presets</c>: what configurations there are, what is in them, how they differ.</summary>
internal sealed class PresetsVerb : Verb
{
    private readonly Option<string> show = new("--show")
    {
        Description = "every key as this stack of presets has it, with the origin of its value",
        HelpName = "P,Q",
    };

    private readonly Option<string[]> diff = new("--diff")
    {
        Description = "the keys in which two stacks differ; one alone is compared with that of --show, without it with "
            + "the defaults",
        HelpName = "P,Q",
        Arity = new ArgumentArity(1, 2),
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<bool> keys = new("--keys")
    {
        Description = "every key there is: default, what it may be, what it means, source",
    };

    public PresetsVerb() : base("presets", "List presets, show what is in them, compare them, list all keys.")
    {
        Add(show);
        Add(diff);
        Add(keys);
    }

    public override string[] Examples =>
    [
        "reverie presets",
        "reverie presets --show planet,small",
        "reverie presets --diff dreamer dreamerv2",
        "reverie presets --keys",
    ];

    protected override int Run(ParseResult parsed, Report report, CancellationToken stop)
    {
        if (parsed.GetValue(keys))
            ListKeys(report);
        else if (parsed.GetValue(diff) is [var left, var right])
            Compare(report, left, right);
        else if (parsed.GetValue(diff) is [var other])
            Compare(report, parsed.GetValue(show) ?? "", other);
        else if (parsed.GetValue(show) is { } one)
            Show(report, one);
        else
            report.Table(
                [.. Presets.Names.Select(name => new { Preset = name, Summary = Presets.Summary(name) })],
                ("preset", row => row.Preset), ("", row => row.Summary));
        return 0;
    }

    private static ResolvedConfig Resolve(string stack) =>
        ConfigReader.Resolve(new ConfigSources { Presets = Presets.Stack(stack) });

    private static void Show(Report report, string stack)
    {
        var resolved = Resolve(stack);
        if (!report.Json)
            report.Out.Write(resolved.ToYaml());
        else
            foreach (var setting in Settings.All)
                report.Row(new
                {
                    setting.Key,
                    Value = setting.Get(resolved.Config),
                    Origin = resolved.Origins[setting.Key],
                }, "");
    }

    private static void Compare(Report report, string left, string right)
    {
        var differences = ConfigDifference.Between(Resolve(left).Config, Resolve(right).Config);
        if (differences.Count == 0)
            report.Say("no difference");
        else
            report.Table(
                [.. differences.Select(one => new { one.Key, one.Left, one.Right })],
                ("key", row => row.Key), (left.Length > 0 ? left : "default", row => row.Left),
                (right, row => row.Right));
    }

    private static void ListKeys(Report report)
    {
        var defaults = new Config();
        report.Table(
            [.. Settings.All.Select(setting => new
            {
                setting.Key,
                Default = setting.Format(setting.Get(defaults)),
                setting.Allowed,
                setting.Text,
                setting.Source,
            })],
            ("key", row => row.Key), ("default", row => row.Default), ("allowed", row => row.Allowed),
            ("meaning", row => row.Text), ("source", row => row.Source));
    }
}
