using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Configuration files, from bytes to checked options.</summary>
internal sealed class ConfigurationTarget : FuzzTarget
{
    private readonly ConfigurationReader _reader = new(
        CommandLineSettings.Parse(["--config", "fuzzed.json"]),
        ProgramKind.Silo,
        new EnvironmentProviders(_ => null, () => false));

    public override string Name => "configuration";

    public override IReadOnlyList<string> Words =>
    [
        "\"Providers\":", "\"Name\":", "\"Type\":", "\"BaseUrl\":", "\"Models\":", "\"Listen\":", "\"RateLimits\":", "\"Auth\":", "\"Keys\":", "\"Aliases\":",
        "${", "${HOME}", "file:", "config:", "http://", "127.0.0.1", "[::]", ":99999", "*", "1e400", "-1", "00:00:01",
    ];

    public override IReadOnlyList<string> Parser => ["Configuration/JsonSettings.cs", "core/Configuration/OptionsBinder.cs", "core/Configuration/ScalarReader.cs", "core/Configuration/ListenAddress.cs:TryParse"];

    public override PlantedBug Planted => new("core/Configuration/OptionsBinder.cs", "if (!isNullable)");

    public override int Run(byte[] input)
    {
        var reading = _reader.Read(input.AsMemory());
        foreach (var fault in reading.Faults)
        {
            if (string.IsNullOrWhiteSpace(fault.ToString()))
            {
                throw new InvalidDataException("A fault says nothing.");
            }
        }

        return HashCode.Combine(reading.Faults.Count, reading.Options.Providers.Count, reading.Options.Auth.Keys.Count, reading.Faults.Count == 0 ? "" : reading.Faults[0].Path);
    }
}
