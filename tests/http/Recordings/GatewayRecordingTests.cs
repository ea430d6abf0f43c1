using System.Text;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Every recording through the whole product, over HTTP on both sides.</summary>
public sealed class GatewayRecordingTests(RecordingGateway gateway) : IClassFixture<RecordingGateway>
{
    public static TheoryData<string> Answers => RecordingCatalog.Ids(static recording => !recording.IsError);

    public static TheoryData<string> Errors => RecordingCatalog.Ids(static recording => recording.IsError);

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Answer_OverHttp_ShowsTheClientWhatItMust(string id)
    {
        var recording = RecordingCatalog.All[id];

        var (status, body) = await gateway.AskAsync(recording);

        // What breaks off before its first content is a plain error.
        Assert.True(status == 200 || recording.IsAbrupt, $"Status {status}: {Encoding.UTF8.GetString(body)}");
        var view = recording.IsStream && status == 200 ? ClientView.OfStream(body) : ClientView.OfWhole(body);
        Assert.Empty(Expectation.Compare(recording, view));
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task Error_OverHttp_IsShownInOpenAisShape(string id)
    {
        var recording = RecordingCatalog.All[id];

        var (status, body) = await gateway.AskAsync(recording);

        Assert.InRange(status, 400, 599);
        Assert.NotEqual(401, status);
        Assert.Empty(Expectation.CompareError(ClientView.OfWhole(body).Error));
        Assert.DoesNotContain("sk-planted", Encoding.UTF8.GetString(body), StringComparison.Ordinal);
    }
}
