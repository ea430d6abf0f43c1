using System.Reflection;

namespace ProxyCluster.Tests.Unit.Security;

/// <summary>A cluster of grains that a test has put there, by interface and key.</summary>
public class StubGrainFactory : DispatchProxy
{
    private readonly Dictionary<(Type, string), IGrain> _grains = [];

    /// <summary>Makes the grain for a key that was not put there; <see langword="null"/>: there is none.</summary>
    public Func<Type, string, IGrain?> Missing { get; set; } = (_, _) => null;

    public static (IGrainFactory Factory, StubGrainFactory Stub) Create()
    {
        var factory = Create<IGrainFactory, StubGrainFactory>();
        return (factory, (StubGrainFactory)(object)factory);
    }

    public void Put<T>(object key, T grain)
        where T : IGrain => _grains[(typeof(T), key.ToString()!)] = grain;

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod is not { Name: "GetGrain", IsGenericMethod: true })
        {
            throw new NotSupportedException($"The test's cluster has no {targetMethod?.Name}.");
        }

        var type = targetMethod.GetGenericArguments()[0];
        var key = args![0]!.ToString()!;
        if (_grains.TryGetValue((type, key), out var grain))
        {
            return grain;
        }

        grain = Missing(type, key) ?? throw new NotSupportedException($"The test's cluster has no {type.Name} '{key}'.");
        _grains[(type, key)] = grain;
        return grain;
    }
}
