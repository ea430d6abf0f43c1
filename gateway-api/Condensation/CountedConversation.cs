using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>
/// A request's conversation, read and counted once for each way of counting, whichever of those that count alike is asked
/// next. Attempts that run at the same time share it. It is forgotten as soon as a provider answers: answers may take minutes.
/// </summary>
internal sealed class CountedConversation
{
    private readonly Lock _gate = new();
    private readonly List<(TokenRules Tokens, LayoutReading Reading)> _readings = [];

    /// <summary>The conversation as it was read; <see langword="null"/>: nobody has read it so far.</summary>
    /// <param name="tokens">How it is counted.</param>
    public LayoutReading? Found(in TokenRules tokens)
    {
        lock (_gate)
        {
            return Find(tokens);
        }
    }

    /// <summary>The conversation, read where it has not been.</summary>
    /// <param name="request">The request.</param>
    /// <param name="tokens">How it is counted.</param>
    public LayoutReading Read(InferenceRequest request, in TokenRules tokens)
    {
        lock (_gate)
        {
            if (Find(tokens) is { } found)
            {
                return found;
            }

            var reading = ConversationReader.Read(request.Body, request.Operation, tokens);
            _readings.Add((tokens, reading));
            return reading;
        }
    }

    /// <summary>Lets go of all of it.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _readings.Clear();
        }
    }

    private LayoutReading? Find(TokenRules tokens)
    {
        foreach (var (counted, reading) in _readings)
        {
            if (counted == tokens)
            {
                return reading;
            }
        }

        return null;
    }
}
