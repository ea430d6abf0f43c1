using ProxyCluster.GatewayApi.Hosting;

namespace ProxyCluster.GatewayApi.Configuration;

/// <summary>Settings given as arguments: <c>--Listen:Data=http://…</c> or <c>--role silo</c>.</summary>
/// <param name="File">What <c>--config</c> names; <see langword="null"/>: nothing.</param>
/// <param name="Values">The others, in order.</param>
internal sealed record CommandLineSettings(string? File, IReadOnlyList<KeyValuePair<string, string>> Values)
{
    private const string Config = "config";

    /// <exception cref="UsageFault">An argument is not a setting, or has no value.</exception>
    public static CommandLineSettings Parse(IReadOnlyList<string> args)
    {
        string? file = null;
        List<KeyValuePair<string, string>> values = [];
        for (var i = 0; i < args.Count; i++)
        {
            var arg = args[i];
            if (!arg.StartsWith("--", StringComparison.Ordinal) || arg.Length == 2)
            {
                throw new UsageFault($"'{arg}' is not a setting.");
            }

            var equals = arg.IndexOf('=', StringComparison.Ordinal);
            var key = equals < 0 ? arg[2..] : arg[2..equals];
            if (equals < 0 && (i + 1 == args.Count || args[i + 1].StartsWith("--", StringComparison.Ordinal)))
            {
                throw new UsageFault($"'{arg}' has no value.");
            }

            var value = equals < 0 ? args[++i] : arg[(equals + 1)..];
            if (key.Equals(Config, StringComparison.OrdinalIgnoreCase))
            {
                file = value;
            }
            else
            {
                values.Add(new(key, value));
            }
        }

        return new(file, values);
    }
}
