using System.Globalization;
using Microsoft.Playwright;
using Reverie.Cli.Dashboard;
using Reverie.Tests.Dreams;

namespace Reverie.Tests.Cli.Dashboard.Play;

/// <summary>A dream played in a real browser.</summary>
[Collection(nameof(PlayedRuns))]
public sealed class PlayPageTests(Browser browser, PlayedRuns runs) : IClassFixture<Browser>, IDisposable
{
    private const string Picture = "name => [...document.querySelector(`[data-picture=${name}]`).getContext('2d')"
        + ".getImageData(0, 0, 64, 64).data].join()";

    private readonly List<string> faults = [];

    public void Dispose() => Assert.Empty(faults);

    /// <summary>A key begins it and is done; single decisions follow; the environment comes beside it and is another
    /// picture; a reset with the same seed shows the same.</summary>
    [Theory]
    [InlineData("planet", ColorScheme.Light, 1300, "ArrowRight", "1")]
    [InlineData("discrete", ColorScheme.Dark, 420, "ArrowRight", "0,0,1")]
    public async Task ADreamIsPlayedByKeys(string kind, ColorScheme scheme, int width, string key, string done)
    {
        using var server = Start(kind);
        var page = await browser.OpenAsync($"{server.Address}#page=play&run={kind}", faults, scheme, width);
        await Decision(page, "=== 0");
        var first = await page.EvaluateAsync<string>(Picture, "dream");

        await page.Keyboard.DownAsync(key);
        await Decision(page, "> 8");
        Assert.Equal(done, await page.Locator(".play").GetAttributeAsync("data-action"));
        Assert.NotEqual(first, await page.EvaluateAsync<string>(Picture, "dream"));
        await page.Keyboard.UpAsync(key);

        await page.Locator("[data-do=play]").ClickAsync();
        await page.WaitForFunctionAsync("() => document.querySelector('[data-do=play]').textContent === 'Play'");
        var stood = await DecisionOf(page);
        await page.Keyboard.PressAsync(".");
        await Decision(page, $"=== {stood + 1}");

        await page.Keyboard.PressAsync("r");
        await Decision(page, "=== 0");
        Assert.Equal(first, await page.EvaluateAsync<string>(Picture, "dream"));
        Assert.False(await page.Locator("[data-picture=real]").IsVisibleAsync());
        await page.Locator("[data-set=beside]").CheckAsync();
        await page.Locator("[data-figure='pixel error']").WaitForAsync();
        Assert.True(await page.Locator("[data-picture=real]").IsVisibleAsync());
        Assert.NotEqual(first, await page.EvaluateAsync<string>(Picture, "real"));
        Assert.False(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth > innerWidth"));
    }

    [Fact]
    public async Task ASliderGivesTheActionAndATapCountsForADecision()
    {
        using var server = Start("planet");
        var page = await browser.OpenAsync($"{server.Address}#page=play&run=planet", faults);
        await Decision(page, "=== 0");
        await page.Locator("input[data-action='0']").FillAsync("-0.5");
        await page.Locator("[data-do=step]").ClickAsync();
        await Decision(page, "=== 1");
        Assert.Equal("-0.5", await page.Locator(".play").GetAttributeAsync("data-action"));
        // Down and up again before the decision.
        await page.Locator("input[data-action='0']").BlurAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Locator("[data-do=step]").ClickAsync();
        await Decision(page, "=== 2");
        Assert.Equal("1", await page.Locator(".play").GetAttributeAsync("data-action"));
        await page.Locator("[data-do=step]").ClickAsync();
        await Decision(page, "=== 3");
        Assert.Equal("-0.5", await page.Locator(".play").GetAttributeAsync("data-action"));
    }

    [Fact]
    public async Task WhatHasNoDreamSaysWhyAndCanBeOpenedAgain()
    {
        using var server = Start("vector");
        var page = await browser.OpenAsync($"{server.Address}#page=play&run=vector", faults);
        await page.GetByText("so its dream has no pictures").WaitForAsync();
        await page.GetByText("Open again").ClickAsync();
        await page.GetByText("so its dream has no pictures").WaitForAsync();
    }

    private DashboardServer Start(string kind) => DashboardServer.Start(
        new DashboardOptions { Folder = Path.GetDirectoryName(runs[kind])! });

    private static Task Decision(IPage page, string holds) =>
        page.WaitForFunctionAsync($"() => Number(document.querySelector('.play')?.dataset.decision ?? -1) {holds}");

    private static async Task<int> DecisionOf(IPage page) =>
        int.Parse((await page.Locator(".play").GetAttributeAsync("data-decision"))!, CultureInfo.InvariantCulture);
}
