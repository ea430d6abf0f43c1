namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>How an entry of <c>Hooks</c> applies.</summary>
/// <param name="Name">For metrics and logs.</param>
/// <param name="Models">Names of models, or patterns with one trailing <c>*</c>; empty: all.</param>
/// <param name="OnRequests">It judges requests.</param>
/// <param name="OnAnswers">It judges answers.</param>
/// <param name="IsOpen">What it cannot judge passes.</param>
/// <param name="Timeout">For one verdict.</param>
internal sealed record HookEntrySettings(string Name, IReadOnlyList<string> Models, bool OnRequests, bool OnAnswers, bool IsOpen, TimeSpan Timeout)
{
    public bool IsFor(string model) => Models.Count == 0 || Models.Any(
        pattern => pattern.EndsWith('*') ? model.StartsWith(pattern[..^1], StringComparison.Ordinal) : model == pattern);
}
