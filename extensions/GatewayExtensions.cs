using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace ProxyCluster.Extensions;

/// <summary>Takes what an assembly adds to the gateway.</summary>
public sealed partial class GatewayExtensions
{
    private readonly List<ProviderType> _providerTypes = [];

    /// <param name="settings">What the configuration has for the assembly; undefined: nothing.</param>
    public GatewayExtensions(JsonElement settings = default) => Settings = settings;

    /// <summary>The object in the entry's <c>Settings</c>; undefined where it has none.</summary>
    public JsonElement Settings { get; }

    internal IReadOnlyList<ProviderType> ProviderTypes => _providerTypes;

    /// <summary>Makes a type of providers out of an adapter: <c>"Type": "…"</c> in a provider's definition.</summary>
    /// <param name="type">Its name: 1 to 64 lower-case letters, digits, <c>-</c>, <c>_</c> or <c>.</c>, and none of the gateway's own.</param>
    /// <param name="create">
    /// Makes the adapter of one provider and key, when it is first needed. The gateway disposes of it where it can be.
    /// </param>
    /// <param name="options">What such providers need and can; <see langword="null"/>: no key, no URL, text only.</param>
    /// <exception cref="ArgumentException"><paramref name="type"/> is no such name.</exception>
    public void AddProvider(string type, Func<ProviderContext, ChatAdapter> create, ProviderTypeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(create);
        if (!TypeName().IsMatch(type))
        {
            throw new ArgumentException($"'{type}' is no name for a provider type: it must have 1 to 64 lower-case letters, digits, '-', '_' or '.'.", nameof(type));
        }

        _providerTypes.Add(new ProviderType(type, create, options ?? new ProviderTypeOptions()));
    }

    /// <summary>Makes a type of providers out of a client of Microsoft.Extensions.AI.</summary>
    /// <param name="type">Its name, as <see cref="AddProvider"/> takes it.</param>
    /// <param name="create">Makes the client of one provider and key, when it is first needed. The gateway disposes of it.</param>
    /// <param name="options">What such providers need and can; <see langword="null"/>: no key, no URL, and all abilities.</param>
    /// <exception cref="ArgumentException"><paramref name="type"/> is no such name.</exception>
    public void AddChatClient(string type, Func<ProviderContext, IChatClient> create, ProviderTypeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(create);
        AddProvider(type, context => new ChatClientAdapter(create(context)), options ?? new ProviderTypeOptions { Abilities = ChatAbilities.All });
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9._-]{0,63}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TypeName();
}
