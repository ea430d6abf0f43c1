using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Audit;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.GrainInterfaces.Audit;

namespace ProxyCluster.Silo.CommandLine;

/// <summary>Where a log's lines come from. None is held in memory for longer than a segment.</summary>
internal static class AuditSource
{
    /// <summary>An exported file.</summary>
    public static IAsyncEnumerable<string> OfFile(string path) => File.ReadLinesAsync(path);

    /// <summary>The store, through the log's grain.</summary>
    public static async IAsyncEnumerable<string> OfStoreAsync(
        IServiceProvider services, AuditRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var region = services.GetRequiredService<IOptionsMonitor<ProxyClusterOptions>>().CurrentValue.Region;
        var log = services.GetRequiredService<IGrainFactory>().GetGrain<IAuditGrain>(AuditLogs.Of(region, request.Log));
        var page = new AuditPage([], AuditLogs.FirstOf(AuditLogs.SegmentOf(Math.Max(1, request.From ?? 1))) - 1);
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            page = await log.ReadAsync(new AuditQuery(page.Next, AuditLogs.SegmentRecords));
            foreach (var line in page.Lines)
            {
                yield return line;
            }
        }
        while (page.Next != 0);
    }

    /// <summary>The export of a running gateway.</summary>
    public static async IAsyncEnumerable<string> OfGatewayAsync(AuditRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(request.Url, UriKind.Absolute, out var root) || root.Scheme is not ("http" or "https"))
        {
            throw new UsageFault($"'{request.Url}' is not a URL: --url must be http://address:port of an admin listener.");
        }

        using var message = new HttpRequestMessage(HttpMethod.Get, new Uri(root, $"/admin/v1/audit/export?log={request.Log}&from={request.From ?? 1}"));
        if ((request.Key?.Reveal() ?? Environment.GetEnvironmentVariable(KeyCommands.KeyVariable)) is { Length: > 0 } key)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(15) };
        using var invoker = new HttpMessageInvoker(handler);
        using var response = await SendAsync(invoker, message, root, cancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            yield return line;
        }
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpMessageInvoker invoker, HttpRequestMessage message, Uri root, CancellationToken cancellationToken)
    {
        try
        {
            var response = await invoker.SendAsync(message, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            response.Dispose();
            throw new StartFault($"{root} refused: {(int)response.StatusCode} {response.ReasonPhrase}");
        }
        catch (HttpRequestException exception)
        {
            throw new StartFault($"{root} cannot be reached: {exception.Message}", exception);
        }
    }
}
