using Microsoft.Extensions.Options;
using ProxyCluster.Core.Batching;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Batching;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.GatewayApi.Models;

/// <summary>
/// Asks providers for their lists of models. Whoever asks while a provider is being asked waits for that answer's end, and
/// one more call answers all of them (SPEC section 6: 20, or 200 ms, by provider).
/// </summary>
internal sealed partial class ModelLists
{
    private const int LargestList = 8 * 1024 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly ModelDefinition NoModel = new() { Id = "" };

    private readonly UpstreamPool _pool;
    private readonly DiscoveredModels _discovered;
    private readonly BatchingMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger<ModelLists> _logger;
    private readonly HashSet<string> _failing = new(StringComparer.Ordinal);
    private readonly Batcher<string, ProviderDefinition, string?> _batcher;

    public ModelLists(
        UpstreamPool pool,
        DiscoveredModels discovered,
        BatchingMetrics metrics,
        IOptionsMonitor<ProxyClusterOptions> options,
        IHostApplicationLifetime lifetime,
        TimeProvider clock,
        ILogger<ModelLists> logger)
    {
        _pool = pool;
        _discovered = discovered;
        _metrics = metrics;
        _clock = clock;
        _logger = logger;
        _batcher = new(_ => LimitsOf(options.CurrentValue.Batching.ModelLists), () => options.CurrentValue.Batching.MaxQueued, AskForAllAsync, clock);
        metrics.Watch(BatchKind.ModelLists, () => _batcher.Queued);
        lifetime.ApplicationStopping.Register(_batcher.Close);
    }

    /// <summary>Asks a provider and keeps what it tells.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="cancellationToken">Stops waiting. The call goes on as long as anybody waits for it.</param>
    /// <returns>Why there is no list; <see langword="null"/>: there is.</returns>
    public Task<string?> AskAsync(ProviderDefinition provider, CancellationToken cancellationToken) =>
        _batcher.JoinAsync(provider.Name, provider, ItemSize.One, cancellationToken);

    private static BatchLimits LimitsOf(ModelListBatchOptions settings) =>
        BatchLimits.OfItems(settings.MaxRequests, TimeSpan.FromMilliseconds(settings.MaxWaitMilliseconds));

    private async Task<IReadOnlyList<string?>> AskForAllAsync(string provider, Batch<ProviderDefinition> batch)
    {
        _metrics.Sent(BatchKind.ModelLists, batch.Items.Count, batch.Waited);

        // Who asked last knows the provider's latest definition.
        var fault = await AskOnceAsync(batch.Items[^1], batch.AllLeft);
        Note(provider, fault);
        return [.. Enumerable.Repeat(fault, batch.Items.Count)];
    }

    private async Task<string?> AskOnceAsync(ProviderDefinition provider, CancellationToken cancellationToken)
    {
        if (!_pool.TryEnter(provider, out var client, out var unusable))
        {
            return unusable ?? "It was removed.";
        }

        try
        {
            if (client.Keys.Fault is { } keyFault)
            {
                return keyFault;
            }

            using var limit = new CancellationTokenSource(Limit, _clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            using var message = client.Adapter.CreateModelList(client.TargetFor(NoModel, ""));
            using var response = await client.SendAsync(message, either.Token);
            response.EnsureSuccessStatusCode();
            await response.Content.LoadIntoBufferAsync(LargestList, either.Token);
            if (ModelListReader.Read(await response.Content.ReadAsByteArrayAsync(either.Token)) is not { } names)
            {
                return "It is no list of models.";
            }

            _discovered.Set(provider.Name, new DiscoveredList(names, _clock.GetUtcNow()));
            return null;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is HttpRequestException or IOException or OperationCanceledException)
        {
            return e is HttpRequestException { StatusCode: { } status } ? $"The answer was {(int)status}." : "It did not answer.";
        }
        finally
        {
            client.Exit();
        }
    }

    // Once when it begins, and once when it is over: a provider without such a list would else fill the log.
    private void Note(string provider, string? fault)
    {
        lock (_failing)
        {
            if (fault is null)
            {
                _failing.Remove(provider);
            }
            else if (_failing.Add(provider))
            {
                LogFailed(_logger, provider, fault);
            }
        }
    }

    [LoggerMessage(EventId = 2311, Level = LogLevel.Information, Message = "The models of {Provider} could not be listed: {Fault} Its configured names are served all the same")]
    private static partial void LogFailed(ILogger logger, string provider, string fault);
}
