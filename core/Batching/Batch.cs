namespace ProxyCluster.Core.Batching;

/// <summary>Requests that go in one call.</summary>
/// <param name="Items">In the order in which they came; at least one.</param>
/// <param name="Waited">How long the first of them waited for the others.</param>
/// <param name="AllLeft">Cancelled when nobody waits for the call any more.</param>
public sealed record Batch<TItem>(IReadOnlyList<TItem> Items, TimeSpan Waited, CancellationToken AllLeft);
