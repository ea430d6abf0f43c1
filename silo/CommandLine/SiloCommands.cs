using System.CommandLine;
using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.Silo.Hosting;

namespace ProxyCluster.Silo.CommandLine;

/// <summary>The program's command line: without a command it runs.</summary>
internal static class SiloCommands
{
    private const string Usage = "Usage: silo [--config file] [--role all|silo] [--Section:Setting=value …]; 'silo --help' tells the commands.";

    private const int BadArguments = 2;

    public static async Task<int> InvokeAsync(string[] args)
    {
        if (args is ["--version"])
        {
            Console.WriteLine(ProductVersion.Text);
            return 0;
        }

        var parsed = Create(args).Parse(args);

        // Signals are the host's own: it drains first.
        var code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
        return parsed.Errors.Count > 0 ? BadArguments : code;
    }

    private static RootCommand Create(string[] args)
    {
        // Settings are read from the raw arguments: any of the configuration's keys may be one.
        var root = new RootCommand("Runs ProxyCluster: a silo, and in the role 'all' its gateway too. Any setting can be given as --Section:Setting=value.")
        {
            TreatUnmatchedTokensAsErrors = false,
            Options =
            {
                new Option<string>("--config") { Description = "The configuration file. Default: PROXYCLUSTER_CONFIG, or proxycluster.json if it is there.", HelpName = "file" },
                new Option<string>("--role") { Description = "'all' (default) or 'silo'.", HelpName = "role" },
            },
            Subcommands = { KeyCommands.Create(), ConfigCommands.Create(), AuditCommands.Create() },
        };
        root.SetAction((_, _) => SiloRun.RunAsync(args, Usage));
        return root;
    }
}
