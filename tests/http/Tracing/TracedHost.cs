using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.GatewayApi.Telemetry;
using ProxyCluster.Silo.Hosting;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Tracing;

/// <summary>The product in this process with a listener to its spans, and two providers of one model.</summary>
public sealed class TracedHost : IAsyncLifetime
{
    public const string UserAgent = "traced/1.0";

    public const string UpstreamKey = "sk-upstream-planted";

    /// <summary>An alias whose conversations are condensed to 600 tokens.</summary>
    public const string Short = "short";

    private readonly string _directory = Directory.CreateTempSubdirectory("proxycluster-traced-").FullName;
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null });
    private readonly ConcurrentDictionary<string, Trace> _traces = new(StringComparer.Ordinal);
    private readonly ActivityListener _listener;
    private WebApplication? _app;

    public TracedHost() => _listener = new ActivityListener
    {
        ShouldListenTo = source => source.Name is GatewayTracing.SourceName or "Microsoft.AspNetCore",
        Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        ActivityStopped = span => TraceOf(span.TraceId.ToHexString()).Add(span),
    };

    public ScriptedUpstream First { get; private set; } = null!;

    public ScriptedUpstream Second { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        First = await ScriptedUpstream.StartAsync();
        Second = await ScriptedUpstream.StartAsync();
        ActivitySource.AddActivityListener(_listener);
        _app = SiloApplication.Create(
        [
            "--Listen:Data=http://127.0.0.1:0", "--Listen:Admin=http://127.0.0.1:0", "--Listen:Ops=http://127.0.0.1:0",
            "--Cluster:SiloPort=0", "--Cluster:GatewayPort=0", $"--Cluster:DataDirectory={_directory}", "--Telemetry:LogLevel=Error",
            .. Provider(0, "first", First), .. Provider(1, "second", Second),
            "--Aliases:either:Strategy=priority", "--Aliases:either:Models:0=first/gpt-4o", "--Aliases:either:Models:1=second/gpt-4o",
            $"--Aliases:{Short}:Models:0=first/gpt-4o", $"--Condensation:Models:{Short}:Automatic=true", $"--Condensation:Models:{Short}:MaxTokens=600",
        ]);
        await _app.StartAsync();
    }

    /// <summary>Sends a request that begins a trace, and waits for the request's span.</summary>
    public async Task<Trace> SendAsync(string body, string? traceState = null)
    {
        var id = ActivityTraceId.CreateRandom().ToHexString();
        var trace = TraceOf(id);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_app!.Services.GetRequiredService<ListenerAddresses>().Data!, "/v1/chat/completions"));
        request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        request.Headers.Add("User-Agent", UserAgent);
        request.Headers.Add("traceparent", $"00-{id}-{Trace.ClientSpan}-01");
        if (traceState is not null)
        {
            request.Headers.Add("tracestate", traceState);
        }

        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        trace.Status = (int)response.StatusCode;
        await trace.Ended.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        return trace;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        _listener.Dispose();
        _client.Dispose();
        await First.DisposeAsync();
        await Second.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private Trace TraceOf(string id) => _traces.GetOrAdd(id, static _ => new Trace());

    private static string[] Provider(int number, string name, ScriptedUpstream upstream)
    {
        var at = string.Create(CultureInfo.InvariantCulture, $"--Providers:{number}:");
        return
        [
            $"{at}Name={name}", $"{at}Type=xai", $"{at}BaseUrl={new Uri(upstream.Url, "/v1")}", $"{at}ApiKey={UpstreamKey}",
            $"{at}Models:0:Id=gpt-4o", $"{at}Models:0:InputCostPerMillion=2.5", $"{at}Models:0:OutputCostPerMillion=10",
        ];
    }
}
