using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>What a client of Anthropic's Messages API gets from every recorded provider: Anthropic's own bytes, or a translation that says the same.</summary>
public sealed class MessagesRecordingTests
{
    private const int MostCuts = 60;
    private const int MostSplits = 150;
    private const int MostBytesToSplitAnywhere = 6000;

    // A refusal is text in a message, and why it stopped.
    private const string Refused = "openai-002";

    public static TheoryData<string> NativeWhole => RecordingCatalog.Ids(static r => r.Api == "anthropic" && !r.IsStream && !r.IsError);

    public static TheoryData<string> NativeStreams => RecordingCatalog.Ids(static r => r.Api == "anthropic" && r.IsStream && !r.IsError);

    public static TheoryData<string> TranslatedWhole => RecordingCatalog.Ids(static r => r.Api == "openai" && !r.IsStream && !r.IsError);

    public static TheoryData<string> TranslatedStreams => RecordingCatalog.Ids(static r => r.Api == "openai" && r.IsStream && !r.IsError);

    public static TheoryData<string> TranslatedWholeStreams => RecordingCatalog.Ids(static r => r.Api == "openai" && r.IsStream && !r.IsError && !r.IsAbrupt);

    public static TheoryData<string> Streams => RecordingCatalog.Ids(static r => r.IsStream && !r.IsError);

    public static TheoryData<string> ServerSentStreams => RecordingCatalog.Ids(static r => r.IsText && !r.HasLines && r.IsStream && !r.IsError);

    public static TheoryData<string> WholeStreams => RecordingCatalog.Ids(static r => r.IsStream && !r.IsError && !r.IsAbrupt);

    [Theory]
    [MemberData(nameof(NativeWhole))]
    public void WholeAnswer_OfAnthropic_GoesThroughAndIsBilled(string id)
    {
        var recording = RecordingCatalog.All[id];

        var (message, usage) = MessagesReplay.Whole(recording);

        Assert.Same(recording.Body, message);
        AssertBilled(recording, usage);
    }

    [Theory]
    [MemberData(nameof(NativeStreams))]
    public void Stream_OfAnthropic_GoesThroughEventByEventAndIsBilled(string id)
    {
        var recording = RecordingCatalog.All[id];

        var (output, usage) = MessagesReplay.Stream(recording, recording.Body);

        var expected = Events(recording.Body);
        var seen = Events(output);
        if (recording.IsAbrupt)
        {
            Assert.True(MessagesReplay.HasError(output));
            Assert.Equal(seen.SkipLast(1), expected.Take(seen.Count - 1));
            return;
        }

        Assert.Equal(expected, seen);
        AssertBilled(recording, usage);
    }

    [Theory]
    [MemberData(nameof(TranslatedWhole))]
    public void WholeAnswer_OfOthers_SaysTheSameAsAMessage(string id)
    {
        var recording = RecordingCatalog.All[id];

        var (message, _) = MessagesReplay.Whole(recording);

        Assert.Empty(Differences(recording, MessagesReplay.ViewOf(message)));
    }

    [Theory]
    [MemberData(nameof(TranslatedStreams))]
    public void Stream_OfOthers_SaysTheSameAsAMessage(string id)
    {
        var recording = RecordingCatalog.All[id];

        var (output, _) = MessagesReplay.Stream(recording, recording.Body);

        Assert.Equal(recording.IsAbrupt, MessagesReplay.HasError(output));
        Assert.Equal(!recording.IsAbrupt, MessagesReplay.HasEnd(output));
        Assert.Empty(Differences(recording, MessagesReplay.ViewOfStream(output)));
    }

    [Theory]
    [MemberData(nameof(TranslatedWholeStreams))]
    public void Stream_Folded_IsTheWholeAnswer(string id)
    {
        var recording = RecordingCatalog.All[id];
        var (output, _) = MessagesReplay.Stream(recording, recording.Body);

        var folded = JsonNode.Parse(MessageFolder.Fold(output))!.AsObject();
        var (message, _) = MessagesReplay.Whole(recording with { IsStream = false, Body = CompletionFolder.Fold(recording.Body) });

        var whole = JsonNode.Parse(message)!.AsObject();
        Assert.Equal(Said(whole), Said(folded));
        Assert.Equal((string?)whole["stop_reason"], (string?)folded["stop_reason"]);
        Assert.True(JsonNode.DeepEquals(whole["usage"], folded["usage"]), $"{whole["usage"]} is not {folded["usage"]}");
    }

