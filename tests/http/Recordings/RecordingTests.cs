using System.Text;
using System.Text.Json;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.Tests.Schemas;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Every recording of the wire formats that the gateway speaks, as a row: the client must see what the manifest says.</summary>
public sealed class RecordingTests
{
    public static TheoryData<string> Whole => RecordingCatalog.Ids(static recording => !recording.IsStream && !recording.IsError);

    public static TheoryData<string> Streams => RecordingCatalog.Ids(static recording => recording.IsStream && !recording.IsError);

    public static TheoryData<string> Errors => RecordingCatalog.Ids(static recording => recording.IsError);

    public static TheoryData<string> Requests => RecordingCatalog.Ids(static _ => true);

    [Theory]
    [MemberData(nameof(Whole))]
    public void WholeAnswer_Recorded_ShowsTheClientWhatItMust(string id)
    {
        var recording = RecordingCatalog.All[id];

        Assert.Empty(Expectation.Compare(recording, Replay.Whole(recording)));
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Stream_Recorded_ShowsTheClientWhatItMust(string id)
    {
        var recording = RecordingCatalog.All[id];

        Assert.Empty(Expectation.Compare(recording, Replay.Stream(recording, recording.Body)));
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public void Error_Recorded_IsShownInOpenAisShape(string id)
    {
        var recording = RecordingCatalog.All[id];

        var (error, shown) = Replay.Error(recording);

        Assert.Empty(Expectation.CompareError(shown));
        Assert.InRange(error.Refusal.Status, 400, 599);
        Assert.NotEqual(401, error.Refusal.Status);
        Assert.Equal(recording.Status is 429, error.Refusal.Status is 429);

        // Google tells a key that is not valid as a fault of the request.
        Assert.Equal(recording.Status is 400 or 413 && error.Refusal.Code != "upstream_credentials", !error.TryAnother);
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Request_Recorded_CanBeSent(string id)
    {
        var recording = RecordingCatalog.All[id];

        var adapter = RecordedProvider.AdapterOf(recording);
        var upstream = adapter.CreateRequest(RecordedProvider.TargetOf(recording), RecordedProvider.RequestOf(recording));

        Assert.Null(upstream.Refusal);
        using var message = upstream.Message;
        Assert.NotNull(message);
        var sent = await message.Content!.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("sk-planted-in-the-test", sent, StringComparison.Ordinal);
        using var body = JsonDocument.Parse(sent);
        if (message.Content is not PatchedContent)
        {
            Assert.Empty(PublishedSchemas.Faults(adapter.Type, message.RequestUri!.AbsolutePath, Encoding.UTF8.GetBytes(sent)));
        }

        if (recording.Api == "gemini")
        {
            var method = recording.IsStream ? ":streamGenerateContent?alt=sse" : ":generateContent";
            Assert.EndsWith($"models/{recording.Model}{method}", message.RequestUri!.AbsoluteUri, StringComparison.Ordinal);
            return;
        }

        if (recording.Api == "bedrock")
        {
            Assert.EndsWith(
                $"/model/{Uri.EscapeDataString(recording.Model)}/converse{(recording.IsStream ? "-stream" : "")}", message.RequestUri!.AbsolutePath, StringComparison.Ordinal);
            return;
        }

        Assert.Equal(recording.Model, body.RootElement.GetProperty("model").GetString());
        Assert.Equal(recording.IsStream, body.RootElement.TryGetProperty("stream", out var stream) && stream.GetBoolean());
    }

    [Fact]
    public void Misses_ThatAreKnown_AreFewAndStillThere()
    {
        var there = KnownMisses.Ids.Where(RecordingCatalog.All.ContainsKey).Select(static id => RecordingCatalog.All[id]).ToList();

        Assert.All(there, static miss => Assert.Single(Expectation.CompareStrictly(miss, miss.IsStream ? Replay.Stream(miss, miss.Body) : Replay.Whole(miss))));
        Assert.True(there.Count(static miss => miss.Lossy.Count == 0) <= RecordingCatalog.All.Count / 50);
    }

    [Fact]
    public void Recordings_InContinuousIntegration_ArePresent()
    {
        if (RecordingCatalog.Recorded is null)
        {
            Assert.NotEqual("true", Environment.GetEnvironmentVariable("CI"));
            Assert.Skip("The recordings do not lie beside the checkout.");
        }

        Assert.True(RecordingCatalog.All.Count > 100);
    }
}
