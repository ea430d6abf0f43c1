using ProxyCluster.Tests.Http.Recordings;

namespace ProxyCluster.Tests.Http.RoundTrip;

/// <summary>A maker's own client.</summary>
internal abstract class RoundTripClient
{
    public static RoundTripClient Of(Inbound inbound, Uri gateway) => inbound switch
    {
        Inbound.Chat => new ChatRoundTripClient(gateway),
        Inbound.Responses => new ResponsesRoundTripClient(gateway),
        _ => new MessagesRoundTripClient(gateway),
    };

    /// <summary>The client's exceptions for 429 and 400.</summary>
    public abstract (string Limited, string Rejected) Exceptions { get; }

    /// <summary>Asks and takes the answer.</summary>
    public abstract Task<Heard> AskAsync(Question question, CancellationToken cancel);

    /// <summary>Asks what must fail.</summary>
    public abstract Task<Complaint> FailAsync(Question question, CancellationToken cancel);

    /// <summary>Follows a stream as far as it goes, as an application does that looks at how it ends.</summary>
    /// <returns>What was said, and whether the client would take it for all.</returns>
    public abstract Task<(string Text, bool IsComplete)> FollowAsync(Question question, CancellationToken cancel);
}
