using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using ProxyCluster.Core.Responses;
using ProxyCluster.GrainInterfaces.Responses;

namespace ProxyCluster.Grains.Responses;

/// <summary>Puts a mailbox, a clock and a store around <see cref="ResponseShard"/>.</summary>
/// <remarks>
/// While an answer is being stored, look-ups go on with what was stored before. A write that fails leaves its outcome
/// unknown: the shard is read again before the next change is decided.
/// </remarks>
[GrainType("pc.response-map")]
internal sealed partial class ResponseMapGrain(
    IGrainContext context,
    [FromKeyedServices("Default")] IGrainStorage storage,
    TimeProvider clock,
    ILogger<ResponseMapGrain> logger) : IGrainBase, IResponseMapGrain
{
    private readonly ResponseMapStore _store = new(storage, context.GrainId);
    private ResponseShard _answers = new();
    private bool _storeMayBeAhead;

    IGrainContext IGrainBase.GrainContext => context;

    /// <inheritdoc/>
    public async Task OnActivateAsync(CancellationToken cancellationToken) => _answers = await _store.ReadAsync();

    /// <inheritdoc/>
    public async ValueTask KeepAsync(ResponseKey key, string provider)
    {
        ArgumentException.ThrowIfNullOrEmpty(provider);
        if (key.Shard != context.GrainId.GetIntegerKey())
        {
            throw new ArgumentException("The answer is not of this shard.", nameof(key));
        }

        if (_storeMayBeAhead)
        {
            _answers = await _store.ReadAsync();
            _storeMayBeAhead = false;
        }

        await StoreAsync(_answers.Plan(key, provider, clock.GetUtcNow()));

        // Each answer pays for at most one page that has expired: a shard that grows shrinks by itself.
        await StoreAsync(_answers.PlanSweep(clock.GetUtcNow()));
    }

    /// <inheritdoc/>
    public ValueTask<string?> FindAsync(ResponseKey key) => new(_answers.Find(key, clock.GetUtcNow()));

    private async ValueTask StoreAsync(ResponsePageChange? planned)
    {
        if (planned is not { } change)
        {
            return;
        }

        _storeMayBeAhead = true;
        try
        {
            await _store.WriteAsync(change);
        }
        catch (Exception failure)
        {
            LogNotStored(logger, failure, context.GrainId);
            throw;
        }

        _storeMayBeAhead = false;
        _answers.Apply(change);
    }

    [LoggerMessage(6001, LogLevel.Warning, "{Shard} could not store which provider keeps an answer: whether it was stored is not known")]
    private static partial void LogNotStored(ILogger logger, Exception failure, GrainId shard);
}
