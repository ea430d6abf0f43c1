using System.Reflection;

namespace ProxyCluster.Bench.Micro.Keys;

/// <summary>A cluster that nobody may ask: what is measured must not need it.</summary>
public class NoGrains : DispatchProxy
{
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        throw new InvalidOperationException("The cluster was asked.");
}
