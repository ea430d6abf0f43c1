using System.Text;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Data URLs: what is taken for one has a type in lower case and data that ends the URL.</summary>
internal sealed class DataUrlTarget : FuzzTarget
{
    /// <inheritdoc/>
    public override string Name => "data-url";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words => ["data:", "image/png", ";base64", ",", "AAAA", ";charset=utf-8", "DATA:", "https://h/i.png"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser => ["Dialects/DataUrl.cs"];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Dialects/DataUrl.cs", "if (!head.EndsWith(\";base64\"");

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        var url = Encoding.UTF8.GetString(input);
        if (!DataUrl.TryParse(url, out var data))
        {
            return 0;
        }

        if (data.MediaType.Any(char.IsAsciiLetterUpper) || data.Base64.IsEmpty || !url.EndsWith(data.Base64.ToString(), StringComparison.Ordinal)
            || !url.Contains(";base64,", StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidDataException($"This is no data URL: {url}");
        }

        return HashCode.Combine(data.MediaType.Length, data.Base64.Length);
    }
}
