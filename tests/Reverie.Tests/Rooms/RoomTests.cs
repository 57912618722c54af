using System.Text.RegularExpressions;
using Reverie.Cli;
using Reverie.Environments.ControlSuite;
using Reverie.Runtime;
using Reverie.Tests.Setup;
using Reverie.Torch;

namespace Reverie.Tests.Rooms;

/// <summary>Rooms know only what lies below them, and the page of the design says which.</summary>
public sealed partial class RoomTests
{
    private const string Upper = "Reverie.Tests.Rooms.Planted.Upper", Lower = "Reverie.Tests.Rooms.Planted.Lower";

    private static readonly string[] Assemblies =
    [
        typeof(Tensor).Assembly.Location, typeof(RandomSource).Assembly.Location,
        typeof(ControlSuiteTasks).Assembly.Location, typeof(CommandLine).Assembly.Location, typeof(DreamAgent).Assembly.Location,
    ];

    private static string Design => Path.Combine(SetupSandbox.Checkout, "docs", "design.md");

    [Fact]
    public void RoomsKnowWhatThePageOfTheDesignSaysAndNoOther()
    {
        Assert.Empty(RoomPage.Read(Design).Faults(Assemblies.SelectMany(References)));
    }

    [Theory]
    [InlineData("An observation:", -1)]
    [InlineData("An action:", 1)]
    public void AnObservationRisesToTheLossAndAnActionFallsToTheEnvironment(string heading, int direction)
    {
        var rooms = RoomPage.Read(Design);
        var files = File.ReadLines(Design).SkipWhile(line => line != heading).Skip(1)
            .TakeWhile(line => line.Length == 0 || char.IsDigit(line[0]) || line[0] == ' ')
            .SelectMany(line => FileLink().Matches(line)).Select(link => link.Groups[1].Value).ToArray();
        var places = files.Select(file => rooms.PlaceOf(file.Replace('/', '.'))).ToArray();

        Assert.True(files.Length > 5, $"{heading} no files");
        Assert.Equal(direction < 0 ? places.OrderDescending() : places.Order(), places);
    }

    [Theory]
    [InlineData("Base", "Thing")]
    [InlineData("Interface", "IThing")]
    [InlineData("Marked", "ThingAttribute")]
    [InlineData("Constraint`1", "IThing")]
    [InlineData("Uses.Field", "Thing")]
    [InlineData("Uses.Parameter", "Thing")]
    [InlineData("Uses.Argument", "Thing")]
    [InlineData("Uses.Local", "Thing")]
    [InlineData("Uses.Call", "Work")]
    [InlineData("Uses.Filled", "Thing")]
    [InlineData("Uses.TypeOf", "Thing")]
    [InlineData("Uses.Catch", "ThingException")]
    [InlineData("Uses.Lambda", "Work")]
    [InlineData("Uses.Iterator", "Work")]
    public void TheReaderSeesEveryKindOfUse(string member, string known)
    {
        Assert.Contains(References(typeof(RoomTests).Assembly.Location), one => one.From == Lower && one.To == Upper
            && one.Member == member && one.Known == known);
    }

    [Fact]
    public void WhatAToolHasGeneratedCountsForNobody()
    {
        Assert.DoesNotContain(References(typeof(RoomTests).Assembly.Location), one => one.Member.Contains("Generated")
            && one.From == Lower);
    }

    [Theory]
    [InlineData("A ► B|B", "A>B", null)]
    [InlineData("A.* ► B|B", "A.In>B", null)]
    [InlineData("A|B", "A>B", "A ► B: M knows T: the page has no such arrow")]
    [InlineData("A ► B|B", "A>B,B>A", "B ► A: M knows T, and M T: a circle")]
    [InlineData("A|B", "B>A", "B ► A: M knows T: A lies above B")]
    [InlineData("A|B ► A", "B>A", "B ► A: on the page this arrow goes up")]
    [InlineData("A ► B", "A>A", "A ► B: the page has no line for B")]
    [InlineData("A ► B|B", "A>A", "A ► B: nothing in A knows B any more; take it off the page")]
    [InlineData("A ► B|B", "A>B,A.In>B", "Reverie.A.In: the page has no line for this namespace")]
    public void WhatDoesNotFitIsSaid(string page, string arrows, string? fault)
    {
        var references = arrows.Split(',').Select(arrow => arrow.Split('>'))
            .Select(ends => new Reference($"Reverie.{ends[0]}", $"Reverie.{ends[1]}", "M", "T"));
        var faults = new RoomPage(page.Split('|')).Faults(references);
        if (fault is null) Assert.Empty(faults);
        else Assert.Contains(fault, faults);
    }

    private static IEnumerable<Reference> References(string assembly)
    {
        using var references = new AssemblyReferences(assembly);
        return [.. references.All()];
    }

    [GeneratedRegex(@"\]\(\.\./src/([\w./]+)/\w+\.cs\)")]
    private static partial Regex FileLink();
}
