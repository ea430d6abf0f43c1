namespace ProxyCluster.Extensions.Routing;

/// <summary>
/// A rule of one's own by which a provider is chosen. The gateway has left out who cannot be asked; one instance serves
/// every request, many at a time, in the path of each of them: it must not wait for anything, and should allocate nothing.
/// </summary>
/// <remarks>
/// What throws, chooses nobody or takes over 100 ms has failed: the request goes on by <c>intelligent</c>. While 16 calls
/// have not returned, it is not asked.
/// </remarks>
public abstract class RoutingStrategy
{
    /// <summary>Chooses. It is also asked to explain, where nothing is sent: what it remembers of choices counts those too.</summary>
    /// <param name="choice">At least two candidates.</param>
    /// <returns>The place of the one to ask in <see cref="RoutingChoice.Candidates"/>.</returns>
    public abstract int Choose(in RoutingChoice choice);
}
