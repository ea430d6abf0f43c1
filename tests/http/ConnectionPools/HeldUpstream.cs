using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ProxyCluster.Tests.Http.ConnectionPools;

/// <summary>A host that begins every answer at once and ends none until it is told to; it counts connections and requests.</summary>
internal sealed class HeldUpstream : IAsyncDisposable
{
    public const string Name = "upstream.test";

    private const string Begin = "data: hello\n\n";
    private const string End = "data: [DONE]\n\n";

    private readonly Lock _changing = new();
    private readonly List<(int Requests, TaskCompletionSource Reached)> _awaited = [];
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication _app = null!;
    private int _accepted;
    private int _open;
    private int _requests;
    private int _now;
    private int _aborted;

    /// <summary>The whole of an answer.</summary>
    public const string Answer = Begin + End;

    public int Port { get; private set; }

    public bool IsSecure { get; private init; }

    /// <summary>Connections that were opened so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Connections that are open.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Requests that came so far.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Requests that the other side has given up.</summary>
    public int Aborted => Volatile.Read(ref _aborted);

    public Uri Url => new($"{(IsSecure ? "https" : "http")}://{Name}:{Port}/v1");

    /// <summary>Starts on a loopback address.</summary>
    /// <param name="certificate">Makes it a host of TLS.</param>
    /// <param name="protocols">What it offers.</param>
    /// <param name="address">Where; 127.0.0.1 unless given.</param>
    /// <param name="port">Which port; one that is free unless given.</param>
    public static async Task<HeldUpstream> StartAsync(
        X509Certificate2? certificate = null, HttpProtocols protocols = HttpProtocols.Http1, string address = "127.0.0.1", int port = 0)
    {
        var upstream = new HeldUpstream { IsSecure = certificate is not null };
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Parse(address), port, listen =>
        {
            listen.Protocols = protocols;
            listen.Use(next => async connection =>
            {
                Interlocked.Increment(ref upstream._accepted);
                Interlocked.Increment(ref upstream._open);
                try
                {
                    await next(connection);
                }
                finally
                {
                    Interlocked.Decrement(ref upstream._open);
                }
            });
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        upstream._app = builder.Build();
        upstream._app.Run(upstream.ServeAsync);
        await upstream._app.StartAsync();
        upstream.Port = new Uri(upstream._app.Urls.Single()).Port;
        return upstream;
    }

    /// <summary>Waits until that many requests are there at the same time.</summary>
    public Task AtOnceAsync(int requests)
    {
        lock (_changing)
        {
            if (_now >= requests)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((requests, reached));
            return reached.Task;
        }
    }

    /// <summary>Ends all answers, and every later one at once.</summary>
    public void Release() => _release.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Release();
        using var soon = new CancellationTokenSource(TimeSpan.Zero, TimeProvider.System);
        await _app.StopAsync(soon.Token);
        await _app.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        Count(1);
        try
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            await context.Response.WriteAsync(Begin, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await _release.Task.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync(End, context.RequestAborted);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            Interlocked.Increment(ref _aborted);
        }
        finally
        {
            Count(-1);
        }
    }

    private void Count(int change)
    {
        lock (_changing)
        {
            _now += change;
            _requests += Math.Max(0, change);
            foreach (var (_, reached) in _awaited.Where(awaited => awaited.Requests <= _now))
            {
                reached.TrySetResult();
            }
        }
    }
}
