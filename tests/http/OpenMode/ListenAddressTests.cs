using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Http.OpenMode;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("Data")]
    [InlineData("Admin")]
    public async Task Listener_OffLoopbackWithoutKeys_KeepsTheProcessFromStarting(string listener)
    {
        var config = new JsonObject { ["Listen"] = new JsonObject { [listener] = $"http://0.0.0.0:{FreePorts.Next()}" } };
        await using var silo = await SiloProcess.StartAsync(new() { Config = config, WaitUntilReady = false });

        await silo.Process.Exited.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.NotEqual(0, silo.Process.ExitCode);
        Assert.Contains((string)config["Listen"]![listener]!, silo.Process.Output, StringComparison.Ordinal);
        Assert.Contains("no authentication is configured", silo.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", silo.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AuthenticationSwitchedOff_OffLoopback_KeepsTheProcessFromStarting()
    {
        var config = new JsonObject
        {
            ["Listen"] = new JsonObject { ["Data"] = $"http://0.0.0.0:{FreePorts.Next()}" },
            ["Auth"] = new JsonObject { ["Required"] = false },
        };
        await using var silo = await SiloProcess.StartAsync(new() { Config = config, WaitUntilReady = false });

        await silo.Process.Exited.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.NotEqual(0, silo.Process.ExitCode);
        Assert.Contains("Auth:Required", silo.Process.Output, StringComparison.Ordinal);
    }
}
