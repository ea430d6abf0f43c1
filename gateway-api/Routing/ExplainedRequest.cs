using System.Text.Json;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>
/// Reads what <c>POST /v1/routing/explain</c> is to explain: a request of any route as it would be sent there, or a model
/// alone, with the fields that the choice depends on. <c>?route=</c> names the route where its body does not tell.
/// </summary>
internal static class ExplainedRequest
{
    /// <summary>Reads a body.</summary>
    /// <param name="body">As it came.</param>
    /// <param name="route">The route's name as metrics have it; <see langword="null"/>: not said.</param>
    /// <param name="limits">Those in force.</param>
    /// <param name="names">Gives strings for models' names.</param>
    public static RequestReading Read(ReadOnlyMemory<byte> body, string? route, InputLimitOptions limits, ModelNames names)
    {
        InferenceOperation? named = null;
        if (route is not null)
        {
            named = GatewayMetrics.OperationOf(route);
            if (named is null or InferenceOperation.Explain or InferenceOperation.Condense)
            {
                return Refusals.InvalidValue("route", "There is no such route. Name it as chat_completions, messages, responses, completions, embeddings …");
            }
        }

        if (ReadHints(body, limits, out var hints) is { } unfit)
        {
            return unfit;
        }

        var operation = named ?? hints.Operation;
        var isBare = hints.IsObject && (!hints.HasInput || operation.IsForm());
        var scanned = isBare ? WithInput(body.Span) : body;
        if (RequestScanner.Scan(scanned, isBare || operation.IsForm() ? InferenceOperation.ChatCompletions : operation, limits, names, out var request) is { } refusal)
        {
            return refusal;
        }

        var required = request!.Required | hints.Capabilities;
        return new RequestReading(
            request with
            {
                PromptTokens = hints.PromptTokens ?? (isBare ? 0 : null),
                Required = isBare && (named ?? hints.Operation).Capability() is var own and not ModelCapabilities.Chat
                    ? (required & ~ModelCapabilities.Chat) | own
                    : required,
            },
            null);
    }

    // What is not JSON is left to the scanner, which says where.
    private static Refusal? ReadHints(ReadOnlyMemory<byte> body, InputLimitOptions limits, out Hints hints)
    {
        hints = default;
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = limits.MaxJsonDepth });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            hints.IsObject = true;
            hints.Operation = OperationOf(root);
            hints.HasInput = root.TryGetProperty("messages"u8, out _) || root.TryGetProperty("input"u8, out _) || root.TryGetProperty("prompt"u8, out _);
            return ReadPromptTokens(root, ref hints) ?? ReadCapabilities(root, ref hints);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static InferenceOperation OperationOf(in JsonElement root) =>
        root.TryGetProperty("messages"u8, out _)
            ? root.TryGetProperty("system"u8, out _) ? InferenceOperation.Messages : InferenceOperation.ChatCompletions
        : root.TryGetProperty("input"u8, out _)
            ? root.TryGetProperty("encoding_format"u8, out _) || root.TryGetProperty("dimensions"u8, out _) ? InferenceOperation.Embeddings : InferenceOperation.Responses
        : root.TryGetProperty("prompt"u8, out _) ? InferenceOperation.Completions
        : InferenceOperation.ChatCompletions;

    private static Refusal? ReadPromptTokens(in JsonElement root, ref Hints hints)
    {
        if (!root.TryGetProperty("prompt_tokens"u8, out var told))
        {
            return null;
        }

        if (told.ValueKind != JsonValueKind.Number || !told.TryGetInt32(out var tokens) || tokens < 0)
        {
            return Refusals.InvalidValue("prompt_tokens", "The field 'prompt_tokens' must be a whole number, at least 0.");
        }

        hints.PromptTokens = tokens;
        return null;
    }

    private static Refusal? ReadCapabilities(in JsonElement root, ref Hints hints)
    {
        if (!root.TryGetProperty("capabilities"u8, out var told))
        {
            return null;
        }

        foreach (var name in told.ValueKind == JsonValueKind.Array ? told.EnumerateArray() : default)
        {
            if (name.ValueKind != JsonValueKind.String
                || !Enum.TryParse<ModelCapabilities>(name.GetString(), ignoreCase: true, out var one) || !Enum.IsDefined(one))
            {
                return Refusals.InvalidValue("capabilities", $"There is no such capability. There are: {string.Join(", ", CapabilityNames.All)}.");
            }

            hints.Capabilities |= one;
        }

        return told.ValueKind == JsonValueKind.Array ? null : Refusals.InvalidValue("capabilities", "The field 'capabilities' must be an array of names.");
    }

    // A model alone asks for as little as a chat can.
    private static byte[] WithInput(ReadOnlySpan<byte> body)
    {
        var begin = body.IndexOf((byte)'{') + 1;
        var isEmpty = body[begin..].TrimStart(" \t\r\n"u8) is [(byte)'}', ..];
        return [.. "{\"messages\":[{}]"u8, .. isEmpty ? default : ","u8, .. body[begin..]];
    }

    private record struct Hints(bool IsObject, InferenceOperation Operation, bool HasInput, int? PromptTokens, ModelCapabilities Capabilities);
}
