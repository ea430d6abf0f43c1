using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ProxyCluster.Core.Configuration;

namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>Opens the listeners, and tells requests of one from those of another.</summary>
internal static class ListenerSetup
{
    /// <summary>Configures Kestrel. A listener that is <see langword="null"/> in <paramref name="listen"/> is not opened.</summary>
    public static void AddListeners(this WebApplicationBuilder builder, Core.Configuration.ListenOptions listen, InputLimitOptions limits)
    {
        // Before anything else is started: Kestrel would find out last.
        RequireFree("Listen:Data", listen.Data);
        RequireFree("Listen:Admin", listen.Admin);
        RequireFree("Listen:Ops", listen.Ops);
        var addresses = new ListenerAddresses();
        var connections = new ConnectionRegistry();
        builder.Services.AddSingleton(addresses);
        builder.Services.AddSingleton(connections);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            SetLimits(kestrel, limits);
            Open(Listener.Data, listen.Data);
            Open(Listener.Admin, listen.Admin);
            Open(Listener.Ops, listen.Ops);

            void Open(Listener listener, string? url)
            {
                if (url is null || !ListenAddress.TryParse(url, out var address))
                {
                    return;
                }

                var feature = new ListenerFeature(listener);
                var quota = new ConnectionQuota(listener == Listener.Data ? limits.MaxConnections : ConnectionQuota.OfOperators);
                kestrel.Listen(address.EndPoint, options =>
                {
                    // Cleartext HTTP/2 needs prior knowledge, which no client of ours has; HTTP/1.1 has fewer ways to attack.
                    options.Protocols = HttpProtocols.Http1;
                    addresses.Add(listener, options);
                    options.Use(next => connection =>
                    {
                        connection.Features.Set(feature);
                        return quota.TakeAsync(connection, taken => connections.TrackAsync(taken, next));
                    });
                });
            }
        });
        if (!Array.Exists([listen.Data, listen.Admin, listen.Ops], url => ListenAddress.TryParse(url, out _)))
        {
            builder.Services.AddSingleton<IServer, DeafServer>();
        }
    }

    /// <summary>Sends the requests of one listener down a pipeline of their own.</summary>
    public static void MapListener(this IApplicationBuilder app, Listener listener, Action<IApplicationBuilder> configure) =>
        app.MapWhen(context => context.Features.Get<ListenerFeature>()?.Listener == listener, configure);

    private static void RequireFree(string setting, string? url)
    {
        if (ListenAddress.TryParse(url, out var address) && address.Port != 0 && !PortProbe.IsFree(address.Address, address.Port))
        {
            throw new StartFault($"The address {url} is in use by another process. Stop it, or set {setting} to another port.");
        }
    }

    private static void SetLimits(KestrelServerOptions kestrel, InputLimitOptions limits)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        // Above the 60 to 120 s of most load balancers, so that they close idle connections, not we while they send.
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);
        kestrel.Limits.MaxRequestBodySize = limits.MaxBodyBytes;
    }
}
