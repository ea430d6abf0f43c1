using ProxyCluster.Core.Providers;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>How long an attempt may wait until its provider says anything: a silent provider is to be given up, one that writes a long answer is not.</summary>
internal static class FirstByteLimit
{
    /// <summary>From the request to the first content of a stream, or to the first byte of any other answer.</summary>
    /// <param name="form">As the provider is asked.</param>
    /// <param name="entry">The provider's entry that serves it.</param>
    /// <param name="timeouts">Of the provider and that model.</param>
    public static TimeSpan Of(InferenceRequest form, ModelDefinition entry, in ProviderTimeouts timeouts) =>
        form.Stream ? timeouts.FirstToken : timeouts.ToFirstByte(form.EstimatedPromptTokens, MostTokens(form, entry));

    // An answer that is not made of tokens, such as a picture or a text read aloud, takes nobody knows how long.
    private static int? MostTokens(InferenceRequest form, ModelDefinition entry)
    {
        if (form.Operation is InferenceOperation.Embeddings or InferenceOperation.CountTokens)
        {
            return 0;
        }

        if (form.Operation.IsPassThrough())
        {
            return null;
        }

        return (form.MaxOutputTokens, entry.MaxOutputTokens) switch
        {
            (0, 0) => null,
            (0, var most) => Together(most, form.Choices),
            (var wanted, 0) => Together(wanted, form.Choices),
            var (wanted, most) => Together(Math.Min(wanted, most), form.Choices),
        };
    }

    // Some providers write one choice after the other.
    private static int Together(int tokens, int choices) => (int)Math.Min((long)tokens * choices, int.MaxValue);
}
