using System.Net;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Configuration;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>The connections to one provider, and its key. Lives until what it depends on in the definition changes.</summary>
internal sealed class UpstreamClient : IDisposable
{
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromSeconds(30);

    private readonly HttpMessageInvoker _invoker;
    private readonly ISecretResolver _secrets;
    private readonly TimeProvider _clock;
    private readonly bool _isSecure;
    private int _users = 1; // the pool's own
    private Secret? _key;
    private string? _keyFault;
    private long _keyRead;

    public UpstreamClient(
        ProviderDefinition definition, ProviderAdapter adapter, HttpMessageHandler handler, Uri baseUri, ISecretResolver secrets, TimeProvider clock)
    {
        Definition = definition;
        Adapter = adapter;
        BaseUri = baseUri;
        _isSecure = baseUri.Scheme == Uri.UriSchemeHttps;
        _invoker = new HttpMessageInvoker(handler, disposeHandler: true);
        _secrets = secrets;
        _clock = clock;
        ReadKey();
    }

    /// <summary>As last seen; all that differs from the one the client was made for can be changed without new connections.</summary>
    public ProviderDefinition Definition { get; private set; }

    public ProviderAdapter Adapter { get; }

    /// <summary>The API's beginning, ending in a slash.</summary>
    public Uri BaseUri { get; }

    /// <summary>Why the key is not to be had; <see langword="null"/>: it is, or none is needed. Holds no secret.</summary>
    public string? KeyFault
    {
        get
        {
            RefreshKey();
            return _keyFault;
        }
    }

    /// <summary>Keeps the connections open until <see cref="Exit"/>.</summary>
    /// <returns><see langword="false"/> when they are closed already.</returns>
    public bool TryEnter()
    {
        var users = Volatile.Read(ref _users);
        while (users > 0)
        {
            var seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                return true;
            }

            users = seen;
        }

        return false;
    }

    /// <summary>Ends a use. The last one of a replaced client closes its connections.</summary>
    public void Exit()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _invoker.Dispose();
        }
    }

    /// <summary>Whether a changed definition can go on with these connections; takes it over if so.</summary>
    public bool TryAdopt(ProviderDefinition definition)
    {
        var canGoOn = definition.Type == Definition.Type
            && definition.BaseUrl == Definition.BaseUrl
            && definition.ApiKey == Definition.ApiKey
            && definition.Timeouts.Connect == Definition.Timeouts.Connect
            && definition.Simulator == Definition.Simulator;
        if (canGoOn)
        {
            Definition = definition;
        }

        return canGoOn;
    }

    public UpstreamTarget TargetFor(ModelDefinition entry, string upstreamModel)
    {
        RefreshKey();
        return new UpstreamTarget(Definition, entry, upstreamModel, BaseUri, _key);
    }

    /// <summary>Sends a request; the answer's body is still to be read.</summary>
    /// <exception cref="InvalidOperationException">The request goes to another host than the provider's: the key must not.</exception>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        var uri = message.RequestUri!;
        if (uri.Port != BaseUri.Port || uri.Scheme != BaseUri.Scheme || !string.Equals(uri.Host, BaseUri.Host, StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidOperationException($"A request of the adapter {Adapter.Type} was meant for another host than the provider's.");
        }

        if (_isSecure)
        {
            message.Version = HttpVersion.Version20;
        }

        return _invoker.SendAsync(message, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => Exit();

    // A key in a file may be renewed without any change of the definition.
    private void RefreshKey()
    {
        if (Definition.ApiKey is not null && _clock.GetElapsedTime(Volatile.Read(ref _keyRead)) > KeyLifetime)
        {
            ReadKey();
        }
    }

    private void ReadKey()
    {
        Volatile.Write(ref _keyRead, _clock.GetTimestamp());
        if (Definition.ApiKey is { } reference)
        {
            if (!_secrets.TryResolve(reference, out var key, out var fault))
            {
                _keyFault = fault;
                return;
            }

            // The same object as long as the key is the same, so that what it holds ready stays.
            _key = key?.Reveal() == _key?.Reveal() ? _key : key;
        }

        _keyFault = _key is null && Adapter.NeedsKey ? "No key is configured." : null;
    }
}
