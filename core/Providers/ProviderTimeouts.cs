using Orleans;

namespace ProxyCluster.Core.Providers;

/// <summary>How long a provider may take. Defaults: SPEC section 2.</summary>
/// <param name="Connect">Name look-up, TCP and TLS together.</param>
/// <param name="FirstToken">From the request's last byte to the first content event of a stream.</param>
/// <param name="Idle">Between two events of a stream.</param>
/// <param name="Total">The whole answer, all attempts of this provider included.</param>
[GenerateSerializer, Immutable, Alias("pc.provider-timeouts")]
public readonly record struct ProviderTimeouts(
    [property: Id(0)] TimeSpan Connect,
    [property: Id(1)] TimeSpan FirstToken,
    [property: Id(2)] TimeSpan Idle,
    [property: Id(3)] TimeSpan Total)
{
    /// <summary>What a model that thinks first gets, where nothing else is said: 180 s.</summary>
    public static readonly TimeSpan DefaultReasoning = TimeSpan.FromSeconds(180);

    /// <summary>Tokens a second that a provider writes at the least; one that is slower is given up like one that is silent.</summary>
    public const int SlowestAnswer = 5;

    /// <summary>Tokens a second that a provider reads at the least, before it writes.</summary>
    public const int SlowestPrompt = 1000;

    /// <summary>10 s to connect, 30 s to the first event and between events, 600 s in all.</summary>
    public static ProviderTimeouts Default { get; } = new(
        TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(600));

    /// <summary>
    /// In place of <see cref="FirstToken"/> and <see cref="Idle"/> for models that think before they answer, where it is
    /// longer; zero, as stored before there was such a limit: <see cref="DefaultReasoning"/>.
    /// </summary>
    [Id(4)] public TimeSpan Reasoning { get; init; }

    /// <summary>From the request to the first byte of a whole answer; zero: by the request's size.</summary>
    [Id(5)] public TimeSpan Answer { get; init; }

    /// <summary>The limits for a model.</summary>
    /// <param name="isReasoning">Whether it thinks before it answers.</param>
    public ProviderTimeouts For(bool isReasoning)
    {
        if (!isReasoning)
        {
            return this;
        }

        var thinking = Reasoning > TimeSpan.Zero ? Reasoning : DefaultReasoning;
        return this with
        {
            FirstToken = Longer(FirstToken, thinking),
            Idle = Longer(Idle, thinking),
            Answer = Answer > TimeSpan.Zero ? Longer(Answer, thinking) : Answer,
        };
    }

    /// <summary>
    /// From the request to the first byte of a whole answer. Most providers send it when the answer is complete, so that
    /// it is the time to the first token and that of all tokens that may be asked for, at a speed below any that one would wait for.
    /// </summary>
    /// <param name="promptTokens">Estimated.</param>
    /// <param name="answerTokens">The most that the answer may have; <see langword="null"/>: nobody knows, and only <see cref="Total"/> counts.</param>
    public TimeSpan ToFirstByte(int promptTokens, int? answerTokens)
    {
        if (Answer > TimeSpan.Zero)
        {
            return Shorter(Answer, Total);
        }

        return answerTokens is { } tokens
            ? Shorter(FirstToken + TimeSpan.FromSeconds(((double)promptTokens / SlowestPrompt) + ((double)tokens / SlowestAnswer)), Total)
            : Total;
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
