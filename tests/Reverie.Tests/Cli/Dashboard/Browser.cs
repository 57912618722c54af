using Microsoft.Playwright;

namespace Reverie.Tests.Cli.Dashboard;

/// <summary>Debian's Chromium, started once for the tests of a class.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Places =
        ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright? driver;
    private IBrowser? browser;

    public async Task InitializeAsync()
    {
        driver = await Playwright.CreateAsync();
        browser = await driver.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Places.FirstOrDefault(File.Exists)
                ?? throw new InvalidOperationException("no Chromium; ./test installs it: apt-get install chromium"),
            Args = ["--no-sandbox"],
            Timeout = Patience,
        });
    }

    public async Task DisposeAsync()
    {
        await (browser?.CloseAsync() ?? Task.CompletedTask);
        driver?.Dispose();
    }

    /// <summary>Milliseconds; a machine may be busy.</summary>
    public const float Patience = 120_000;

    /// <summary>Opens an address; what goes wrong in the page is added to <paramref name="faults"/>.</summary>
    public async Task<IPage> OpenAsync(
        string address, List<string> faults, ColorScheme scheme = ColorScheme.Light, int width = 1300)
    {
        var page = await browser!.NewPageAsync(new()
        {
            ViewportSize = new() { Width = width, Height = 900 }, ColorScheme = scheme,
        });
        page.SetDefaultTimeout(Patience);
        page.PageError += (_, fault) => faults.Add(fault);
        page.Console += (_, line) =>
        {
            if (line.Type == "error" && !line.Text.Contains("Failed to load resource", StringComparison.Ordinal))
                faults.Add(line.Text);
        };
        await page.GotoAsync(address);
        return page;
    }
}
