using ProxyCluster.Core.Resilience;

namespace ProxyCluster.Grains.Providers;

/// <summary>Puts the mailbox and the clock around <see cref="SlotBook"/>, which shares the provider's slots.</summary>
internal sealed partial class ProviderGrain
{
    private SlotBook? _slots;

    /// <inheritdoc/>
    public ValueTask<SlotGrant> RenewSlotsAsync(SlotRequest request)
    {
        if (Definition is not { } definition)
        {
            return new(default(SlotGrant));
        }

        var now = clock.GetUtcNow();
        _slots ??= new SlotBook(now);
        return new(_slots.Renew(request, definition.MaxConcurrency, now));
    }
}