    [Theory]
    [MemberData(nameof(ServerSentStreams))]
    public void Stream_HoweverItIsFramed_IsTheSame(string id)
    {
        var recording = RecordingCatalog.All[id];
        var text = Encoding.UTF8.GetString(recording.Body);
        var expected = Blurred(MessagesReplay.Stream(recording, recording.Body).Output);

        Assert.Equal(expected, Blurred(MessagesReplay.Stream(recording, Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n"))).Output));
        Assert.Equal(expected, Blurred(MessagesReplay.Stream(recording, Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r"))).Output));
        var commented = ": hello\n\n" + text.Replace("\n\n", "\n\n: ping\n\n\n", StringComparison.Ordinal);
        Assert.Equal(expected, Blurred(MessagesReplay.Stream(recording, Encoding.UTF8.GetBytes(commented)).Output));
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Stream_SplitAnywhere_IsTheSame(string id)
    {
        var recording = RecordingCatalog.All[id];
        var body = recording.Body.AsMemory();
        var expected = Blurred(MessagesReplay.Stream(recording, body).Output);
        var stride = body.Length <= MostBytesToSplitAnywhere ? 1 : body.Length / MostSplits;
        for (var at = 1; at < body.Length; at += stride)
        {
            Assert.True(expected == Blurred(MessagesReplay.Stream(recording, body[..at], body[at..]).Output), $"Split at byte {at} it is another.");
        }
    }

    [Theory]
    [MemberData(nameof(WholeStreams))]
    public void Stream_CutAfterAnyEvent_NeverEndsCleanlyBeforeItsFinish(string id)
    {
        var recording = RecordingCatalog.All[id];
        var ends = EventPlaces.Ends(recording);
        var stride = Math.Max(1, ends.Count / MostCuts);
        for (var i = 0; i < ends.Count; i += i < ends.Count - 6 ? stride : 1)
        {
            // Once just after the event, and once within the next one.
            foreach (var length in (ReadOnlySpan<int>)[ends[i], Math.Min(ends[i] + 12, recording.Body.Length)])
            {
                var output = MessagesReplay.Stream(recording, recording.Body.AsMemory(0, length)).Output;

                Assert.True(MessagesReplay.HasEnd(output) != MessagesReplay.HasError(output), $"Cut at byte {length} it neither ends nor fails.");
                Assert.True(!MessagesReplay.HasEnd(output) || MessageFinish(output) is not null, $"Cut at byte {length} it seems whole.");
            }
        }
    }

    [Theory]
    [MemberData(nameof(WholeStreams))]
    public void Stream_WithABadEventInTheMiddle_EndsInAnError(string id)
    {
        var recording = RecordingCatalog.All[id];
        var ends = EventPlaces.Ends(recording);
        var middle = ends[ends.Count / 2];
        byte[] body = [.. recording.Body[..middle], .. EventPlaces.BadEvent(recording), .. recording.Body[middle..]];

        Assert.True(MessagesReplay.HasError(MessagesReplay.Stream(recording, body).Output));
    }

    private static string? MessageFinish(byte[] output) => (string?)JsonNode.Parse(MessageFolder.Fold(output))!["stop_reason"];

    // What is made up where the provider gives no id.
    private static string Blurred(byte[] output) =>
        System.Text.RegularExpressions.Regex.Replace(Encoding.UTF8.GetString(output), "(msg|toolu)_[0-9a-f]{32}", "$1");

    private static string Said(JsonObject message)
    {
        var said = message["content"]!.AsArray().ToLookup(static block => (string?)block!["type"]);
        string Join(string type, string member) => string.Concat(said[type].Select(block => (string?)block![member]));
        return $"{Join("thinking", "thinking")}|{Join("text", "text")}|" + string.Join(',', said["tool_use"].Select(static block => $"{block!["name"]} {block["input"]!.ToJsonString()}"));
    }

    private static IEnumerable<string> Differences(Recording recording, ClientView view)
    {
        if (recording.Id == Refused)
        {
            return view.Text == recording.Expected.GetProperty("refusal").GetString() && view.FinishReason == "content_filter" ? [] : ["the refusal is not told as text"];
        }

        return Expectation.CompareTranslated(recording, view);
    }

    private static void AssertBilled(Recording recording, TokenUsage? usage)
    {
        if (JsonObject.Create(recording.Expected)!["usage"] is not JsonObject expected)
        {
            return;
        }

        Assert.Equal(((long?)expected["prompt_tokens"], (long?)expected["completion_tokens"]), (usage?.Prompt, usage?.Completion));
        Assert.Equal((long?)expected["cached_tokens"] ?? 0, usage?.CacheRead);
        Assert.Equal((long?)expected["cache_write_tokens"] ?? usage?.CacheWrite, usage?.CacheWrite);
    }

    private static List<(string Name, string Data)> Events(byte[] body) =>
    [
        .. Encoding.UTF8.GetString(body).ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(static frame =>
        {
            var lines = frame.Split('\n');
            string Field(string name) => string.Join(' ', lines.Where(line => line.StartsWith(name, StringComparison.Ordinal)).Select(line => line[name.Length..].TrimStart()));
            return (Field("event:"), Field("data:"));
        }).Where(static told => told.Item2.Length > 0),
    ];

}
