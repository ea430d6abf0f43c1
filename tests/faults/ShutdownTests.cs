using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Faults;

/// <summary>How a process ends whose clients hold on to it: each test has a stream that never comes to its end.</summary>
public sealed class ShutdownTests
{
    private static readonly TimeSpan ExitBound = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task SecondSignal_WithAStreamOpen_EndsTheProcessAtOnce()
    {
        await using var upstream = await UpstreamProcess.StartAsync("--script", "stall=3");
        await using var silo = await SiloProcess.StartAsync(Options(upstream, drainSeconds: 600));
        using var client = TestHttp.Client(silo.Data);
        using var stream = await OpenAsync(client);
        silo.Process.Terminate();
        await silo.Process.WaitForOutputAsync("Stopping:", ExitBound);
        Assert.False(silo.Process.HasExited);

        var exit = await silo.Process.StopAsync(ExitBound);

        // 3: what did not end in time after the second signal was cut off.
        Assert.True(exit is 0 or 3, $"The exit code is {exit}:\n{silo.Process.Output}");
        Assert.Contains("Told to stop again", silo.Process.Output, StringComparison.Ordinal);
        await AssertCutAsync(stream);
    }

    [Fact]
    public async Task Stream_LongerThanTheDrain_IsCutWhenItIsOver()
    {
        const int DrainSeconds = 3;
        await using var upstream = await UpstreamProcess.StartAsync("--script", "stall=3");
        await using var silo = await SiloProcess.StartAsync(Options(upstream, DrainSeconds));
        using var client = TestHttp.Client(silo.Data);
        using var stream = await OpenAsync(client);
        var started = Stopwatch.GetTimestamp();

        var exit = await silo.Process.StopAsync(TimeSpan.FromSeconds(DrainSeconds) + ExitBound);

        Assert.Equal(0, exit);
        Assert.True(Stopwatch.GetElapsedTime(started) >= TimeSpan.FromSeconds(DrainSeconds), "The stream was not waited for.");
        Assert.Contains("1 connections did not end in time and were cut", silo.Process.Output, StringComparison.Ordinal);
        await AssertCutAsync(stream);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    [InlineData(500)]
    [InlineData(900)]
    [InlineData(1500)]
    public async Task Signal_AtAnyMomentOfTheStart_EndsTheProcess(int milliseconds)
    {
        await using var silo = await SiloProcess.StartAsync(new ProgramOptions
        {
            WaitUntilReady = false,
            Config = new JsonObject { ["Providers"] = new JsonArray(new JsonObject { ["Name"] = "sim", ["Type"] = "simulator" }) },
        });
        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System);

        var exit = await silo.Process.StopAsync(ExitBound);

        // 143: the signal came before there was anything of ours to take it.
        Assert.True(exit is 0 or 143, $"The exit code is {exit}:\n{silo.Process.Output}");
    }

    private static ProgramOptions Options(UpstreamProcess upstream, int drainSeconds)
    {
        var provider = ProgramOptions.Provider("upstream", "openai", new Uri(upstream.Url, "/v1"), "test-model");

        // The stream must not end for any other reason.
        provider["TimeoutSeconds"] = 300;
        return new ProgramOptions
        {
            Config = new JsonObject
            {
                ["Providers"] = new JsonArray(provider),
                ["Listen"] = new JsonObject { ["DrainSeconds"] = drainSeconds },
            },
        };
    }

    private static async Task<SseReader> OpenAsync(HttpClient client)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = JsonContent.Create(new { model = "test-model", stream = true, messages = new[] { new { role = "user", content = "Hello" } } }),
        };
        var answer = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var reader = new SseReader(await answer.Content.ReadAsStreamAsync());
        Assert.NotNull(await reader.NextAsync());
        return reader;
    }

    // The client sees that its stream broke off: never an end, whole or marked.
    private static async Task AssertCutAsync(SseReader stream)
    {
        var failure = await Record.ExceptionAsync(async () =>
        {
            while (await stream.NextAsync() is { } data)
            {
                Assert.NotEqual("[DONE]", data);
            }
        });
        Assert.True(failure is IOException or HttpRequestException, $"The stream ended as if it were whole: {failure}");
    }
}
