using System.Globalization;
using ProxyCluster.Core.Condensation;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>What a client asks for by <c>x-proxy-condense: strategy[; max_tokens=N]</c>.</summary>
/// <param name="Strategy">How; <see langword="null"/>: not at all (<c>off</c>).</param>
/// <param name="MaxTokens">Tokens of the conversation at most; 0: as many as its model takes.</param>
internal sealed record CondenseWish(CondensationStrategy? Strategy, int MaxTokens)
{
    /// <summary>The header.</summary>
    public const string Header = "x-proxy-condense";

    private const string Parameter = "max_tokens=";

    /// <summary>Reads the header.</summary>
    /// <param name="headers">The request's.</param>
    /// <param name="wish">What is asked for; <see langword="null"/>: nothing is.</param>
    /// <returns>Why it is refused; <see langword="null"/>: it is not.</returns>
    public static Refusal? Read(IHeaderDictionary headers, out CondenseWish? wish)
    {
        wish = null;
        var sent = headers[Header];
        return sent.Count switch
        {
            0 => null,
            1 => Read(sent[0], out wish),
            _ => Malformed(),
        };
    }

    private static Refusal? Read(ReadOnlySpan<char> text, out CondenseWish? wish)
    {
        wish = null;
        var end = text.IndexOf(';');
        var name = (end < 0 ? text : text[..end]).Trim();
        var rest = end < 0 ? default : text[(end + 1)..].Trim();
        if (name is "off")
        {
            wish = new CondenseWish(null, 0);
            return rest.IsEmpty ? null : Malformed();
        }

        if (StrategyNames.Find(name) is not { } strategy)
        {
            return StrategyNames.Unknown(name, Header);
        }

        var tokens = 0;
        if (!rest.IsEmpty && !(rest.StartsWith(Parameter, StringComparison.Ordinal)
            && int.TryParse(rest[Parameter.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out tokens) && tokens > 0))
        {
            return Malformed();
        }

        wish = new CondenseWish(strategy, tokens);
        return null;
    }

    private static Refusal Malformed() => Refusals.InvalidValue(
        Header, $"The header '{Header}' must be 'off', or a strategy, and may say '; max_tokens=N' after it, a whole number from 1.");
}
