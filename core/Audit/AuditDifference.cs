using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ProxyCluster.Core.Audit;

/// <summary>What a change changed: hashes of the two documents, and their differences without secrets.</summary>
/// <param name="BeforeHash">SHA-256 in hexadecimal; <see langword="null"/>: there was nothing.</param>
/// <param name="AfterHash">SHA-256 in hexadecimal; <see langword="null"/>: there is nothing.</param>
/// <param name="Text">For example <c>priority: 1 to 3; apiKey: changed</c>; <see langword="null"/>: nothing differs.</param>
public readonly record struct AuditDifference(string? BeforeHash, string? AfterHash, string? Text)
{
    private const int MostChanges = 32;
    private const int MostValueBytes = 64;

    // Values under such names are never shown, whatever they look like: a reference is no secret, but its place may hold one.
    private static readonly string[] SecretNames = ["key", "secret", "token", "password", "credential", "authorization", "pepper", "header", "cookie"];

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64 };

    /// <summary>Compares two JSON documents.</summary>
    /// <param name="before">UTF-8; empty: there was nothing.</param>
    /// <param name="after">UTF-8; empty: there is nothing.</param>
    public static AuditDifference Of(ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> after)
    {
        var (old, now) = (Flatten(before), Flatten(after));
        var changes = new StringBuilder();
        var count = 0;
        foreach (var path in old.Keys.Union(now.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            if (Describe(path, old.GetValueOrDefault(path), now.GetValueOrDefault(path)) is not { } change)
            {
                continue;
            }

            if (count == MostChanges)
            {
                changes.Append("; and more");
                break;
            }

            changes.Append(count++ == 0 ? "" : "; ").Append(change);
        }

        var text = count == 0 ? null : AuditText.Clean(changes.ToString(), AuditText.MostTextBytes);
        return new(HashOf(before), HashOf(after), text);
    }

    private static string? Describe(string path, string? old, string? now)
    {
        if (string.Equals(old, now, StringComparison.Ordinal))
        {
            return null;
        }

        if (IsSecret(path, old ?? now!))
        {
            return old is null ? $"{path}: set" : now is null ? $"{path}: removed" : $"{path}: changed";
        }

        return old is null ? $"{path}: {Show(now!)}" : now is null ? $"{path}: removed" : $"{path}: {Show(old)} to {Show(now)}";
    }

    private static bool IsSecret(string path, string value) =>
        value.StartsWith('"') && Array.Exists(SecretNames, name => path.Contains(name, StringComparison.OrdinalIgnoreCase));

    private static string Show(string value) => AuditText.Clean(value, MostValueBytes);

    private static string? HashOf(ReadOnlyMemory<byte> document) =>
        document.IsEmpty ? null : Convert.ToHexStringLower(SHA256.HashData(document.Span));

    private static SortedDictionary<string, string> Flatten(ReadOnlyMemory<byte> json)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (!json.IsEmpty)
        {
            using var document = JsonDocument.Parse(json, Options);
            Flatten(document.RootElement, "", values);
        }

        return values;
    }

    private static void Flatten(JsonElement element, string path, SortedDictionary<string, string> values)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    Flatten(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}", values);
                }

                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in element.EnumerateArray())
                {
                    Flatten(item, $"{path}[{index++}]", values);
                }

                break;
            case JsonValueKind.Null:
                break;
            default:
                values[path] = element.GetRawText();
                break;
        }
    }
}
