using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Every recording of a chat provider as a client of Responses sees it: what it says is what the manifest says.</summary>
public sealed class ResponsesRecordingTests
{
    // Splitting costs the square of a stream's length.
    private const int MostBytesToSplitAnywhere = 6000;
    private const int SplitsOfLongStreams = 60;
    private const int MostCuts = 60;

    // These providers' usage contradicts itself. Copied to a chat client it stays as it is; for others it is counted in
    // disjoint buckets: no more cached than was sent, and reasoning as a part of the completion.
    private static readonly Dictionary<string, string> Recounted = new()
    {
        ["azure-openai-003"] = "cached tokens: expected 387, but it was 293",
        ["azure-openai-005"] = "cached tokens: expected 158, but it was 23",
        ["azure-openai-006"] = "cached tokens: expected 376, but it was 250",
        ["azure-openai-014"] = "cached tokens: expected 161, but it was 7",
        ["azure-openai-015"] = "cached tokens: expected 373, but it was 235",
        ["xai-002"] = "completion tokens: expected 26, but it was 281",
        ["xai-004"] = "completion tokens: expected 26, but it was 222",
        ["xai-007"] = "completion tokens: expected 1, but it was 291",
    };

    public static TheoryData<string> Whole => RecordingCatalog.Ids(static recording => IsChat(recording) && !recording.IsStream);

    public static TheoryData<string> Streams => RecordingCatalog.Ids(static recording => IsChat(recording) && recording.IsStream);

    public static TheoryData<string> WholeStreams => RecordingCatalog.Ids(static recording => IsChat(recording) && recording.IsStream && !recording.IsAbrupt);

    public static TheoryData<string> ChatStreams =>
        RecordingCatalog.Ids(static recording => recording.Api == "openai" && recording.IsStream && !recording.IsError && !recording.IsAbrupt);

    [Theory]
    [MemberData(nameof(Whole))]
    public void WholeAnswer_AsAResponse_ShowsTheClientWhatItMust(string id)
    {
        var recording = RecordingCatalog.All[id];

        var response = ResponsesReplay.Whole(recording, recording.Body);

        Assert.NotNull(response);
        AssertShows(recording, ClientView.OfWhole(ResponsesView.ToChat(response)));
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Stream_AsResponseEvents_ShowsTheClientWhatItMust(string id)
    {
        var recording = RecordingCatalog.All[id];

        AssertShows(recording, ResponsesReplay.Stream(recording, recording.Body).ToChat());
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Stream_HoweverItIsFramed_IsTheSame(string id)
    {
        var recording = RecordingCatalog.All[id];
        var text = Encoding.UTF8.GetString(recording.Body);

        AssertShows(recording, ResponsesReplay.Stream(recording, Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n"))).ToChat());
        AssertShows(recording, ResponsesReplay.Stream(recording, Encoding.UTF8.GetBytes(": hi\n\n" + text.Replace("\n\n", "\n\n: ping\n\n\n", StringComparison.Ordinal))).ToChat());
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
            AssertShows(recording, ResponsesReplay.Stream(recording, body[..at], body[at..]).ToChat());
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
            foreach (var length in (int[])[ends[i], Math.Min(ends[i] + 12, recording.Body.Length)])
            {
                var view = ResponsesReplay.Stream(recording, recording.Body.AsMemory(0, length));

                Assert.Empty(view.Faults);
                var isWhole = (string?)view.Response?["status"] is "completed" or "incomplete";
                Assert.True(isWhole ? !Compare(recording, WithoutUsage(view, recording)).Any() : view.Error is not null, $"Cut at byte {length} it seems whole.");
            }
        }
    }

    [Theory]
    [MemberData(nameof(WholeStreams))]
    public void Stream_WithOneBadEvent_EndsInAnError(string id)
    {
        var recording = RecordingCatalog.All[id];
        var ends = EventPlaces.Ends(recording);
        var middle = ends[(ends.Count - 3) / 2];
        byte[] body = [.. recording.Body.AsSpan(0, middle), .. "data: {\"choices\":[{\"del\n\n"u8, .. recording.Body.AsSpan(middle)];

        var view = ResponsesReplay.Stream(recording, body);

        Assert.Empty(view.Faults);
        Assert.NotNull(view.Error);
        Assert.True((string?)view.Response?["status"] is null or "failed");
    }

    [Theory]
    [MemberData(nameof(ChatStreams))]
    public void Stream_Folded_IsTheWholeAnswer(string id)
    {
        var recording = RecordingCatalog.All[id];

        var streamed = ResponsesReplay.Stream(recording, recording.Body).ToChat();
        var whole = ClientView.OfWhole(ResponsesView.ToChat(ResponsesReplay.Whole(recording, Folded(recording))!));

        Assert.Equal((streamed.Text, streamed.Reasoning, streamed.Refusal, streamed.FinishReason), (whole.Text, whole.Reasoning, whole.Refusal, whole.FinishReason));
        Assert.True(JsonNode.DeepEquals(streamed.Usage, whole.Usage));
        Assert.Equal(
            streamed.ToolCalls.Select(static call => (call.Id, call.Name, call.Arguments?.ToJsonString())),
            whole.ToolCalls.Select(static call => (call.Id, call.Name, call.Arguments?.ToJsonString())));
    }

    // Chat providers' answers translated, and those of Responses as they came.
    private static bool IsChat(Recording recording) => recording.Api is "openai" or "openai-responses" && !recording.IsError;

    private static void AssertShows(Recording recording, ClientView view) => Assert.Empty(Compare(recording, view));

    private static IEnumerable<string> Compare(Recording recording, ClientView view) =>
        Expectation.Compare(recording with { IsStream = false }, view).Where(difference => Recounted.GetValueOrDefault(recording.Id) != difference);

    // Usage comes after the finish: a stream that is cut between the two is whole, and says nothing of it.
    private static ClientView WithoutUsage(ResponsesView view, Recording recording)
    {
        if (view.Response!["usage"] is null && recording.Expected.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object)
        {
            view.Response["usage"] = ResponsesReplay.Stream(recording, recording.Body).Response!["usage"]!.DeepClone();
        }

        return view.ToChat();
    }

    /// <summary>The whole chat completion that a chat client folds the recording's stream to.</summary>
    private static byte[] Folded(Recording recording)
    {
        var view = Replay.Stream(recording, recording.Body);
        var calls = view.ToolCalls.Select(static JsonNode (call) => new JsonObject
        {
            ["id"] = call.Id,
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = call.Arguments?.ToJsonString() ?? "{}" },
        });
        var message = new JsonObject
        {
            ["role"] = "assistant",
            ["content"] = view.Text,
            ["refusal"] = view.Refusal.Length > 0 ? view.Refusal : null,
            ["reasoning_content"] = view.Reasoning,
            ["tool_calls"] = new JsonArray([.. calls]),
        };
        return JsonSerializer.SerializeToUtf8Bytes(new JsonObject
        {
            ["choices"] = new JsonArray(new JsonObject { ["message"] = message, ["finish_reason"] = view.FinishReason }),
            ["usage"] = view.Usage?.DeepClone(),
        });
    }

}
