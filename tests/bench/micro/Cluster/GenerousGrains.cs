using System.Reflection;
using ProxyCluster.GrainInterfaces.Budgets;
using ProxyCluster.GrainInterfaces.RateLimiting;

namespace ProxyCluster.Bench.Micro.Cluster;

/// <summary>A cluster of limiters and budgets that give plenty, at once. Nobody else may be asked.</summary>
public class GenerousGrains : DispatchProxy
{
    private readonly GenerousBudget _budget = new();
    private GenerousLimiter? _limiter;

    /// <summary>Makes one.</summary>
    /// <param name="leaseTokens">Requests of each lease.</param>
    public static IGrainFactory Of(int leaseTokens)
    {
        var grains = Create<IGrainFactory, GenerousGrains>();
        ((GenerousGrains)grains)._limiter = new GenerousLimiter(leaseTokens);
        return grains;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var asked = targetMethod?.GetGenericArguments().FirstOrDefault();
        return asked == typeof(IRateLimiterGrain) ? _limiter
            : asked == typeof(IBudgetGrain) ? _budget
            : throw new InvalidOperationException($"The cluster was asked for {asked}.");
    }
}
