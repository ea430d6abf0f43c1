using System.Text.Json;
using System.Text.Json.Serialization;

namespace ProxyCluster.Extensions.Hooks;

/// <summary>The <c>Settings</c> of a hook's entry in the configuration.</summary>
public sealed class HookSettings
{
    private static readonly JsonSerializerOptions Strict = new()
    {
        PropertyNameCaseInsensitive = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
    };

    private readonly string _json;

    internal HookSettings(string json) => _json = json.Length == 0 ? "{}" : json;

    /// <summary>Reads the settings into a class. A member that the class does not have is a fault.</summary>
    /// <exception cref="HookSettingsException">They do not fit; configuration tells where.</exception>
    public T Read<T>()
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(_json, Strict) ?? throw new HookSettingsException("", "It must be an object: { … }.");
        }
        catch (JsonException fault)
        {
            throw new HookSettingsException(PlaceOf(fault), fault.Message);
        }
    }

    // "$.Patterns[0].Name" is told as "Patterns[0]:Name", as configuration names places.
    private static string PlaceOf(JsonException fault) => (fault.Path ?? "").TrimStart('$').TrimStart('.').Replace('.', ':');
}
