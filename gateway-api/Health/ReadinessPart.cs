namespace ProxyCluster.GatewayApi.Health;

/// <summary>One thing that must be so before a process takes traffic. Any number may be registered.</summary>
/// <param name="Name">Shown in the answer of <c>/health/ready</c>.</param>
/// <param name="Fault">What is missing; <see langword="null"/>: nothing. Must not block.</param>
internal sealed record ReadinessPart(string Name, Func<string?> Fault);
