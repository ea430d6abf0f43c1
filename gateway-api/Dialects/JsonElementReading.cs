using System.Text.Json;

namespace ProxyCluster.GatewayApi.Dialects;

/// <summary>Reads members that may be missing, null or of another kind, as OpenAI's clients send them.</summary>
internal static class JsonElementReading
{
    /// <summary>A member's value, if the element is an object that has it and it is not null.</summary>
    public static bool TryGetValue(this JsonElement element, string name, out JsonElement value)
    {
        if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null)
        {
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>A member's text; <see langword="null"/>: there is none.</summary>
    public static string? GetText(this JsonElement element, string name) =>
        element.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A member's whole number, at most <see cref="JsonText.MostCount"/>; 0: there is none.</summary>
    public static long GetCount(this JsonElement element, string name) =>
        element.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var count)
            ? Math.Clamp(count, 0, JsonText.MostCount)
            : 0;
}
