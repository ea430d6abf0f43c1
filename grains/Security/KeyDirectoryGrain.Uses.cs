using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ProxyCluster.Core.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.Grains.Security;

/// <summary>When keys were last used, for operators: stored now and then, apart from the keys.</summary>
internal sealed partial class KeyDirectoryGrain
{
    private static readonly TimeSpan UsesPeriod = TimeSpan.FromMinutes(5);

    private KeyUseLog _uses = new();
    private bool _usesChanged;
    private bool _usesWereLost;

    /// <inheritdoc/>
    public ValueTask UsedAsync(ImmutableArray<KeyUse> uses)
    {
        foreach (var use in uses)
        {
            if (_keys.Find(use.PublicId) is not null)
            {
                _uses.Used(use.PublicId, use.IsPrevious, use.At);
                _usesChanged = true;
            }
        }

        return ValueTask.CompletedTask;
    }

    private async Task LoadUsesAsync()
    {
        _uses = await _store.ReadUsesAsync();
        this.RegisterGrainTimer(
            StoreUsesAsync, new GrainTimerCreationOptions { DueTime = UsesPeriod, Period = UsesPeriod, Interleave = true });
    }

    private async Task StoreUsesAsync()
    {
        if (!_usesChanged)
        {
            return;
        }

        _usesChanged = false;
        try
        {
            if (_usesWereLost)
            {
                // For its etag only: what is known here is newer.
                await _store.ReadUsesAsync();
            }

            await _store.WriteUsesAsync(_uses);
            _usesWereLost = false;
        }
        catch (OrleansException exception)
        {
            (_usesChanged, _usesWereLost) = (true, true);
            LogUsesNotStored(logger, exception, context.GrainId);
        }
    }

    [LoggerMessage(3007, LogLevel.Warning, "When keys were last used could not be stored by {Shard}")]
    private static partial void LogUsesNotStored(ILogger logger, Exception exception, GrainId shard);
}
