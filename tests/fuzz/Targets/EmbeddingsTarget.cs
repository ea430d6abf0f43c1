using System.Text.Json;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Bedrock;
using ProxyCluster.GatewayApi.Providers.Cohere;
using ProxyCluster.GatewayApi.Providers.Gemini;
using ProxyCluster.GatewayApi.Providers.Ollama;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>A provider's embeddings: the client gets lists of numbers, or as many in base64.</summary>
/// <param name="name">The target's.</param>
/// <param name="adapter">The provider's.</param>
/// <param name="planted">The bug.</param>
/// <param name="parser">What reads its embeddings.</param>
internal sealed class EmbeddingsTarget(string name, ProviderAdapter adapter, PlantedBug planted, params string[] parser) : FuzzTarget
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        "\"embeddings\":[", "\"embeddings\":", "\"embedding\":{", "\"embedding\":[0.5]", "\"values\":[", "\"predictions\":[", "\"statistics\":{", "\"token_count\":", "\"float\":", "\"meta\":", "\"billed_units\":",
        "\"input_tokens\":", "\"inputTextTokenCount\":", "\"prompt_eval_count\":", "0.5", "-1e-3", "1e400", "\"usageMetadata\":{", "\"promptTokenCount\":",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser => parser;

    /// <inheritdoc/>
    public override PlantedBug Planted => planted;

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        var (numbers, isAnswer) = Lengths(Ask.Embeddings("float"), input);
        var (packed, _) = Lengths(Ask.Embeddings("base64"), input);
        if (numbers is not null && packed is not null && !numbers.SequenceEqual(packed))
        {
            throw new InvalidDataException($"As numbers the vectors have {string.Join(", ", numbers)} places, in base64 {string.Join(", ", packed)}.");
        }

        return HashCode.Combine(isAnswer, numbers?.Count, numbers?.Sum(), packed is null);
    }

    /// <summary>Every provider that has embeddings of its own form.</summary>
    public static IEnumerable<FuzzTarget> Create()
    {
        var writer = new PlantedBug("Embeddings/EmbeddingsWriter.cs", "if (EmbeddingsRequest.Read(request.Body).Request is not { } asked");
        return
        [
            new EmbeddingsTarget("gemini-embeddings", new GoogleAiAdapter(Clock.Still), new PlantedBug("Providers/Gemini/EmbeddingsAnswer.cs", "if (value.ValueKind != JsonValueKind.Number)"), "Providers/Gemini/EmbeddingsAnswer.cs"),
            new EmbeddingsTarget("bedrock-embeddings", new BedrockAdapter(Clock.Still), writer, "Providers/Bedrock/BedrockEmbeddings.cs:Translate", "Providers/Bedrock/BedrockEmbeddings.cs:ReadVectors", "Embeddings/EmbeddingsWriter.cs"),
            new EmbeddingsTarget("cohere-embeddings", new CohereAdapter(Clock.Still), writer, "Providers/Cohere/CohereEmbeddings.cs:Translate", "Providers/Cohere/CohereEmbeddings.cs:ReadUsage", "Embeddings/EmbeddingsWriter.cs"),
            new EmbeddingsTarget("ollama-embeddings", new OllamaAdapter(Clock.Still), writer, "Providers/Ollama/OllamaEmbeddings.cs:Translate", "Embeddings/EmbeddingsWriter.cs"),
        ];
    }

    private (List<int>? Lengths, bool IsAnswer) Lengths(InferenceRequest request, byte[] input)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        var answer = adapter.ReadAnswer(request, input, output);
        Sound.Usage(answer.Usage);
        if (answer.Validity != AnswerValidity.Translated)
        {
            return (null, false);
        }

        var lengths = new List<int>();
        foreach (var one in Sound.Json(output.WrittenSpan).GetProperty("data").EnumerateArray())
        {
            if (one.GetProperty("index").GetInt32() != lengths.Count)
            {
                throw new InvalidDataException("The vectors are not numbered in their order.");
            }

            lengths.Add(LengthOf(one.GetProperty("embedding")));
        }

        return (lengths, true);
    }

    private static int LengthOf(JsonElement vector)
    {
        if (vector.ValueKind == JsonValueKind.String)
        {
            return vector.GetBytesFromBase64().Length / sizeof(float);
        }

        return vector.EnumerateArray().All(static number => number.ValueKind == JsonValueKind.Number)
            ? vector.GetArrayLength()
            : throw new InvalidDataException($"There is more in a vector than numbers: {vector}");
    }
}
