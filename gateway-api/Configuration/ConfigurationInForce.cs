using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;

namespace ProxyCluster.GatewayApi.Configuration;

/// <summary>The configuration this process works by. A reload swaps it whole.</summary>
internal sealed class ConfigurationInForce(ProxyClusterOptions options) : IOptionsMonitor<ProxyClusterOptions>
{
    private readonly Lock _lock = new();
    private ProxyClusterOptions _current = options;
    private Action<ProxyClusterOptions, string?>? _listeners;

    public ProxyClusterOptions CurrentValue => Volatile.Read(ref _current);

    public ProxyClusterOptions Get(string? name) => CurrentValue;

    public IDisposable OnChange(Action<ProxyClusterOptions, string?> listener)
    {
        lock (_lock)
        {
            _listeners += listener;
        }

        return new Registration(this, listener);
    }

    /// <summary>Puts another configuration in force and tells those who asked to be told.</summary>
    public void Replace(ProxyClusterOptions options)
    {
        Action<ProxyClusterOptions, string?>? listeners;
        lock (_lock)
        {
            Volatile.Write(ref _current, options);
            listeners = _listeners;
        }

        listeners?.Invoke(options, null);
    }

    private sealed class Registration(ConfigurationInForce owner, Action<ProxyClusterOptions, string?> listener) : IDisposable
    {
        public void Dispose()
        {
            lock (owner._lock)
            {
                owner._listeners -= listener;
            }
        }
    }
}
