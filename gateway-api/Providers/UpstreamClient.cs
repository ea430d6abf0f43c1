using System.Net;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.ConnectionPools;
using ProxyCluster.GatewayApi.Hosting;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>The connections to one provider, and its keys. Lives until what it depends on in the definition changes.</summary>
internal sealed class UpstreamClient : IDisposable
{
    private readonly UpstreamConnections _connections;
    private readonly bool _isSecure;
    private readonly UseCount _uses = new();
    private ProviderHeaders _headers;
    private UpstreamTarget? _lastTarget;

    public UpstreamClient(
        ProviderDefinition definition, ProviderAdapter adapter, UpstreamConnections connections, Uri baseUri, ISecretResolver secrets, TimeProvider clock)
    {
        Definition = definition;
        Adapter = adapter;
        BaseUri = baseUri;
        _isSecure = baseUri.Scheme == Uri.UriSchemeHttps;
        _connections = connections;
        Keys = new ProviderKeys(definition, adapter.NeedsKey, secrets, clock);
        _headers = new ProviderHeaders(definition, secrets, clock);
    }

    private UpstreamClient(UpstreamClient last, UpstreamConnections connections)
    {
        Definition = last.Definition;
        Adapter = last.Adapter;
        BaseUri = last.BaseUri;
        _isSecure = last._isSecure;
        _connections = connections;
        Keys = last.Keys;
        _headers = last._headers;
    }

    /// <summary>As last seen; all that differs from the one the client was made for can be changed without new connections.</summary>
    public ProviderDefinition Definition { get; private set; }

    public ProviderAdapter Adapter { get; }

    /// <summary>The API's beginning, ending in a slash.</summary>
    public Uri BaseUri { get; }

    public ProviderKeys Keys { get; }

    /// <summary>What is missing that the provider cannot be asked without; <see langword="null"/>: nothing. Holds no secret.</summary>
    public string? Fault => Keys.Fault ?? _headers.Fault;

    /// <summary>The pool of its host; <see langword="null"/>: there is no host behind it.</summary>
    public HostPool? Host => _connections.Host;

    /// <summary>A client of the same provider over new connections, with the same keys.</summary>
    public UpstreamClient With(UpstreamConnections connections) => new(this, connections);

    /// <summary>Keeps the connections open until <see cref="Exit"/>.</summary>
    /// <returns><see langword="false"/> when they are closed already.</returns>
    public bool TryEnter()
    {
        if (!_uses.TryEnter())
        {
            return false;
        }

        Host?.Enter();
        return true;
    }

    /// <summary>Ends a use. The last one of a replaced client closes its connections.</summary>
    public void Exit()
    {
        Host?.Leave();
        Release();
    }

    /// <summary>Notes for the size of the host's pool how an attempt went.</summary>
    /// <param name="outcome">Whose fault it was, if anyone's.</param>
    /// <param name="took">From sending to the last byte.</param>
    public void Record(AttemptOutcome outcome, TimeSpan took) => Host?.Record(outcome, took);

    /// <summary>Whether a changed definition can go on with these connections; takes it over if so.</summary>
    public bool TryAdopt(ProviderDefinition definition)
    {
        var canGoOn = definition.Type == Definition.Type
            && definition.Source == Definition.Source
            && definition.BaseUrl == Definition.BaseUrl
            && definition.ApiKey == Definition.ApiKey
            && definition.ApiKeys.SequenceEqual(Definition.ApiKeys)
            && definition.Proxy == Definition.Proxy
            && definition.CertificateAuthorities == Definition.CertificateAuthorities
            && definition.Timeouts.Connect == Definition.Timeouts.Connect
            && definition.Simulator == Definition.Simulator
            && definition.Custom == Definition.Custom
            && Adapter.CanAdopt(Definition, definition);
        if (canGoOn)
        {
            Definition = definition;
            _headers = _headers.Of(definition);
        }

        return canGoOn;
    }

    /// <summary>Where a request goes, with the key whose turn it is.</summary>
    public UpstreamTarget TargetFor(ModelDefinition entry, string upstreamModel)
    {
        var key = Keys.Take();
        var headers = _headers.Values;
        var last = Volatile.Read(ref _lastTarget);
        if (last is not null && last.Key == key && last.Headers == headers && ReferenceEquals(last.Entry, entry) && ReferenceEquals(last.Definition, Definition)
            && last.UpstreamModel == upstreamModel)
        {
            return last;
        }

        var target = new UpstreamTarget(Definition, entry, upstreamModel, BaseUri, key) { Headers = headers };
        Volatile.Write(ref _lastTarget, target);
        return target;
    }

    /// <summary>Sends a request; the answer's body is still to be read.</summary>
    /// <exception cref="InvalidOperationException">The request goes to another host than the provider's: the key must not.</exception>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        Prepare(message);
        return _connections.Kept.SendAsync(message, cancellationToken);
    }

    /// <summary>Sends a request again that died with its connection, over a connection that nobody has used.</summary>
    /// <exception cref="InvalidOperationException">The request goes to another host than the provider's: the key must not.</exception>
    public Task<HttpResponseMessage> SendAfreshAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        Prepare(message);
        return _connections.Fresh.SendAsync(message, cancellationToken);
    }

    /// <summary>Ends the pool's own use: nothing new comes, and the last request closes the connections.</summary>
    public void Dispose() => Release();

    private void Release()
    {
        if (_uses.Exit())
        {
            _connections.Dispose();
        }
    }

    private void Prepare(HttpRequestMessage message)
    {
        if (!Adapter.IsOwnAddress(BaseUri, message.RequestUri!))
        {
            throw new InvalidOperationException($"A request of the adapter {Adapter.Type} was meant for another host than the provider's.");
        }

        if (_isSecure)
        {
            message.Version = HttpVersion.Version20;
        }
    }
}
