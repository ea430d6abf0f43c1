using System.Buffers;
using System.Text;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Responses;

namespace ProxyCluster.GatewayApi.Providers.OpenAiResponses;

/// <summary>
/// The items that a client of Responses sends to a provider that speaks it too. Thoughts that the gateway wrote as items,
/// for answers of other providers, are unknown to it: it can neither open their content nor find them by their id.
/// </summary>
internal static class ResponsesHistory
{
    private static readonly SearchValues<byte> Hex = SearchValues.Create("0123456789abcdef"u8);

    /// <summary>Whether there are such items: a look at the bytes, since in nearly all requests there are none.</summary>
    public static bool HasForeignThoughts(ReadOnlySpan<byte> body)
    {
        for (var rest = body; rest.IndexOf("\"encrypted_content\""u8) is >= 0 and var place;)
        {
            rest = rest[(place + "\"encrypted_content\"".Length)..];
            if (rest.TrimStart(" \t\r\n:"u8) is [(byte)'"', .. var text] && ThoughtSignature.IsMarked(text))
            {
                return true;
            }
        }

        for (var rest = body; rest.IndexOf("\"rs_"u8) is >= 0 and var place;)
        {
            rest = rest[(place + 1)..];
            if (rest.IndexOf((byte)'"') is > 0 and var end && IsOfGateway(rest[..end]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The request without them; <see langword="null"/>: it cannot be read, and goes on as it is.</summary>
    /// <param name="body">JSON without fault.</param>
    /// <param name="model">The provider's name of the model.</param>
    /// <param name="notes">Takes what is left out.</param>
    public static HttpContent? Without(ReadOnlyMemory<byte> body, string model, TranslationNotes notes) => NativeBody.Write(body, model, (member, json) =>
    {
        if (!member.NameEquals("input"u8) || member.Value.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        json.WriteStartArray("input"u8);
        foreach (var item in member.Value.EnumerateArray())
        {
            if (IsForeign(item))
            {
                notes.Dropped("input.reasoning");
            }
            else
            {
                JsonText.Copy(item, json);
            }
        }

        json.WriteEndArray();
        return true;
    });

    private static bool IsForeign(JsonElement item)
    {
        if (item.GetText("type") is not ("reasoning" or "item_reference"))
        {
            return false;
        }

        return item.GetText("encrypted_content") is { Length: > 0 } content
            ? ThoughtSignature.IsMarked(Encoding.UTF8.GetBytes(content))
            : item.GetText("id") is { } id && IsOfGateway(Encoding.UTF8.GetBytes(id));
    }

    private static bool IsOfGateway(ReadOnlySpan<byte> id) => id.Length == ResponsesItem.ReasoningIdLength && !id["rs_".Length..].ContainsAnyExcept(Hex);
}
