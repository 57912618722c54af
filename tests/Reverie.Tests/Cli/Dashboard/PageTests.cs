using System.Globalization;
using Microsoft.Playwright;
using Reverie.Cli.Dashboard;

namespace Reverie.Tests.Cli.Dashboard;

/// <summary>The page in a real browser.</summary>
public sealed class PageTests(Browser browser) : IClassFixture<Browser>, IDisposable
{
    private readonly RunsOnDisk disk = new();
    private readonly List<string> faults = [];

    public void Dispose()
    {
        disk.Dispose();
        Assert.Empty(faults);
    }

    [Fact]
    public async Task CurvesMoveWhileARunTrainsAndItsDreamsCanBeLookedAt()
    {
        using var server = Start();
        using var training = CliProcess.Start("train", "--preset", "planet,tiny,debug", "--env-steps", "1000000",
            "--run", Path.Combine(disk.Folder, "live"));
        var page = await browser.OpenAsync(server.Address, faults);
        await page.Locator("[data-run=live].run").ClickAsync();
        var chart = page.Locator("[data-chart='episode/return'][data-last]");    // drawn, which is when it is in view
        await chart.WaitForAsync();
        var first = await NumberAsync(chart, "data-last");
        await page.WaitForFunctionAsync(
            $"() => Number(document.querySelector(\"[data-chart='episode/return']\").dataset.last) > {first}");
        Assert.True(await NumberAsync(chart, "data-points") >= 2);

        await page.WaitForFunctionAsync(
            "() => Number(document.querySelector(\"[data-chart='episode/return']\").dataset.last) >= 1600");
        training.Interrupt();                           // a run without end is never too fast for the page
        Assert.Equal(130, training.Wait().Code);
        await page.Locator(".run.stopped").WaitForAsync();
        // Drawn, and not only counted.
        Assert.True(await page.EvaluateAsync<bool>(
            "() => [...document.querySelectorAll(\"[data-chart='episode/return'] canvas\")].some(canvas => "
            + "canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(byte => byte > 0))"));

        await LookAtDreamsAsync(page);
    }

    private static async Task LookAtDreamsAsync(IPage page)
    {
        await page.Locator("[data-page=dreams]").ClickAsync();
        await page.Locator(".film[data-frame]").WaitForAsync();
        Assert.Equal(3, await page.Locator(".film canvas").CountAsync());
        await page.WaitForFunctionAsync("() => Number(document.querySelector('.film').dataset.frame) > 5");
        Assert.True(await page.EvaluateAsync<bool>("() => { const canvas = document.querySelector('.film canvas');"
            + "return new Set(canvas.getContext('2d').getImageData(0, 0, 64, 64).data).size > 20; }"));

        await page.Locator("[data-page=episodes]").ClickAsync();
        await page.Locator(".film[data-frame]").WaitForAsync();
        Assert.True(await page.Locator("option").CountAsync() > 10);

        await page.Locator("[data-page=ahead]").ClickAsync();
        await page.Locator(".spread").First.WaitForAsync();
        Assert.Equal(6, await page.Locator("[data-state]").CountAsync());
        Assert.True(await page.Locator(".spread").First.Locator(".box").CountAsync() > 1);

        await page.Locator("[data-page=machine]").ClickAsync();
        await page.GetByText("./reverie train --preset planet,tiny,debug --env-steps 1000000").WaitForAsync();
    }

    [Fact]
    public async Task TwoSeedsAreOneCurveWithABandAndSettingsShowWhatDiffers()
    {
        disk.Add("a-seed1", seed: 1, returns: [10, 20, 30]);
        disk.Add("a-seed2", seed: 2, returns: [20, 40, 60]);
        disk.Add("b", presets: "planet,tiny", returns: [5, 5]);
        using var server = Start();
        var page = await browser.OpenAsync(
            server.Address + "#page=curves&run=a-seed1&run=a-seed2&run=b", faults, ColorScheme.Dark, 420);
        var chart = page.Locator("[data-chart='evaluation/return']");
        await chart.WaitForAsync();
        await page.WaitForFunctionAsync("() => document.querySelector('.chart').dataset.band === '30'");
        Assert.Equal(["cartpole_swingup planet,small (2 seeds)", "b"],
            (await page.Locator(".legend span").AllTextContentsAsync()).OrderBy(text => text.Length).Reverse());
        await page.Locator("[name=group]").UncheckAsync();
        await page.WaitForFunctionAsync("() => document.querySelector('.chart').dataset.band === '0'");
        Assert.Equal(3, await page.Locator(".legend span").CountAsync());

        await page.Locator("[data-page=settings]").ClickAsync();
        await page.Locator("tr.differs[data-key='model.deter']").WaitForAsync();
        await page.Locator("tr.differs[data-key=seed]").WaitForAsync();
        Assert.Equal(0, await page.Locator("tr.differs[data-key=task]").CountAsync());
    }

