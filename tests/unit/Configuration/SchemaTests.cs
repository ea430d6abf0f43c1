using System.Text.Json;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Unit.Configuration;

public sealed class SchemaTests
{
    [Fact]
    public void Schema_AsShipped_IsTheOneTheOptionsMake()
    {
        var shipped = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "docs", "proxycluster.schema.json"));

        // Renew it with: dotnet run --project silo -- config schema > docs/proxycluster.schema.json
        Assert.Equal(ConfigurationSchema.Generate(OptionDocumentation.OfThisBuild()), shipped);
    }

    [Fact]
    public void Schema_OfEachSetting_HasADescription()
    {
        using var schema = JsonDocument.Parse(ConfigurationSchema.Generate(OptionDocumentation.OfThisBuild()));

        foreach (var property in schema.RootElement.GetProperty("properties").EnumerateObject())
        {
            Assert.True(property.Value.TryGetProperty("description", out _), property.Name);
        }
    }
}
