using ProxyCluster.Core.Configuration;

namespace ProxyCluster.GatewayApi.Configuration;

/// <summary>Makes the configuration of a process out of file, environment and command line; what comes later wins.</summary>
internal static class ConfigurationLoader
{
    public static ConfigurationInForce Load(string[] args)
    {
        var commandLine = new ConfigurationBuilder().AddCommandLine(args).Build();
        var path = commandLine["config"] ?? Environment.GetEnvironmentVariable("PROXYCLUSTER_CONFIG");
        var file = path ?? "proxycluster.json";
        var configuration = new ConfigurationBuilder()
            .AddJsonFile(Path.GetFullPath(file), optional: path is null, reloadOnChange: false)
            .AddEnvironmentVariables("PROXYCLUSTER__")
            .AddCommandLine(args)
            .Build();
        var options = new ProxyClusterOptions();
        configuration.Bind(options);
        return new ConfigurationInForce(options);
    }
}
