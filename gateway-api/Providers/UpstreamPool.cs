using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.ConnectionPools;
using ProxyCluster.GatewayApi.Providers.Simulator;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>
/// Keeps a client for each provider, over the pool of its host. A provider whose definition stays the same keeps its
/// client until the host's connections are replaced.
/// </summary>
internal sealed class UpstreamPool(
    ProviderAdapters adapters, UpstreamHandlers handlers, HostPools hosts, ISecretResolver secrets, TimeProvider clock) : IDisposable
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
            Settle();
            return client is not null && client.TryEnter();
        }
    }

    /// <summary>Replaces the connections to a host. Requests in flight keep theirs.</summary>
    /// <param name="host">The host's pool.</param>
    /// <param name="reason">Why.</param>
    /// <param name="fault">Why not: for logs; <see langword="null"/>: the pool is gone.</param>
    public bool TrySwap(HostPool host, PoolSwap reason, out string? fault)
    {
        fault = null;
        lock (_changing)
        {
            if (!hosts.All.Contains(host) || !hosts.TryRenew(host, reason, out fault))
            {
                return false;
            }

            foreach (var (name, client) in _clients.Where(entry => entry.Value.Host == host))
            {
                _clients[name] = client.With(host.Current!.Connect(client.Adapter));
                client.Dispose();
            }

            return true;
        }
    }

    /// <summary>The host's pool that a provider uses; <see langword="null"/>: it was not asked yet, or has no host.</summary>
    /// <param name="provider">Its name.</param>
    public HostPool? HostOf(string provider) => _clients.GetValueOrDefault(provider)?.Host;

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
                client.Dispose();
            }

            _clients.Clear();
            Settle();
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

        adapter = adapter.For(definition, new ProviderHeaders(definition, secrets, clock));
        if (BaseUriOf(definition, adapter) is not { } baseUri)
        {
            fault = "The base URL is missing or not valid.";
            return null;
        }

        if (Connect(definition, adapter, baseUri, out fault) is not { } connections)
        {
            return null;
        }

        var renewed = new UpstreamClient(definition, adapter, connections, baseUri, secrets, clock);
        _clients[definition.Name] = renewed;
        client?.Dispose();
        return renewed;
    }

    private UpstreamConnections? Connect(ProviderDefinition definition, ProviderAdapter adapter, Uri baseUri, out string? fault)
    {
        fault = null;
        if (adapter.Type == SimulatorHandler.Type)
        {
            var settings = definition.Simulator ?? new SimulatorSettings();
            return new UpstreamConnections(new SimulatorHandler(settings, clock), new SimulatorHandler(settings, clock));
        }

        return hosts.Find(handlers.KeyOf(definition, baseUri), out fault)?.Current!.Connect(adapter);
    }

    // After each change: what the providers of a host take together, and hosts that none is left for.
    private void Settle()
    {
        var most = _clients.Values.Where(static client => client.Host is not null)
            .GroupBy(static client => client.Host!, static client => (long)client.Definition.MaxConcurrency)
            .ToDictionary(static host => host.Key, static host => host.Sum());
        foreach (var host in hosts.All)
        {
            if (most.TryGetValue(host, out var maxConcurrency))
            {
                host.SetMost(maxConcurrency);
            }
            else
            {
                hosts.Remove(host);
            }
        }
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
                    client.Dispose();
                }
            }

            Settle();
        }
    }
}
