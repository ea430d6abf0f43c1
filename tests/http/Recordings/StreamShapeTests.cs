using System.Text;
using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>However a recorded stream is framed, split or cut, the client sees the same, or sees that it was cut.</summary>
public sealed class StreamShapeTests
{
    // Splitting costs the square of a stream's length.
    private const int MostBytesToSplitAnywhere = 6000;
    private const int SplitsOfLongStreams = 150;
    private const int MostCuts = 60;

    public static TheoryData<string> Streams => RecordingCatalog.Ids(static recording => recording.IsStream && !recording.IsError);

    public static TheoryData<string> TextStreams =>
        RecordingCatalog.Ids(static recording => recording.IsText && recording.IsStream && !recording.IsError);

    public static TheoryData<string> WholeStreams =>
        RecordingCatalog.Ids(static recording => recording.IsStream && !recording.IsError && !recording.IsAbrupt);

    /// <summary>Those of server-sent events, whose lines may end in any way, and which may have comments.</summary>
    public static TheoryData<string> EventStreams =>
        RecordingCatalog.Ids(static recording => recording.IsStream && !recording.IsError && recording.IsText && !recording.HasLines);

    /// <summary>Those that are not copied.</summary>
    public static TheoryData<string> TranslatedStreams =>
        RecordingCatalog.Ids(static recording => recording.Api != "openai" && recording.IsStream && !recording.IsError && !recording.IsAbrupt);

    [Theory]
    [MemberData(nameof(TextStreams))]
    public void Stream_WithCarriageReturns_IsTheSame(string id)
    {
        var recording = RecordingCatalog.All[id];
        var text = Encoding.UTF8.GetString(recording.Body);

        Assert.Empty(Expectation.Compare(recording, Replay.Stream(recording, Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")))));
    }

    [Theory]
    [MemberData(nameof(EventStreams))]
    public void Stream_WithCarriageReturnsAlone_IsTheSame(string id)
    {
        var recording = RecordingCatalog.All[id];
        var text = Encoding.UTF8.GetString(recording.Body);

        Assert.Empty(Expectation.Compare(recording, Replay.Stream(recording, Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r")))));
    }

    [Theory]
    [MemberData(nameof(EventStreams))]
    public void Stream_WithCommentsBetweenEvents_IsTheSame(string id)
    {
        var recording = RecordingCatalog.All[id];
        var text = ": hello\n\n" + Encoding.UTF8.GetString(recording.Body).Replace("\n\n", "\n\n: ping\n\n\n", StringComparison.Ordinal);

        Assert.Empty(Expectation.Compare(recording, Replay.Stream(recording, Encoding.UTF8.GetBytes(text))));
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Stream_SplitAnywhere_IsTheSame(string id)
    {
        var recording = RecordingCatalog.All[id];
        var body = recording.Body.AsMemory();
        var stride = body.Length <= MostBytesToSplitAnywhere ? 1 : body.Length / SplitsOfLongStreams;
        for (var at = 1; at < body.Length; at += stride)
        {
            var differences = Expectation.Compare(recording, Replay.Stream(recording, body[..at], body[at..]));

            Assert.True(differences.Count == 0, $"Split at byte {at}: {string.Join("; ", differences)}");
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Stream_ByteByByte_IsTheSame(string id)
    {
        var recording = RecordingCatalog.All[id];
        var pieces = Enumerable.Range(0, recording.Body.Length).Select(i => (ReadOnlyMemory<byte>)recording.Body.AsMemory(i, 1)).ToArray();

        Assert.Empty(Expectation.Compare(recording, Replay.Stream(recording, pieces)));
    }

    [Theory]
    [MemberData(nameof(WholeStreams))]
    public void Stream_WithABadEventInTheMiddle_NeverEndsCleanly(string id)
    {
        var recording = RecordingCatalog.All[id];
        var ends = EventEnds.Of(recording);
        var middle = ends[ends.Count / 3];
        var bad = recording.HasLines ? "{\"broken\": \n"u8.ToArray() : "data: {\"broken\": \n\n"u8.ToArray();

        var view = Replay.Stream(recording, recording.Body.AsMemory(0, middle), bad, recording.Body.AsMemory(middle));

        Assert.False(view.IsDone);
        Assert.Equal("upstream_invalid_response", (string?)view.Error?["code"]);
    }

    [Theory]
    [MemberData(nameof(WholeStreams))]
    public void Stream_CutAfterAnyEvent_NeverEndsCleanlyBeforeItsFinish(string id)
    {
        var recording = RecordingCatalog.All[id];
        var ends = EventEnds.Of(recording);
        var stride = Math.Max(1, ends.Count / MostCuts);
        for (var i = 0; i < ends.Count; i += i < ends.Count - 6 ? stride : 1)
        {
            // Once just after the event, and once within the next one.
            AssertCut(recording, ends[i]);
            AssertCut(recording, Math.Min(ends[i] + 12, recording.Body.Length));
        }
    }

    [Theory]
    [MemberData(nameof(TranslatedStreams))]
    public void Stream_Folded_IsTheWholeAnswer(string id)
    {
        var recording = RecordingCatalog.All[id];

        var streamed = Replay.Stream(recording, recording.Body);
        var whole = Replay.Whole(recording with { IsStream = false, Body = FoldedStream.Of(recording) });

        AssertSame(streamed, whole);
    }

    private static void AssertSame(ClientView streamed, ClientView whole)
    {
        Assert.Equal((streamed.Text, streamed.Reasoning, streamed.Refusal, streamed.FinishReason), (whole.Text, whole.Reasoning, whole.Refusal, whole.FinishReason));
        Assert.True(JsonNode.DeepEquals(streamed.Usage, whole.Usage));
        Assert.Equal(
            streamed.ToolCalls.Select(static call => (call.Id, call.Name, call.Arguments?.ToJsonString())),
            whole.ToolCalls.Select(static call => (call.Id, call.Name, call.Arguments?.ToJsonString())));
    }

    private static void AssertCut(Recording recording, int length)
    {
        var view = Replay.Stream(recording, recording.Body.AsMemory(0, length));

        Assert.True(view.IsDone ? view.FinishReason is not null && view.Error is null : view.Error is not null, $"Cut at byte {length} it seems whole.");
    }
}
