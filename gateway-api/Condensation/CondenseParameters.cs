using System.Text.Json;
using ProxyCluster.Core.Condensation;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>What <c>POST /v1/context/condense</c> is asked besides the messages.</summary>
/// <param name="Strategy">How.</param>
/// <param name="MaxTokens">Tokens of the result at most.</param>
/// <param name="Query">What the reader wants to know; <see langword="null"/>: the last user message says it.</param>
internal sealed record CondenseParameters(CondensationStrategy Strategy, int MaxTokens, string? Query)
{
    private const int DefaultTokens = 512; // SPEC section 4
    private const int MostTokens = 100_000_000;

    /// <summary>Reads them.</summary>
    /// <param name="body">That the request scanner has taken, without halves of surrogate pairs.</param>
    /// <param name="standard">The strategy where none is named.</param>
    /// <param name="parameters">What was read.</param>
    /// <returns>Why they are refused; <see langword="null"/>: they are read.</returns>
    public static Refusal? Read(ReadOnlyMemory<byte> body, CondensationStrategy standard, out CondenseParameters? parameters)
    {
        parameters = null;
        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 1000 });
        var fields = new FieldReader();
        var name = fields.OptionalText(document.RootElement, "strategy");
        var tokens = (int)(fields.Whole(document.RootElement, "max_tokens", 1, MostTokens) ?? DefaultTokens);
        var query = fields.OptionalText(document.RootElement, "query");
        if (fields.Fault is not null)
        {
            return fields.Fault;
        }

        name ??= StrategyNames.Of(standard);
        if (StrategyNames.Find(name) is not { } strategy)
        {
            return StrategyNames.Unknown(name, "strategy");
        }

        parameters = new CondenseParameters(strategy, tokens, string.IsNullOrWhiteSpace(query) ? null : query);
        return null;
    }
}
