namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>The places in flight that one request has taken, at most one for each level.</summary>
internal readonly record struct HeldSlots(SubjectSlots? First, SubjectSlots? Second, SubjectSlots? Third, SubjectSlots? Fourth)
{
    /// <summary>With one more.</summary>
    public HeldSlots Add(SubjectSlots slots) =>
        First is null ? this with { First = slots }
        : Second is null ? this with { Second = slots }
        : Third is null ? this with { Third = slots }
        : this with { Fourth = slots };

    /// <summary>Gives all of them back.</summary>
    public void Exit()
    {
        First?.Exit();
        Second?.Exit();
        Third?.Exit();
        Fourth?.Exit();
    }
}
