using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>How a request goes to a provider, so that it fits.</summary>
/// <param name="Request">What the provider is asked; <see langword="null"/>: refused.</param>
/// <param name="Refusal">Why it does not go; <see langword="null"/>: it goes.</param>
/// <param name="Figures">What was condensed; <see langword="null"/>: nothing.</param>
internal sealed record ContextFit(InferenceRequest? Request, Refusal? Refusal, CondensedFigures? Figures)
{
    /// <summary>Whether another provider could take the request.</summary>
    public bool TryAnother { get; init; } = true;

    /// <summary>It goes as it came.</summary>
    public static ContextFit AsItIs(InferenceRequest request) => new(request, null, null);

    /// <summary>It does not go.</summary>
    public static ContextFit Refused(Refusal refusal) => new(null, refusal, null);
}

/// <summary>What a conversation must fit: the same for candidates that have the same tokenizer and context.</summary>
/// <param name="Counter">The model's tokenizer.</param>
/// <param name="Strategy">How it is condensed where it does not fit.</param>
/// <param name="Context">The model's context in tokens; 0: not known.</param>
/// <param name="Answer">What of it is for the answer.</param>
/// <param name="Cap">Tokens of the messages at most; 0: the context alone decides.</param>
/// <param name="IsCapHard">Whether the client has set the cap, which then counts whatever must stay.</param>
internal readonly record struct ContextRoom(TokenCounter Counter, CondensationStrategy Strategy, int Context, int Answer, int Cap, bool IsCapHard)
{
    /// <summary>How the beginning is to stay the same from turn to turn; <see langword="null"/>: it is not.</summary>
    public RollingOptions? Rolling { get; init; }

    /// <summary>Whether <see cref="Context"/> is a default that nobody has stated: it is condensed to, and refuses nothing.</summary>
    public bool IsContextAssumed { get; init; }

    /// <summary>The model's context in tokens as far as somebody has stated it; 0: not known.</summary>
    public int ToldContext => IsContextAssumed ? 0 : Context;

    // No family's estimate is further above what o200k counts, and that has no more tokens than bytes.
    private const double MostTokensPerByte = 1.5;

    /// <summary>Tokens that the prompt may take; without a known context any number.</summary>
    public int Prompt => Context == 0 ? int.MaxValue : Math.Max(0, Context - Answer);

    /// <summary>Whether a body this long fits for certain, however it is counted.</summary>
    public bool HoldsAll(int bytes) => Cap == 0 && bytes * (Counter.IsExact ? 1 : MostTokensPerByte) <= Prompt;

    /// <summary>Tokens that the messages may take by the context alone.</summary>
    /// <param name="fixedTokens">What the model reads beside them.</param>
    public int MessagesByContext(int fixedTokens) => Math.Max(0, Prompt - fixedTokens);

    /// <summary>Tokens that the messages may take.</summary>
    /// <param name="fixedTokens">What the model reads beside them.</param>
    public int Messages(int fixedTokens) => Math.Min(Cap == 0 ? int.MaxValue : Cap, MessagesByContext(fixedTokens));
}

/// <summary>What a request's conversation was found to need. Attempts that run at the same time share it.</summary>
/// <param name="wish">What the client asks for; <see langword="null"/>: nothing.</param>
internal sealed class ExchangeCondensation(CondenseWish? wish)
{
    // One reference, so that what is read is never half of two.
    private Finding? _last;

    /// <summary>What the client asks for.</summary>
    public CondenseWish? Wish => wish;

    /// <summary>What was last found; <see langword="null"/>: nothing yet, or for another room.</summary>
    public ContextFit? Found(in ContextRoom room, string target) => _last is { } last && last.Target == target && last.Room == room ? last.Fit : null;

    /// <summary>Remembers what was found.</summary>
    public void Remember(in ContextRoom room, string target, ContextFit fit) => _last = new Finding(room, target, fit);

    private sealed record Finding(ContextRoom Room, string Target, ContextFit Fit);
}
