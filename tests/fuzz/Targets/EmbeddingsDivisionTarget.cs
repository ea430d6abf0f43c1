using System.Buffers;
using System.Text.Json;
using ProxyCluster.GatewayApi.Embeddings;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers.OpenAi;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>A provider's answer to a call that two callers share: each gets its own vectors, and the bill adds up.</summary>
internal sealed class EmbeddingsDivisionTarget : FuzzTarget
{
    // The first caller has one input, the second two.
    private static readonly (int First, int Count)[] Callers = [(0, 1), (1, 2)];
    private static readonly long[] Weights = [3, 7];

    private const int MostOpen = 128;

    /// <inheritdoc/>
    public override string Name => "embeddings-division";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
        ["\"data\":[", "\"index\":0", "\"index\":1", "\"index\":2", "\"index\":", "\"embedding\":[0.5]", "\"embedding\":\"AAC=\"", "\"usage\":{", "\"prompt_tokens\":", "1e-3", "0.25"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser => ["Embeddings/EmbeddingsDivision.cs", "Embeddings/UsageNumber.cs", "Dialects/JsonRun.cs"];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Embeddings/EmbeddingsDivision.cs", "if (_items[place] is not null)");

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        // Answers were checked before, and so are no deeper than a reader takes.
        var isAnswer = OpenAiAnswer.Read(InferenceOperation.Embeddings, input).IsValid;
        if (!isAnswer && input.AsSpan().Count((byte)'{') > MostOpen)
        {
            return 0;
        }

        var division = EmbeddingsDivision.Read(input, Callers.Sum(static caller => caller.Count));
        if (!isAnswer || division is null)
        {
            return HashCode.Combine(isAnswer, division is null);
        }

        division.Split(Weights);
        var whole = Sound.Json(input);
        var answers = Callers.Select((caller, i) => division.HasAll(caller.First, caller.Count) ? AnswerOf(division, caller, i) : (JsonElement?)null).ToArray();

        // Names may be written with escapes, which the gateway does not take for the names that it knows.
        if (!input.AsSpan().Contains((byte)'\\'))
        {
            Check(whole, answers);
        }

        return HashCode.Combine(true, answers[0] is null, answers[1] is null, input.AsSpan().IndexOf("\"usage\""u8) >= 0);
    }

    private static JsonElement AnswerOf(EmbeddingsDivision division, (int First, int Count) caller, int number)
    {
        var output = new ArrayBufferWriter<byte>();
        division.Write(caller.First, caller.Count, number, output);
        return Sound.Json(output.WrittenSpan);
    }

    private static void Check(JsonElement whole, JsonElement?[] answers)
    {
        var items = whole.GetProperty("data").EnumerateArray().ToArray();
        for (var i = 0; i < Callers.Length; i++)
        {
            if (answers[i] is not { } answer)
            {
                continue;
            }

            var own = answer.GetProperty("data").EnumerateArray().ToArray();
            for (var k = 0; k < Callers[i].Count; k++)
            {
                var number = Callers[i].First + k;
                var numbered = items.Where(item => IndexOf(item) == number).ToArray();
                var told = numbered.Length == 0 ? items[number] : numbered[0];
                if (numbered.Length > 1 || Embedding(told) != Embedding(own[k]) || IndexOf(own[k]) is { } index && index != k)
                {
                    throw new InvalidDataException($"The vector of input {number} is not the one that the provider told.");
                }
            }
        }

        if (answers is [{ } first, { } second] && Tokens(whole) is { } tokens && Tokens(first) + Tokens(second) != tokens)
        {
            throw new InvalidDataException($"The shares of {tokens} tokens do not add up.");
        }
    }

    private static int? IndexOf(JsonElement item)
    {
        foreach (var member in item.EnumerateObject().Where(static member => member.Name == "index"))
        {
            return member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt32(out var index) ? index : null;
        }

        return null;
    }

    private static string? Embedding(JsonElement item)
    {
        foreach (var member in item.EnumerateObject().Where(static member => member.Name == "embedding"))
        {
            return member.Value.GetRawText();
        }

        return null;
    }

    private static long? Tokens(JsonElement answer)
    {
        var usages = answer.EnumerateObject().Where(static member => member.Name == "usage" && member.Value.ValueKind == JsonValueKind.Object).ToArray();
        return usages.Length == 1
            && usages[0].Value.TryGetProperty("prompt_tokens", out var tokens) && tokens.ValueKind == JsonValueKind.Number && tokens.TryGetInt64(out var count)
            && count >= 0
            ? count
            : null;
    }
}
