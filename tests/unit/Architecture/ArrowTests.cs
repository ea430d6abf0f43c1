using System.Reflection;

namespace ProxyCluster.Tests.Unit.Architecture;

/// <summary>The arrows between layers (docs/adr/0001): core ← grain-interfaces ← grains, gateway-api ← silo, and extensions ← gateway-api.</summary>
public sealed class ArrowTests
{
    private const string Core = "ProxyCluster.Core";
    private const string GrainInterfaces = "ProxyCluster.GrainInterfaces";
    private const string Grains = "ProxyCluster.Grains";
    private const string GatewayApi = "ProxyCluster.GatewayApi";
    private const string Silo = "ProxyCluster.Silo";
    private const string Extensions = "ProxyCluster.Extensions";

    public static TheoryData<string, string[]> Arrows => new()
    {
        { Core, [] },
        { Extensions, [] },
        { GrainInterfaces, [Core] },
        { Grains, [Core, GrainInterfaces] },
        { GatewayApi, [Core, GrainInterfaces, Extensions] },
        { Silo, [Core, GrainInterfaces, Grains, GatewayApi, Extensions] },
    };

    [Theory]
    [MemberData(nameof(Arrows))]
    public void Layer_ReferencesOurOwnLayers_OnlyAlongTheArrows(string layer, string[] allowed)
    {
        var references = References(layer).Where(name => name.StartsWith("ProxyCluster.", StringComparison.Ordinal));

        Assert.Empty(references.Except(allowed));
    }

    [Fact]
    public void Core_KnowsNeitherGrainsNorHostsNorHttp()
    {
        string[] forbidden = ["Microsoft.AspNetCore", "Microsoft.Extensions.Hosting", "Orleans.Core", "Orleans.Runtime", "Orleans.Server", "System.Net.Http"];

        var found = References(Core).Where(name => forbidden.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)));

        Assert.Empty(found);
    }

    [Fact]
    public void Grains_KnowNeitherAspNetCoreNorRedis()
    {
        string[] forbidden = ["Microsoft.AspNetCore", "StackExchange.Redis", "Microsoft.Data.Sqlite"];

        var found = References(Grains).Where(name => forbidden.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)));

        Assert.Empty(found);
    }

    [Fact]
    public void Extensions_BringNothingAlong_ThatAnExtensionWouldNotWantAnyway()
    {
        var found = References(Extensions).Where(static name => !name.StartsWith("System.", StringComparison.Ordinal));

        Assert.Equal(["Microsoft.Extensions.AI.Abstractions", "Microsoft.Extensions.Logging.Abstractions"], found.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(Core)]
    [InlineData(Extensions)]
    [InlineData(GrainInterfaces)]
    [InlineData(Grains)]
    [InlineData(GatewayApi)]
    [InlineData(Silo)]
    public void Class_OfEveryLayer_IsSealedStaticOrAbstract(string layer)
    {
        var open = Assembly.Load(layer).GetTypes()
            .Where(type => type is { IsClass: true, IsSealed: false, IsAbstract: false })
            .Where(type => type.Namespace?.StartsWith("ProxyCluster.", StringComparison.Ordinal) == true)
            .Where(type => !type.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute), inherit: false))
            .Select(type => type.FullName);

        Assert.Empty(open);
    }

    private static IEnumerable<string> References(string layer) =>
        Assembly.Load(layer).GetReferencedAssemblies().Select(name => name.Name!);
}
