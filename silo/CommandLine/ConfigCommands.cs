using System.CommandLine;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Hosting;

namespace ProxyCluster.Silo.CommandLine;

/// <summary><c>config check</c> and <c>config schema</c>: work on configuration files, without starting anything.</summary>
internal static class ConfigCommands
{
    public static Command Create()
    {
        var file = new Argument<string?>("file")
        {
            Description = "The file. Default: PROXYCLUSTER_CONFIG, or proxycluster.json if it is there.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var check = new Command("check", "Tells all faults of a configuration file, with the environment on top. Exit code 1: there are some.") { file };
        check.SetAction(parsed => Check(parsed.GetValue(file)));
        var schema = new Command("schema", "Prints the JSON schema of configuration files.");
        schema.SetAction(_ => Console.Out.Write(ConfigurationSchema.Generate(OptionDocumentation.OfThisBuild())));
        return new Command("config", "Works on configuration files.") { check, schema };
    }

    private static int Check(string? file)
    {
        var reader = new ConfigurationReader(new CommandLineSettings(file, []), ProgramKind.Silo, EnvironmentProviders.OfThisMachine());
        var reading = reader.Read();
        var refusal = StartChecks.Fault(reading.Options);
        if (reading.Faults.Count > 0)
        {
            Console.Error.WriteLine(ConfigurationStart.Describe(reader, reading));
            return 1;
        }

        if (refusal is not null)
        {
            Console.Error.WriteLine(refusal);
            return 1;
        }

        Console.WriteLine(reading.HasFile ? $"{reader.File} is good." : "There is no file; the defaults are good.");
        return 0;
    }
}
