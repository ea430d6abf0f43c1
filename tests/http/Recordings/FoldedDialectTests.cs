using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>
/// Every recorded answer, in every client's dialect, whole and streamed: both say the same, and what the manifest says.
/// Of an answer that was recorded in one form the other is made here, as its provider would have sent it.
/// </summary>
public sealed partial class FoldedDialectTests
{
    public static TheoryData<Inbound, string> Answers
    {
        get
        {
            var rows = new TheoryData<Inbound, string>();
            foreach (var recording in RecordingCatalog.All.Values.Where(static r => !r.IsError && !r.IsAbrupt))
            {
                foreach (var inbound in Enum.GetValues<Inbound>())
                {
                    rows.Add(inbound, recording.Id);
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public void Stream_InEveryDialect_FoldedIsTheWholeAnswer(Inbound inbound, string id)
    {
        var recording = RecordingCatalog.All[id];

        var whole = DialectReplay.Whole(inbound, recording, recording.IsStream ? FoldedStream.Of(recording) : recording.Body);
        var streamed = DialectReplay.Stream(inbound, recording, recording.IsStream ? recording.Body : UnfoldedAnswer.Of(recording));

        Assert.NotNull(whole);
        Assert.Empty(whole.Faults);
        Assert.Empty(streamed.Faults);
        Assert.Null(streamed.Error);
        Assert.Equal(Told(whole), Told(streamed));
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public void Answer_InEveryDialect_SaysWhatTheManifestSays(Inbound inbound, string id)
    {
        var recording = RecordingCatalog.All[id];

        var view = recording.IsStream ? DialectReplay.Stream(inbound, recording, recording.Body) : DialectReplay.Whole(inbound, recording, recording.Body);

        if (inbound == Inbound.Messages && JsonObject.Create(recording.Expected)!["refusal"] is JsonValue refusal)
        {
            // A message tells a refusal as text, and as why it stopped; Anthropic's own has its words elsewhere.
            var words = (string?)JsonObject.Create(recording.Expected)!["text"] + (recording.Api == "anthropic" ? "" : (string?)refusal);
            Assert.Equal((words, "content_filter"), (view!.Text, view.FinishReason));
            return;
        }

        // Only a chat tells its end apart.
        var expected = inbound == Inbound.Chat ? recording : recording with { IsStream = false };
        Assert.Empty(inbound == Inbound.Chat ? Expectation.Compare(expected, view!) : Expectation.CompareTranslated(expected, view!));
    }

    // One line a thing, so that a difference is seen where it is.
    private static string Told(ClientView view) => string.Join(
        '\n',
        [
            $"text {view.Text}",
            $"reasoning {view.Reasoning}",
            $"refusal {view.Refusal}",
            $"finish {view.FinishReason}",
            $"usage {UsageOf(view.Usage)}",
            .. view.ToolCalls.Select(static call => $"call {MadeIds().Replace(call.Id ?? "", "$1")} {call.Name} {call.Arguments?.ToJsonString()}"),
        ]);

    private static string UsageOf(JsonObject? usage) => usage is null
        ? "none"
        : $"{usage["prompt_tokens"]} {(usage["prompt_tokens_details"] as JsonObject)?["cached_tokens"] ?? 0} {(usage["prompt_tokens_details"] as JsonObject)?["cache_write_tokens"] ?? 0} "
            + $"{usage["completion_tokens"]} {(usage["completion_tokens_details"] as JsonObject)?["reasoning_tokens"] ?? 0}";

    // What is made up where the provider gives no id.
    [GeneratedRegex("^(toolu|call)_[0-9a-f]{32}$")]
    private static partial Regex MadeIds();
}
