using System.Text;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>What only streams in Amazon's binary framing can suffer.</summary>
public sealed class BedrockStreamTests
{
    public static TheoryData<string> Streams => RecordingCatalog.Ids(static recording => recording.Api == "bedrock" && recording.IsStream && !recording.IsAbrupt);

    [Theory]
    [MemberData(nameof(Streams))]
    public void Stream_WithOneBrokenMessageInTheMiddle_IsAnErrorAndNoEnd(string id)
    {
        var recording = RecordingCatalog.All[id];
        var ends = BedrockFolder.EventEnds(recording.Body);
        var middle = ends[ends.Count / 2];
        byte[][] bad =
        [
            Flipped(recording.Body[middle..]),
            [.. AmazonMessages.Event("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"te"""), .. recording.Body[middle..]],
            [.. "data: {}\n\n"u8, .. recording.Body[middle..]],
        ];

        foreach (var rest in bad)
        {
            var view = Replay.Stream(recording, (byte[])[.. recording.Body[..middle], .. rest]);

            Assert.False(view.IsDone);
            Assert.Empty(Expectation.CompareError(view.Error));
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Stream_WithUnknownEventsBetweenItsOwn_IsTheSame(string id)
    {
        var recording = RecordingCatalog.All[id];
        var body = new List<byte>();
        var start = 0;
        foreach (var end in BedrockFolder.EventEnds(recording.Body))
        {
            body.AddRange(recording.Body[start..end]);
            body.AddRange(AmazonMessages.Event("somethingNew", """{"a":1}"""));
            body.AddRange(AmazonMessages.Event("initial-response", ""));
            start = end;
        }

        Assert.Empty(Expectation.Compare(recording, Replay.Stream(recording, (byte[])[.. body])));
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Stream_WithAnExceptionInTheMiddle_IsAnErrorAndNoEnd(string id)
    {
        var recording = RecordingCatalog.All[id];
        var ends = BedrockFolder.EventEnds(recording.Body);
        var middle = ends[ends.Count / 2];

        var view = Replay.Stream(
            recording, (byte[])[.. recording.Body[..middle], .. AmazonMessages.Exception("modelStreamErrorException", """{"message":"m"}"""), .. recording.Body[middle..]]);

        Assert.Equal((false, "upstream_failed"), (view.IsDone, (string?)view.Error?["code"]));
    }

    private static byte[] Flipped(byte[] rest)
    {
        var at = rest.AsSpan().IndexOf(Encoding.UTF8.GetBytes("contentBlockIndex").AsSpan());
        rest[at < 0 ? 20 : at] ^= 1;
        return rest;
    }
}
