using System.Text;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Configuration;

namespace ProxyCluster.Tests.Unit.Configuration;

/// <summary>Reads configuration as a process does, from files of its own directory.</summary>
internal sealed class ConfigurationFiles : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("proxycluster-configuration-").FullName;

    public string File => Path.Combine(_directory, "proxycluster.json");

    /// <summary>A machine with nothing on it.</summary>
    public static EnvironmentProviders EmptyMachine { get; } = new(_ => null, () => false);

    public static ConfigurationReading Read(string json, params string[] args) =>
        Reader(args).Read(Encoding.UTF8.GetBytes(json));

    public static ConfigurationReader Reader(params string[] args) =>
        new(CommandLineSettings.Parse(args), ProgramKind.Silo, EmptyMachine);

    public ConfigurationReader ReaderOfFile() => Reader("--config", File);

    /// <summary>Replaces the file as editors and Kubernetes do: all at once.</summary>
    public void Write(string json)
    {
        var next = File + ".next";
        System.IO.File.WriteAllText(next, json);
        System.IO.File.Move(next, File, overwrite: true);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    public static ConfigurationFault OnlyFault(string json, params string[] args) => Assert.Single(Read(json, args).Faults);
}
