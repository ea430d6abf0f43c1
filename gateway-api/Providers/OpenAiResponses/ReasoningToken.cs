using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.OpenAiResponses;

/// <summary>
/// Carries an encrypted reasoning item through another dialect as one text: the provider takes it back only together with
/// the item's id. Marked, so that another provider's signature is never sent to this one.
/// </summary>
internal static class ReasoningToken
{
    private const string Mark = ThoughtSignature.OpenAi;

    /// <summary>The token of a <c>reasoning</c> item; <see langword="null"/>: nothing is encrypted.</summary>
    public static string? Of(JsonElement item) =>
        item.GetText("encrypted_content") is { Length: > 0 } content && item.GetText("id") is { Length: > 0 } id && !id.Contains('.', StringComparison.Ordinal)
            ? $"{Mark}{id}.{content}"
            : null;

    /// <summary>Takes a token apart.</summary>
    /// <returns><see langword="false"/> when it is another provider's.</returns>
    public static bool TryParse(string? token, out string id, out string content)
    {
        id = content = "";
        if (token is null || !token.StartsWith(Mark, StringComparison.Ordinal))
        {
            return false;
        }

        var dot = token.IndexOf('.', Mark.Length);
        if (dot <= Mark.Length || dot == token.Length - 1)
        {
            return false;
        }

        id = token[Mark.Length..dot];
        content = token[(dot + 1)..];
        return true;
    }
}
