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

/// <summary>A hook cannot be made with these settings. Told to the operator with the place, before anything is put in force.</summary>
public sealed class HookSettingsException : Exception
{
    /// <summary>One fault.</summary>
    /// <param name="setting">Where, below <c>Settings</c>, for example <c>Patterns[0]:Pattern</c>; empty: the settings themselves.</param>
    /// <param name="cure">One sentence: what is wrong, and what to write instead.</param>
    public HookSettingsException(string setting, string cure)
        : this([(setting, cure)])
    {
    }

    /// <summary>Several faults.</summary>
    public HookSettingsException(IReadOnlyList<(string Setting, string Cure)> faults)
        : base(string.Join(" ", (faults ?? throw new ArgumentNullException(nameof(faults))).Select(static fault => fault.Cure))) => Faults = faults;

    /// <summary>All faults.</summary>
    public IReadOnlyList<(string Setting, string Cure)> Faults { get; }
}
