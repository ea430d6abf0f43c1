using System.Text;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Extensions;
using ProxyCluster.GatewayApi.Hosting;

namespace ProxyCluster.GatewayApi.Configuration;

/// <summary>The configuration a process starts with.</summary>
/// <param name="Reader">Reads it again later.</param>
/// <param name="InForce">What it works by.</param>
internal sealed record ConfigurationStart(ConfigurationReader Reader, ConfigurationInForce InForce)
{
    public ProxyClusterOptions Options => InForce.CurrentValue;

    /// <summary>Reads the configuration of this process.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="program">Which program it is.</param>
    /// <param name="extensions">Extensions that are given in code, beside those that the configuration names.</param>
    /// <exception cref="StartFault">It has faults; the message holds all of them.</exception>
    /// <exception cref="UsageFault">The arguments cannot be understood.</exception>
    public static ConfigurationStart Read(IReadOnlyList<string> args, ProgramKind program, params IReadOnlyList<IGatewayExtension> extensions)
    {
        var reader = new ConfigurationReader(CommandLineSettings.Parse(args), program, EnvironmentProviders.OfThisMachine(), extensions);
        var reading = reader.Read();
        return reading.Faults.Count == 0
            ? new(reader, new ConfigurationInForce(reading.Options))
            : throw new StartFault(Describe(reader, reading));
    }

    /// <summary>All faults, a line each.</summary>
    public static string Describe(ConfigurationReader reader, ConfigurationReading reading)
    {
        var text = new StringBuilder();
        var source = reading.HasFile ? reader.File : "the environment and the command line";
        text.Append("The configuration from ").Append(source).Append(reading.Faults.Count == 1 ? " has a fault:" : $" has {reading.Faults.Count} faults:");
        foreach (var fault in reading.Faults)
        {
            text.Append("\n  ").Append(fault);
        }

        return text.ToString();
    }
}
