using System.Globalization;
using System.Text.Json;

namespace ProxyCluster.Tests.Support.Upstream;

/// <summary>A request as the scripted upstream understands it.</summary>
internal sealed class ParsedRequest
{
    private readonly List<KeyValuePair<string, string>> _headers = [];
    private JsonDocument? _json;

    public required byte[] Head { get; init; }

    public required string Method { get; init; }

    public required string Target { get; set; }

    public byte[] Body { get; set; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Headers => _headers;

    public int ContentLength { get; private set; }

    public bool IsChunked { get; private set; }

    /// <summary>Where the <c>~behaviour</c> segment of the path stood: <c>/~status=500/v1/models</c>.</summary>
    public string? PathScript { get; private set; }

    public string Path => Target.Split('?')[0];

    public string Model => Text("model") ?? ModelOfPath() ?? "";

    public bool Stream => Json() is { } root && root.TryGetProperty("stream", out var stream) && stream.ValueKind == JsonValueKind.True;

    public bool WantsUsage =>
        Json() is { } root && root.TryGetProperty("stream_options", out var options) && options.ValueKind == JsonValueKind.Object
        && options.TryGetProperty("include_usage", out var usage) && usage.ValueKind == JsonValueKind.True;

    public void Add(string name, string value)
    {
        _headers.Add(new(name, value));
        if (name.Equals("content-length", StringComparison.OrdinalIgnoreCase))
        {
            ContentLength = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture);
        }

        IsChunked |= name.Equals("transfer-encoding", StringComparison.OrdinalIgnoreCase) && value.EndsWith("chunked", StringComparison.OrdinalIgnoreCase);
    }

    public string? Header(string name) =>
        _headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>Takes a leading <c>/~…</c> segment off the target.</summary>
    public void TakePathScript()
    {
        if (!Target.StartsWith("/~", StringComparison.Ordinal))
        {
            return;
        }

        var end = Target.IndexOf('/', 1);
        PathScript = Uri.UnescapeDataString(end < 0 ? Target[2..] : Target[2..end]);
        Target = end < 0 ? "/" : Target[end..];
    }

    /// <summary>The body's root object; <see langword="null"/>: it is not one.</summary>
    public JsonElement? Json()
    {
        if (_json is null)
        {
            try
            {
                _json = JsonDocument.Parse(Body.Length == 0 ? "null"u8.ToArray() : Body);
            }
            catch (JsonException)
            {
                _json = JsonDocument.Parse("null");
            }
        }

        return _json.RootElement.ValueKind == JsonValueKind.Object ? _json.RootElement : null;
    }

    // Bedrock's: /model/{id}/converse. Google's: /v1beta/models/name:method.
    private string? ModelOfPath()
    {
        if (Path.Split('/') is [.., "model", var id, _])
        {
            return Uri.UnescapeDataString(id);
        }

        var end = Path.LastIndexOf(':');
        return end < 0 ? null : Uri.UnescapeDataString(Path[(Path.LastIndexOf('/', end) + 1)..end]);
    }

    private string? Text(string name) =>
        Json() is { } root && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
