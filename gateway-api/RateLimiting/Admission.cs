namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>Takes from all subjects of a request, or from none.</summary>
internal static class Admission
{
    /// <summary>Takes what is in hand. Where anything lacks, no token is kept; places in flight are, for who waits with them.</summary>
    public static bool TryTakeAll(Span<LevelTake> takes, long now, out LimitDecision decision)
    {
        foreach (ref var take in takes)
        {
            if (!take.Subject.TryTakeInHand(now, ref take))
            {
                PutBackTokens(takes);
                decision = default;
                return false;
            }
        }

        decision = UseAll(takes, now);
        return true;
    }

    /// <summary>Uses what was taken of every subject.</summary>
    /// <returns>The decision, with the standing of the most constrained subject that is enforced.</returns>
    public static LimitDecision UseAll(Span<LevelTake> takes, long now)
    {
        var most = default(LimitStanding);
        var slots = default(HeldSlots);
        foreach (ref var take in takes)
        {
            var standing = take.Subject.Use(now, ref take);
            if (take.HasSlot)
            {
                slots = slots.Add(take.Subject.Slots!);
            }

            if (standing.Limit > 0 && (most.Limit == 0 || standing.Remaining < most.Remaining))
            {
                most = standing;
            }
        }

        return new LimitDecision(null, most.Limit, most.Remaining, most.Reset) { Window = most.Window, Slots = slots };
    }

    /// <summary>Puts everything back, places in flight too.</summary>
    public static void PutBack(Span<LevelTake> takes)
    {
        PutBackTokens(takes);
        foreach (ref var take in takes)
        {
            if (take.HasSlot)
            {
                take.Subject.Slots!.Exit();
                take.HasSlot = false;
            }

            take.PassedSlots = false;
        }
    }

    /// <summary>Puts tokens back, as if they had never been taken.</summary>
    public static void PutBackTokens(Span<LevelTake> takes)
    {
        foreach (ref var take in takes)
        {
            take.Subject.PutBack(ref take);
        }
    }
}
