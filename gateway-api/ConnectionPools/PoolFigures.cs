using ProxyCluster.Core.ConnectionPools;

namespace ProxyCluster.GatewayApi.ConnectionPools;

/// <summary>What can be told of one host's connections at this gateway.</summary>
/// <param name="Host">The pool's name.</param>
/// <param name="HttpVersion"><c>1.1</c> or <c>2</c>; <see langword="null"/>: not known yet.</param>
/// <param name="Size">Connections to keep ready.</param>
/// <param name="Limit">Connections that may be open now.</param>
/// <param name="Most">Where the limit ends.</param>
/// <param name="Ready">Connections opened ahead that nobody has used yet.</param>
/// <param name="Open">Connections that requests have used, or are being opened for them.</param>
/// <param name="Waiting">Connections kept back by the limit.</param>
/// <param name="InFlight">Requests at the host.</param>
/// <param name="Use">The last window, with the average of now.</param>
/// <param name="OpenedAhead">Connections opened without a request, since the start.</param>
/// <param name="OpenedOnDemand">Connections opened because a request had none, since the start.</param>
/// <param name="Queued">Connections that the limit has kept back, since the start.</param>
/// <param name="Generations">Handlers that are open; above 1 while old ones drain.</param>
/// <param name="Age">Since the current generation took over.</param>
/// <param name="DnsRefreshes">Answers of the name service.</param>
internal sealed record PoolFigures(
    string Host,
    string? HttpVersion,
    int Size,
    int Limit,
    int Most,
    int Ready,
    int Open,
    int Waiting,
    int InFlight,
    PoolUse Use,
    long OpenedAhead,
    long OpenedOnDemand,
    long Queued,
    int Generations,
    TimeSpan Age,
    long DnsRefreshes);
