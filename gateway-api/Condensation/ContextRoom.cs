using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.GatewayApi.Condensation;

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

    /// <summary>How the model counts images.</summary>
    public ImageTokens Images { get; init; } = ImageTokens.Unknown;

    /// <summary>The longest answer that the model can give, in tokens; 0: the client has set a limit of its own.</summary>
    public int LongestAnswer { get; init; }

    /// <summary>How the model counts.</summary>
    public TokenRules Tokens => new(Counter, Images);

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

    /// <summary>What is left of the context for the answer, where a model that can say more would be refused for it; 0: it has no such need.</summary>
    /// <param name="promptTokens">What the model reads, at most.</param>
    public int AnswerRoom(int promptTokens) =>
        LongestAnswer > 0 && Context > 0 && (long)promptTokens + LongestAnswer > Context ? Math.Max(Answer, Context - promptTokens) : 0;

    /// <summary>Tokens that the messages may take by the context alone.</summary>
    /// <param name="fixedTokens">What the model reads beside them.</param>
    public int MessagesByContext(int fixedTokens) => Math.Max(0, Prompt - fixedTokens);

    /// <summary>Tokens that the messages may take.</summary>
    /// <param name="fixedTokens">What the model reads beside them.</param>
    public int Messages(int fixedTokens) => Math.Min(Cap == 0 ? int.MaxValue : Cap, MessagesByContext(fixedTokens));
}
