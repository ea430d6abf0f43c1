using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Models;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>A provider's list of models: names only, each once, in order; what is odd in a list does not spoil the others.</summary>
internal sealed class ModelListTarget : FuzzTarget
{
    private const int LongestName = 256;

    /// <inheritdoc/>
    public override string Name => "model-list";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
        ["\"data\":[", "\"models\":[", "\"modelSummaries\":[", "\"id\":", "\"modelId\":", "\"model\":", "\"name\":", "\"models/a\"", "\"a b\"", "{\"id\":\"a\"}"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser => ["Models/ModelListReader.cs"];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Models/ModelListReader.cs", "if (model.ValueKind != JsonValueKind.Object)");

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        var names = ModelListReader.Read(input);
        if (names is not { } list)
        {
            MustBeNoList(input);
            return 0;
        }

        for (var i = 0; i < list.Length; i++)
        {
            if (list[i].Length > LongestName || list[i].Any(static c => c <= ' ') || (i > 0 && string.CompareOrdinal(list[i - 1], list[i]) >= 0))
            {
                throw new InvalidDataException($"'{list[i]}' is no name, or out of order.");
            }
        }

        return HashCode.Combine(Math.Min(list.Length, 8), list.Length > 0 && list[0].Length == 0);
    }

    private static void MustBeNoList(byte[] input)
    {
        try
        {
            using var document = JsonDocument.Parse(input);
            if (document.RootElement.ValueKind == JsonValueKind.Array && Utf8.IsValid(input) && !JsonText.HasHalfPair(input))
            {
                throw new InvalidDataException($"This is a list: {Encoding.UTF8.GetString(input)}");
            }
        }
        catch (JsonException)
        {
            // It is not JSON at all.
        }
    }
}
