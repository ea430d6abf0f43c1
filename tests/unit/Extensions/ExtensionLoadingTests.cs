using System.Text;
using System.Text.Json;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.Tests.Unit.Configuration;

namespace ProxyCluster.Tests.Unit.Extensions;

/// <summary>Assemblies that the configuration names: what is loaded, and what is told when it cannot be.</summary>
public sealed class ExtensionLoadingTests : IDisposable
{
    private readonly ConfigurationFiles _files = new();

    private string Folder => Path.GetDirectoryName(_files.File)!;

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Extension_ThatIsNamed_AddsItsProviderTypes()
    {
        EmittedAssembly.WriteEntry(In("acme.dll"), "acme", "acme-2");

        var reader = Read("""{ "Extensions": [ "acme.dll" ], "Providers": [ { "Name": "a", "Type": "acme" } ] }""", out var faults);

        Assert.Empty(faults);
        Assert.Equal(["acme", "acme-2"], reader.Extensions.ProviderTypes.Select(static type => type.Name));
    }

    [Fact]
    public void Extension_WithSettings_GetsThem()
    {
        var file = JsonSerializer.Serialize(typeof(SettingsExtension).Assembly.Location);

        var reader = Read($$"""{ "Extensions": [ { "Assembly": {{file}}, "Settings": { "Types": [ "acme" ] } } ] }""", out var faults);

        Assert.Empty(faults);
        Assert.Equal("acme", Assert.Single(reader.Extensions.ProviderTypes).Name);
    }

    [Fact]
    public void Provider_OfAnExtensionsType_IsHeldToWhatTheTypeNeeds()
    {
        var file = JsonSerializer.Serialize(typeof(SettingsExtension).Assembly.Location);

        Read($$"""{ "Extensions": [ { "Assembly": {{file}}, "Settings": { "Types": [ "acme" ] } } ], "Providers": [ { "Name": "a", "Type": "acme" } ] }""", out var faults);

        Assert.Equal("Providers[0]:ApiKey", Assert.Single(faults).Path);
    }

    [Fact]
    public void Extension_ThatIsGivenInCode_AddsItsTypesToo()
    {
        _files.Write("""{ "Providers": [ { "Name": "a", "Type": "given" } ] }""");
        var reader = new ConfigurationReader(
            CommandLineSettings.Parse(["--config", _files.File]), ProgramKind.Silo, ConfigurationFiles.EmptyMachine, new GivenExtension());

        Assert.Empty(reader.Read().Faults);
        Assert.Equal("given", Assert.Single(reader.Extensions.ProviderTypes).Name);
    }

    public static TheoryData<string, string, Action<string>> BadAssemblies => new()
    {
        { "missing", "There is no file", static _ => { } },
        { "text", "It is no .NET assembly", static path => File.WriteAllText(path, "MZ and no more") },
        { "nothing", "No class in it implements", EmittedAssembly.WriteNothing },
        { "hidden", "Acme.Entry must be public", EmittedAssembly.WriteHiddenEntry },
        { "constructor", "NotSupportedException: planted", EmittedAssembly.WriteEntryWhoseConstructorThrows },
        { "register", "NotSupportedException: planted", EmittedAssembly.WriteEntryThatThrows },
        { "clash", "'openai', which the gateway has already", static path => EmittedAssembly.WriteEntry(path, "openai") },
        { "twice", "'acme', which twice.dll has already", static path => EmittedAssembly.WriteEntry(path, "acme", "acme") },
        { "name", "'Acme AI' is no name for a provider type", static path => EmittedAssembly.WriteEntry(path, "Acme AI") },
        { "later", "It was built with ProxyCluster.Extensions 99.0.0.0, and this gateway has", static path => EmittedAssembly.WriteForOtherContract(path, new Version(99, 0, 0, 0)) },
    };

