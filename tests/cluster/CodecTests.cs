using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization.Serializers;
using ProxyCluster.GrainInterfaces.Providers;
using ProxyCluster.Tests.Cluster.Support;

namespace ProxyCluster.Tests.Cluster;

/// <summary>
/// A plain class as a parameter compiles and fails at run time. Each type that crosses the wire, and each member of it,
/// must have a codec.
/// </summary>
public sealed class CodecTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    public static TheoryData<string> Methods()
    {
        var data = new TheoryData<string>();
        foreach (var method in WireMethods())
        {
            data.Add(Name(method));
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void GrainMethod_ParametersAndResult_HaveCodecs(string name)
    {
        var codecs = fixture.Cluster.Client.ServiceProvider.GetRequiredService<ICodecProvider>();
        var method = WireMethods().Single(m => Name(m) == name);
        var types = method.GetParameters().Select(p => p.ParameterType).Append(method.ReturnType).SelectMany(Payload).Distinct().ToList();

        var missing = types.SelectMany(t => Reachable(t)).Distinct().Where(t => codecs.TryGetCodec(t) is null).Select(t => t.FullName);

        Assert.Empty(missing);
    }

    [Fact]
    public void Walk_OverThisRelease_FindsEveryGrainInterface() =>
        Assert.True(WireMethods().Select(m => m.DeclaringType).Distinct().Count() >= 4, "The walk found too few interfaces to prove anything.");

    private static IEnumerable<MethodInfo> WireMethods() =>
        typeof(IProviderGrain).Assembly.GetTypes()
            .Where(t => t.IsInterface && typeof(IAddressable).IsAssignableFrom(t))
            .SelectMany(t => t.GetMethods());

    private static string Name(MethodInfo method) => $"{method.DeclaringType!.Name}.{method.Name}";

    private static IEnumerable<Type> Payload(Type type)
    {
        if (type == typeof(Task) || type == typeof(ValueTask) || type == typeof(void) || type == typeof(CancellationToken))
        {
            return [];
        }

        return type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(Task<>) || type.GetGenericTypeDefinition() == typeof(ValueTask<>))
            ? type.GetGenericArguments()
            : [type];
    }

    private static HashSet<Type> Reachable(Type root)
    {
        var seen = new HashSet<Type>();
        var open = new Stack<Type>([root]);
        while (open.TryPop(out var type))
        {
            if (!seen.Add(type))
            {
                continue;
            }

            foreach (var argument in type.GetGenericArguments())
            {
                open.Push(argument);
            }

            if (type.Namespace?.StartsWith("ProxyCluster", StringComparison.Ordinal) != true)
            {
                continue;
            }

            foreach (var member in type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(p => p.GetCustomAttribute<IdAttribute>() is not null))
            {
                open.Push(member.PropertyType);
            }
        }

        return seen;
    }
}
