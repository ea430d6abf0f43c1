using Microsoft.Playwright;
using ProxyCluster.Tests.Support.Processes;
using static Microsoft.Playwright.Assertions;

namespace ProxyCluster.Tests.Browser;

/// <summary>The Orleans dashboard as an operator sees it, on the admin listener.</summary>
public sealed class DashboardTests
{
    private const float PatienceMilliseconds = 30_000;

    [Fact]
    public async Task Dashboard_InABrowser_ListsTheSilo()
    {
        await using var chromium = await Chromium.StartAsync();
        await using var silo = await SiloProcess.StartAsync();
        var page = await chromium.NewPageAsync();
        var faults = new List<string>();
        page.PageError += (_, fault) => faults.Add(fault);

        var answer = await page.GotoAsync(new Uri(silo.Admin, "/dashboard/").ToString(), new() { WaitUntil = WaitUntilState.NetworkIdle });

        Assert.Equal(200, answer!.Status);
        await page.GetByRole(AriaRole.Link, new() { Name = "Silos" }).First.ClickAsync();
        await Expect(page.GetByText($"127.0.0.1:{silo.SiloPort}").First).ToBeVisibleAsync(new() { Timeout = PatienceMilliseconds });
        Assert.Empty(faults);
    }
}
