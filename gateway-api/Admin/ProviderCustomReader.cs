using System.Globalization;
using System.Text.Json;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>Reads how a <c>custom_ai</c> is spoken to, by the rules of the configuration file.</summary>
internal static class ProviderCustomReader
{
    /// <returns><see langword="null"/>: it is absent, or faults were added.</returns>
    public static CustomMapping? Read(JsonFields fields, List<AdminFault> faults)
    {
        if (fields.Get("custom") is not { } custom)
        {
            return null;
        }

        if (custom.ValueKind != JsonValueKind.Object)
        {
            fields.Fault("custom", "It must be an object.");
            return null;
        }

        var path = fields.PathOf("custom");
        var (options, unread) = OptionsBinder.BindSection<CustomOptions>(ToNode("custom", path, custom));
        AdminFault[] found = unread.Count > 0
            ? [.. unread.Select(static fault => new AdminFault(fault.Path, fault.Cure))]
            : [.. CustomRules.Check(options).Select(fault => new AdminFault($"{path}.{Named(fault.Setting)}", fault.Cure))];
        faults.AddRange(found);
        return found.Length == 0 ? options.ToMapping() : null;
    }

    private static string Named(string setting) => string.Join('.', setting.Split(':').Select(JsonNamingPolicy.CamelCase.ConvertName));

    private static ConfigurationNode ToNode(string key, string path, JsonElement value) => new()
    {
        Key = key,
        Path = path,
        Kind = value.ValueKind switch
        {
            JsonValueKind.Object => ConfigurationNodeKind.Object,
            JsonValueKind.Array => ConfigurationNodeKind.Array,
            JsonValueKind.String => ConfigurationNodeKind.String,
            JsonValueKind.Number => ConfigurationNodeKind.Number,
            JsonValueKind.True or JsonValueKind.False => ConfigurationNodeKind.Boolean,
            _ => ConfigurationNodeKind.Null,
        },
        Value = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            _ => null,
        },
        Children = value.ValueKind switch
        {
            JsonValueKind.Object => [.. value.EnumerateObject().Select(member => ToNode(member.Name, $"{path}.{member.Name}", member.Value))],
            JsonValueKind.Array => [.. value.EnumerateArray().Select((item, i) =>
                ToNode(i.ToString(CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), item))],
            _ => [],
        },
    };
}
