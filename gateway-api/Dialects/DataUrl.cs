namespace ProxyCluster.GatewayApi.Dialects;

/// <summary>A <c>data:</c> URL in base64.</summary>
/// <param name="MediaType">In lower case, without parameters.</param>
/// <param name="Base64">The data, still encoded.</param>
internal readonly record struct DataUrl(string MediaType, ReadOnlyMemory<char> Base64)
{
    /// <summary>The URL.</summary>
    public override string ToString() => $"data:{MediaType};base64,{Base64}";

    /// <summary>Takes a URL apart; the data itself is not decoded.</summary>
    public static bool TryParse(string url, out DataUrl data)
    {
        data = default;
        var comma = url.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0 || !url.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var head = url.AsSpan(5, comma - 5);
        if (!head.EndsWith(";base64", StringComparison.OrdinalIgnoreCase) || comma == url.Length - 1)
        {
            return false;
        }

        var end = head.IndexOf(';');
        data = new DataUrl(head[..end].Trim().ToString().ToLowerInvariant(), url.AsMemory(comma + 1));
        return true;
    }
}
