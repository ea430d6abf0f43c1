using Microsoft.Playwright;

namespace ProxyCluster.Tests.Browser;

/// <summary>Debian's chromium, driven without the browsers that Playwright would download.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private const string Path = "/usr/bin/chromium";

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Chromium(IPlaywright playwright, IBrowser browser)
    {
        _playwright = playwright;
        _browser = browser;
    }

    /// <summary>Starts it; skips the running test where the machine has none, and fails it under CI.</summary>
    public static async Task<Chromium> StartAsync()
    {
        if (!File.Exists(Path))
        {
            var reason = $"This test needs {Path}.";
            Assert.False(Environment.GetEnvironmentVariable("CI") == "true", reason);
            Assert.Skip(reason);
        }

        var playwright = await Playwright.CreateAsync();
        // Its own sandbox needs a kernel feature that containers and the root user do not have; the pages are ours.
        var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Path, Args = ["--no-sandbox"] });
        return new Chromium(playwright, browser);
    }

    /// <summary>A page with nothing left from another test.</summary>
    public async Task<IPage> NewPageAsync(BrowserNewContextOptions? options = null)
    {
        var context = await _browser.NewContextAsync(options);
        return await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
