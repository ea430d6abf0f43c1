using System.Net.Security;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Net.Http.Headers;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Hosting.Tls;

namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>Opens the listeners, and tells requests of one from those of another.</summary>
internal static class ListenerSetup
{
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Configures Kestrel. A listener that is <see langword="null"/> in <paramref name="listen"/> is not opened.</summary>
    public static void AddListeners(this WebApplicationBuilder builder, Core.Configuration.ListenOptions listen, InputLimitOptions limits)
    {
        // Before anything else is started: Kestrel would find out last.
        RequireFree("Listen:Data", listen.Data);
        RequireFree("Listen:Admin", listen.Admin);
        RequireFree("Listen:Ops", listen.Ops);
        var addresses = new ListenerAddresses();
        var connections = new ConnectionRegistry();
        var certificate = builder.AddCertificate(listen.Tls);
        builder.Services.AddSingleton(addresses);
        builder.Services.AddSingleton(connections);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
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
                    addresses.Add(listener, options, address.IsTls);
                    options.Use(next => connection =>
                    {
                        connection.Features.Set(feature);
                        return quota.TakeAsync(connection, taken => connections.TrackAsync(taken, next));
                    });

                    // Behind the quota, so that who only shakes hands takes a place, too.
                    if (address.IsTls)
                    {
                        options.UseHttps(new TlsHandshakeCallbackOptions
                        {
                            OnConnection = _ => new(new SslServerAuthenticationOptions
                            {
                                ServerCertificateContext = certificate!.Context,
                                ApplicationProtocols = [SslApplicationProtocol.Http11],
                            }),
                            HandshakeTimeout = HandshakeTimeout,
                        });
                    }
                });
            }
        });
        if (!Array.Exists([listen.Data, listen.Admin, listen.Ops], url => ListenAddress.TryParse(url, out _)))
        {
            builder.Services.AddSingleton<IServer, DeafServer>();
        }
    }

    // The rules of the configuration have seen to it that a listener that needs it has it.
    private static WatchedCertificate? AddCertificate(this WebApplicationBuilder builder, ListenTlsOptions tls)
    {
        if (tls is not { Certificate: { } file, Key: { } key })
        {
            return null;
        }

        var certificate = WatchedCertificate.Load("Listen:Tls", new(file, key));
        builder.Services.AddSingleton(certificate);
        return certificate;
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
        kestrel.RequestHeaderEncodingSelector = static name => name == HeaderNames.ContentLength ? PlainDigits.Instance : null;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        // Above the 60 to 120 s of most load balancers, so that they close idle connections, not we while they send.
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);
        kestrel.Limits.MaxRequestBodySize = limits.MaxBodyBytes;
    }
}