    [Theory]
    [MemberData(nameof(BadAssemblies), DisableDiscoveryEnumeration = true)]
    public void Assembly_ThatCannotBeUsed_IsToldWithItsCure(string name, string cure, Action<string> write)
    {
        write(In($"{name}.dll"));

        Read($$"""{ "Extensions": [ "{{name}}.dll" ] }""", out var faults);

        var fault = Assert.Single(faults);
        Assert.Equal(("Extensions[0]:Assembly", $"{name}.dll", "line 1"), (fault.Path, fault.Value, fault.Origin));
        Assert.Contains(cure, fault.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_OfAllExtensions_AreToldAtOnce()
    {
        EmittedAssembly.WriteEntry(In("one.dll"), "acme");
        EmittedAssembly.WriteEntry(In("two.dll"), "acme");

        Read(
            """
            { "Extensions": [ "missing.dll", "one.dll", "two.dll", "one.dll", {} ],
              "Providers": [ { "Name": "a", "Type": "of-the-missing" }, { "Name": "B", "Type": "simulator" } ] }
            """,
            out var faults);

        // What the missing one would have added is not known: no word about its type.
        Assert.Equal(
            ["Extensions[0]:Assembly", "Extensions[2]:Assembly", "Extensions[3]:Assembly", "Extensions[4]:Assembly", "Providers[1]:Name"],
            faults.Select(static fault => fault.Path));
        Assert.Contains("'acme', which one.dll has already", faults[1].Cure, StringComparison.Ordinal);
    }

    [Fact]
    public void Type_ThatNobodyAdds_IsToldWithThoseThatExtensionsAdd()
    {
        EmittedAssembly.WriteEntry(In("acme.dll"), "acme");

        Read("""{ "Extensions": [ "acme.dll" ], "Providers": [ { "Name": "a", "Type": "acne" } ] }""", out var faults);

        Assert.Contains("Write 'acme' if that is meant", Assert.Single(faults).Cure, StringComparison.Ordinal);
    }

    [Fact]
    public void Extensions_InASilo_AreNotLoaded()
    {
        var reader = Read("""{ "Role": "silo", "Extensions": [ "missing.dll" ], "Providers": [ { "Name": "a", "Type": "acme" } ] }""", out var faults);

        Assert.Empty(faults);
        Assert.Empty(reader.Extensions.ProviderTypes);
    }

    // A configuration that is sent to be checked may come from anyone who may send one.
    [Fact]
    public void Extensions_OfAConfigurationThatIsSent_AreNotLoaded()
    {
        EmittedAssembly.WriteEntryWhoseConstructorThrows(In("planted.dll"));
        var reader = Read("{}", out _);

        var faults = reader.Read(Encoding.UTF8.GetBytes($$"""{ "Extensions": [ {{JsonSerializer.Serialize(In("planted.dll"))}} ] }""")).Faults;

        var fault = Assert.Single(faults);
        Assert.Equal("Extensions", fault.Path);
        Assert.Contains("loaded at a start only", fault.Cure, StringComparison.Ordinal);
        Assert.DoesNotContain(AppDomain.CurrentDomain.GetAssemblies(), static assembly => assembly.GetName().Name == "planted");
    }

    [Fact]
    public void Extensions_ThatChangeWhileTheProcessRuns_WaitForItsNextStart()
    {
        EmittedAssembly.WriteEntry(In("acme.dll"), "acme");
        EmittedAssembly.WriteEntry(In("late.dll"), "late");
        var reader = Read("""{ "Extensions": [ "acme.dll" ] }""", out _);
        _files.Write("""{ "Extensions": [ "late.dll" ], "Providers": [ { "Name": "a", "Type": "acme" } ] }""");
        var inForce = ConfigurationFiles.Read("{}").Options;
        inForce.Extensions.Add(new ExtensionOptions { Assembly = "acme.dll" });

        var wanted = reader.Read();
        var reading = reader.Read(inForce);

        Assert.Empty(reading.Faults);
        Assert.Equal("acme.dll", Assert.Single(reading.Options.Extensions).Assembly);
        Assert.Equal("acme", Assert.Single(reader.Extensions.ProviderTypes).Name);
        Assert.Contains("Extensions", FixedSettings.Changed(inForce, wanted.Options));
    }

    private ConfigurationReader Read(string json, out IReadOnlyList<ConfigurationFault> faults)
    {
        _files.Write(json);
        var reader = _files.ReaderOfFile();
        faults = reader.Read().Faults;
        return reader;
    }

    private string In(string name) => Path.Combine(Folder, name);

    private sealed class GivenExtension : ProxyCluster.Extensions.IGatewayExtension
    {
        public void Register(ProxyCluster.Extensions.GatewayExtensions registry) => registry.AddProvider("given", EmittedAssembly.NoAdapter);
    }
}
