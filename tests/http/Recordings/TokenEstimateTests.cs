using System.Text.Json.Nodes;
using ProxyCluster.Core.Tokens;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>What the counters count of recorded answers, against what their providers billed.</summary>
public sealed class TokenEstimateTests
{
    private const int FewestTokens = 50;
    private const int ShortestText = 200; // what is shorter and cost so much was not the text: tools and searches of the provider's own

    // Answers whose bill holds more than their text: hidden reasoning, or a count of the provider's own making.
    private static readonly HashSet<string> BilledOtherwise = ["anthropic-028", "aws-bedrock-054", "google-gemini-068", "openrouter-009"];

    [Fact]
    public void Counts_AreWithinTheStatedError_In19Of20Answers()
    {
        Requirement.That(RecordingCatalog.Recorded is not null, "The recordings do not lie beside the checkout.");
        var misses = new List<string>();
        var compared = 0;
        foreach (var recording in RecordingCatalog.All.Values.Where(static r => !r.IsError && !r.IsAbrupt && !BilledOtherwise.Contains(r.Id)))
        {
            var expected = JsonObject.Create(recording.Expected)!;
            var text = (string?)expected["text"] ?? "";
            var billed = BilledTokens(expected);
            if (billed < FewestTokens || text.Length < ShortestText)
            {
                continue;
            }

            compared++;
            var counter = TokenCounters.For(recording.Model);
            var counted = counter.Count(text);
            if (Math.Abs(counted - billed) > Math.Ceiling((counter.Error * counted) + 4))
            {
                misses.Add($"{recording.Id} {recording.Model}: counted {counted}, billed {billed}");
            }
        }

        Assert.True(compared >= 20, $"only {compared} answers can be compared");
        Assert.True(misses.Count <= compared / 20, $"{misses.Count} of {compared}: {string.Join("; ", misses)}");
    }

    private static int BilledTokens(JsonObject expected) =>
        (int?)expected["reasoning_chars"] is null or 0
        && expected["tool_calls"] is JsonArray { Count: 0 }
        && (int?)expected["usage"]?["reasoning_tokens"] is null or 0
            ? (int?)expected["usage"]?["completion_tokens"] ?? 0
            : 0;
}
