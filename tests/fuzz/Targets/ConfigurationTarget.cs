using System.Text;
using System.Text.Json;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Configuration files, from bytes to checked options.</summary>
internal sealed class ConfigurationTarget : FuzzTarget
{
    private static readonly JsonDocumentOptions Options =
        new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, AllowDuplicateProperties = false };

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

    public override PlantedBug Planted => new("Configuration/JsonSettings.cs", "if (node.Find(key) is { } first)");

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

        if (reading.Faults.Count == 0 && HasAKeyTwice(input))
        {
            throw new InvalidDataException("A key is given twice, and nobody is told.");
        }

        return HashCode.Combine(reading.Faults.Count, reading.Options.Providers.Count, reading.Options.Auth.Keys.Count, reading.Faults.Count == 0 ? "" : reading.Faults[0].Path);
    }

    private static bool HasAKeyTwice(byte[] input)
    {
        try
        {
            using var document = JsonDocument.Parse(input.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? input.AsMemory(Encoding.UTF8.Preamble.Length) : input, Options);
            return false;
        }
        catch (JsonException)
        {
            // It is JSON, or there would be a fault.
            return true;
        }
    }
}
