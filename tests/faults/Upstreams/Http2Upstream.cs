using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ProxyCluster.Tests.Faults.Upstreams;

/// <summary>A provider of OpenAI's dialect that speaks HTTP/2 over TLS, whose streams and connections end as each model's fault wants it.</summary>
internal sealed class Http2Upstream : IAsyncDisposable
{
    /// <summary>What it answers, as three deltas.</summary>
    public const string Text = "one two three";

    private const int RefusedStream = 7;
    private const int InternalError = 2;

    private static readonly string[] Words = ["one", " two", " three"];

    private readonly ConcurrentDictionary<string, Http2Fault> _faults = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _seen = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Http2Call> _calls = new();
    private WebApplication _app = null!;

    /// <summary>Where it listens, without a path.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>Holds every answer after its first content while it is not completed; <see langword="null"/>: none.</summary>
    public TaskCompletionSource? Held { get; set; }

    /// <param name="certificate">Of <c>localhost</c>.</param>
    public static async Task<Http2Upstream> StartAsync(X509Certificate2 certificate)
    {
        var upstream = new Http2Upstream();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.UseHttps(certificate);
        }));
        upstream._app = builder.Build();
        upstream._app.Run(upstream.ServeAsync);
        await upstream._app.StartAsync();
        upstream.Url = new Uri($"https://localhost:{new Uri(upstream._app.Urls.Single()).Port}");
        return upstream;
    }

    /// <summary>Behaves so for requests of this model.</summary>
    public void ForModel(string model, Http2Fault fault) => _faults[model] = fault;

    /// <summary>Completed by a client of the model that has the first content: trouble in the middle waits for it, since a reset discards what was not read.</summary>
    public TaskCompletionSource Seen(string model) => _seen.GetOrAdd(model, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>What came for a model.</summary>
    public IReadOnlyList<Http2Call> CallsOf(string model) => [.. _calls.Where(call => call.Model == model)];

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.Zero, TimeProvider.System);
        await _app.StopAsync(soon.Token);
        await _app.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        using var request = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var model = request.RootElement.GetProperty("model").GetString()!;
        var isStream = request.RootElement.TryGetProperty("stream", out var stream) && stream.GetBoolean();
        _calls.Enqueue(new Http2Call(model, context.Request.Protocol, context.Connection.Id));
        var fault = _faults.GetValueOrDefault(model);
        try
        {
            await HurtAsync(context, fault, Http2Moment.BeforeHeaders);
            context.Response.ContentType = isStream ? "text/event-stream" : "application/json";
            await context.Response.StartAsync(context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await HurtAsync(context, fault, Http2Moment.BeforeContent);
            await (isStream ? SendStreamAsync(context, model, fault) : context.Response.WriteAsync(Whole(), context.RequestAborted));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // Cut by the script, or given up by the gateway.
        }
    }

    private async Task SendStreamAsync(HttpContext context, string model, Http2Fault? fault)
    {
        for (var i = 0; i < Words.Length; i++)
        {
            await SendAsync(context, $$$"""{"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"{{{Words[i]}}}"}}]}""");
            if (i == 0)
            {
                await (fault?.Moment == Http2Moment.Midway ? Seen(model).Task.WaitAsync(context.RequestAborted) : Task.CompletedTask);
                await HurtAsync(context, fault, Http2Moment.Midway);
                await (Held?.Task.WaitAsync(context.RequestAborted) ?? Task.CompletedTask);
            }
        }

        await SendAsync(context, """{"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""");
        await SendAsync(context, "[DONE]");
    }

    private static async Task SendAsync(HttpContext context, string data)
    {
        await context.Response.WriteAsync($"data: {data}\n\n", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private static string Whole() =>
        $$$"""{"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"{{{Text}}}"},"finish_reason":"stop"}]}""";

    private static async Task HurtAsync(HttpContext context, Http2Fault? fault, Http2Moment now)
    {
        if (fault?.Moment != now)
        {
            return;
        }

        switch (fault.Trouble)
        {
            case Http2Trouble.Stall:
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
                break;
            case Http2Trouble.Reset:
                context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(InternalError);
                break;
            case Http2Trouble.Refusal:
                context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(RefusedStream);
                break;
            case Http2Trouble.Cut:
                context.Features.GetRequiredFeature<IConnectionLifetimeFeature>().Abort();
                break;
            case Http2Trouble.Farewell:
                context.Features.GetRequiredFeature<IConnectionLifetimeNotificationFeature>().RequestClose();
                return;
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
    }
}

/// <summary>A request as it came.</summary>
/// <param name="Model">What was asked for.</param>
/// <param name="Protocol">How, for example <c>HTTP/2</c>.</param>
/// <param name="Connection">Requests with the same text came over one connection.</param>
internal sealed record Http2Call(string Model, string Protocol, string Connection);
