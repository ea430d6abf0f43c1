using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>Where the listeners are in truth: a configured port of 0 becomes a real one when the host starts.</summary>
internal sealed class ListenerAddresses
{
    private readonly Dictionary<Listener, (string Scheme, ListenOptions Options)> _listeners = [];

    public Uri? Data => Of(Listener.Data);

    public Uri? Admin => Of(Listener.Admin);

    public Uri? Ops => Of(Listener.Ops);

    /// <summary>The address of a listener; <see langword="null"/>: it is off.</summary>
    public Uri? Of(Listener listener) =>
        _listeners.TryGetValue(listener, out var open) && open.Options.IPEndPoint is { } bound ? new Uri($"{open.Scheme}://{bound}/") : null;

    // Kestrel writes the bound end point back into its options.
    public void Add(Listener listener, ListenOptions options, bool isTls) => _listeners[listener] = (isTls ? "https" : "http", options);
}