    [Fact]
    public async Task OfSeveralTasksEachHasItsEpisodesAndDreams()
    {
        var run = disk.Add("both", returns: [1, 2]);
        File.WriteAllText(Path.Combine(run, "run.json"), """{"version":1,"task":"cartpole_balance,reacher_easy","agent":"planet"}""");
        RecordedRun.AddEvaluations(run);
        RecordedRun.AddEvaluations(run, "-reacher_easy");
        using var server = Start();
        var page = await browser.OpenAsync(server.Address + "#page=dreams&run=both", faults);
        var choice = page.Locator("select[aria-label=task]");
        await page.Locator(".film[data-frame]").WaitForAsync();
        Assert.Equal(["cartpole_balance", "reacher_easy"], await choice.Locator("option").AllTextContentsAsync());
        await choice.SelectOptionAsync("reacher_easy");
        await page.Locator("section[data-at='000000006-reacher_easy'] .film[data-frame]").WaitForAsync();
        await page.Locator("[data-page=episodes]").ClickAsync();
        await page.GetByText("after 6 updates, reacher_easy").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.Locator("[data-page=ahead]").ClickAsync();
        await page.Locator(".spread").First.WaitForAsync();
        await choice.SelectOptionAsync("reacher_easy");
        await page.Locator("section[data-newest='000000006-reacher_easy'] .spread").First.WaitForAsync();
    }

    [Fact]
    public async Task RunsOfASweepStandUnderItsNameAndAreChosenTogether()
    {
        disk.Add("table/a-seed1", seed: 1, returns: [10, 20, 30]);
        disk.Add("table/a-seed2", seed: 2, returns: [20, 40, 60]);
        disk.Add("alone", returns: [5, 5]);
        File.WriteAllText(Path.Combine(disk.Folder, "table/sweep.yaml"), "runs: []\n");
        using var server = Start();
        var page = await browser.OpenAsync(server.Address + "#page=curves", faults);
        var heading = page.Locator("#run-list .sweep[data-sweep=table]");
        await heading.ClickAsync();
        await page.WaitForFunctionAsync("() => document.querySelector('.chart')?.dataset.band === '30'");
        Assert.Equal(2, await page.Locator(".run.chosen").CountAsync());
        Assert.Contains("2 crashed", await heading.TextContentAsync());
    }

    [Fact]
    public async Task DraggingOverAChartAsksForTheLinesOfThatPart()
    {
        disk.Add("long", returns: [.. Enumerable.Range(0, 3000)]);
        using var server = Start();
        var page = await browser.OpenAsync(server.Address + "#page=curves&run=long", faults);
        var note = page.Locator("[data-chart='evaluation/return'] .note");
        await page.GetByText("1 of 4 lines").First.WaitForAsync();
        var box = (await page.Locator(".plot").First.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + 150, box.Y + 80);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + 180, box.Y + 80, new() { Steps = 5 });
        await page.Mouse.UpAsync();
        await page.WaitForFunctionAsync("() => document.querySelector('.chart .note').textContent === ''");
        Assert.InRange(await NumberAsync(page.Locator(".chart").First, "data-points"), 100, 800);
        await page.GetByText("whole axis").ClickAsync();
        await page.GetByText("1 of 4 lines").First.WaitForAsync();
        Assert.Equal("3000000", await page.Locator(".chart").First.GetAttributeAsync("data-last"));
        Assert.NotEqual("", await note.TextContentAsync());
    }

    [Fact]
    public async Task ADeletedRunAndADamagedLineAreSurvived()
    {
        var (gone, stays) = (disk.Add("gone", returns: [1, 2]), disk.Add("stays", returns: [3, 4]));
        using var server = Start();
        var page = await browser.OpenAsync(server.Address + "#page=curves&run=gone&run=stays", faults);
        await page.WaitForFunctionAsync("() => document.querySelector('.chart')?.dataset.points === '2'");
        Directory.Delete(gone, recursive: true);
        await page.Locator(".run[data-run=gone]").WaitForAsync(new() { State = WaitForSelectorState.Detached });

        File.AppendAllText(Path.Combine(stays, "metrics.jsonl"), "{\"kind\":\"evaluation\",\"env_st\n\0\0{}\n");
        RunsOnDisk.Log(stays, 5);
        await page.WaitForFunctionAsync("() => document.querySelector('.chart').dataset.last === '3000'");
        foreach (var name in new[] { "dreams", "episodes", "ahead", "settings", "machine" })
        {
            await page.Locator($"[data-page={name}]").ClickAsync();
            await page.Locator($"#page[data-page={name}] > *").First.WaitForAsync();
        }
    }

    [Fact]
    public async Task AThousandRunsAreListedByABoundedNumberOfLines()
    {
        for (var i = 0; i < 1000; i++)
            disk.Add($"run-{i:0000}", seed: i, returns: i);
        using var server = Start();
        var page = await browser.OpenAsync(server.Address, faults);
        await page.GetByText("1000 runs").WaitForAsync();
        Assert.Equal(300, await page.Locator(".run").CountAsync());
        await page.Locator("#runs input[type=search]").FillAsync("run-0123");
        await page.GetByText("1 of 1000").WaitForAsync();
        Assert.Equal("run-0123", await page.Locator(".run strong").TextContentAsync());
    }

    private DashboardServer Start() => DashboardServer.Start(new DashboardOptions { Folder = disk.Folder });

    private static async Task<double> NumberAsync(ILocator chart, string name) =>
        double.Parse((await chart.GetAttributeAsync(name))!, CultureInfo.InvariantCulture);
}
