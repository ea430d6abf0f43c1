using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Configuration;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>Keeps the connections to all providers. A provider whose definition stays the same keeps its own.</summary>
internal sealed class UpstreamPool(ProviderAdapters adapters, UpstreamHandlers handlers, ISecretResolver secrets, TimeProvider clock) : IDisposable
{
    private readonly ConcurrentDictionary<string, UpstreamClient> _clients = new(StringComparer.Ordinal);
    private readonly Lock _changing = new();
    private RoutingDefinitions? _swept;

    /// <summary>Closes what is no longer defined. Costs one comparison while nothing has changed.</summary>
    public void Observe(RoutingDefinitions definitions)
    {
        if (!ReferenceEquals(_swept, definitions))
        {
            Sweep(definitions);
        }
    }

    /// <summary>The client of a provider, entered: the caller exits it.</summary>
    /// <param name="definition">The provider.</param>
    /// <param name="client">Its client.</param>
    /// <param name="fault">Why there is none: for logs.</param>
    public bool TryEnter(ProviderDefinition definition, [NotNullWhen(true)] out UpstreamClient? client, out string? fault)
    {
        fault = null;
        if (_clients.TryGetValue(definition.Name, out client) && ReferenceEquals(client.Definition, definition) && client.TryEnter())
        {
            return true;
        }

        lock (_changing)
        {
            client = Renew(definition, out fault);
            return client is not null && client.TryEnter();
        }
    }

    /// <summary>Where a provider's API begins; <see langword="null"/>: its URL is missing or not valid.</summary>
    public static Uri? BaseUriOf(ProviderDefinition definition, ProviderAdapter adapter)
    {
        var url = definition.BaseUrl ?? adapter.DefaultBaseUrl;
        return url is not null
            && Uri.TryCreate(url.EndsWith('/') ? url : url + "/", UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
                ? uri
                : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_changing)
        {
            foreach (var client in _clients.Values)
            {
                client.Exit();
            }

            _clients.Clear();
        }
    }

    private UpstreamClient? Renew(ProviderDefinition definition, out string? fault)
    {
        fault = null;
        if (_clients.TryGetValue(definition.Name, out var client) && client.TryAdopt(definition))
        {
            return client;
        }

        if (!adapters.TryGet(definition.Type, out var adapter))
        {
            fault = $"There is no provider type '{definition.Type}'.";
            return null;
        }

        adapter = adapter.For(definition);
        if (BaseUriOf(definition, adapter) is not { } baseUri)
        {
            fault = "The base URL is missing or not valid.";
            return null;
        }

        if (handlers.Create(definition, adapter, out fault) is not { } connections)
        {
            return null;
        }

        var renewed = new UpstreamClient(definition, adapter, connections, baseUri, secrets, clock);
        _clients[definition.Name] = renewed;
        client?.Exit();
        return renewed;
    }

    private void Sweep(RoutingDefinitions definitions)
    {
        lock (_changing)
        {
            _swept = definitions;
            var names = definitions.Providers.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
            foreach (var name in _clients.Keys.Where(name => !names.Contains(name)))
            {
                if (_clients.TryRemove(name, out var client))
                {
                    client.Exit();
                }
            }
        }
    }
}
