using System.Text.Json;
using System.Xml.Linq;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Unit.Architecture;

/// <summary>What the product is built of is what was looked at (RELIABILITY S30), and who calls is never what a message says (S26).</summary>
public sealed class SupplyChainTests
{
    private static readonly string Root = RepositoryPaths.Root;

    private static IEnumerable<string> Projects => Files("*.csproj").Where(static file => !file.Contains("samples", StringComparison.Ordinal));

    [Fact]
    public void Projects_AreRestoredByALockWithAHashOfEachPackage()
    {
        Assert.True(Projects.Count() > 10, "The projects were found.");
        Assert.All(Projects, static project =>
        {
            var file = Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json");
            Assert.True(File.Exists(file), $"{project} has no lock.");
            using var locked = JsonDocument.Parse(File.ReadAllText(file));
            var packages = locked.RootElement.GetProperty("dependencies").EnumerateObject()
                .SelectMany(static framework => framework.Value.EnumerateObject())
                .Where(static package => package.Value.GetProperty("type").GetString() != "Project");
            Assert.All(packages, package => Assert.True(
                package.Value.TryGetProperty("contentHash", out var hash) && Convert.FromBase64String(hash.GetString()!).Length == 64, $"{package.Name} of {project} has no hash."));
        });
    }

    [Fact]
    public void Packages_ComeFromOneSource_InVersionsWrittenDownOnce()
    {
        var sources = XDocument.Load(Path.Combine(Root, "nuget.config")).Root!.Element("packageSources")!.Elements().Select(static one => one.Name.LocalName).ToList();
        Assert.Equal(["clear", "add"], sources);

        var central = XDocument.Load(Path.Combine(Root, "Directory.Packages.props"));
        Assert.All(central.Descendants("PackageVersion"), static one =>
            Assert.Matches(@"^(\d+(\.\d+){2,3}(-[a-z]+[.\d]*)?|\$\(\w+Version\))$", (string?)one.Attribute("Version")));
        Assert.All(Projects, static project => Assert.DoesNotContain(
            XDocument.Load(project).Descendants("PackageReference"), static one => one.Attribute("Version") is not null || one.Attribute("VersionOverride") is not null));
    }

    [Fact]
    public void Build_LocksItsPackages_AndLooksForKnownFaultsInAllOfThem()
    {
        var properties = XDocument.Load(Path.Combine(Root, "Directory.Build.props"));

        Assert.Equal(
            ["true", "true", "true", "all"],
            new[] { "RestorePackagesWithLockFile", "RestoreLockedMode", "NuGetAudit", "NuGetAuditMode" }.Select(name => properties.Descendants(name).Single().Value));
    }

    [Fact]
    public void Identity_IsTakenFromNoMessageBetweenSilosAndGateways()
    {
        // Orleans carries such a context from whoever can reach a silo.
        var users = Files("*.cs").Where(static file => !file.Contains($"{Path.DirectorySeparatorChar}tests{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Where(static file => File.ReadAllText(file).Contains("RequestContext.", StringComparison.Ordinal));

        Assert.Empty(users);
    }

    private static IEnumerable<string> Files(string pattern) => Directory.EnumerateFiles(Root, pattern, SearchOption.AllDirectories)
        .Where(static file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            && !file.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal));
}
