namespace ProxyCluster.Grains.Storage;

/// <summary>The storages that grains expect of their host, beside the default one.</summary>
public static class StorageNames
{
    /// <summary>
    /// For states that are written before each grant, by many grains at once: writes that come together are committed together.
    /// What was not written for <see cref="GrantsLifetime"/> may be gone.
    /// </summary>
    public const string Grants = "Grants";

    /// <summary>Longer than anything in a limiter's state counts: an hour's window, then an hour's block.</summary>
    public static readonly TimeSpan GrantsLifetime = TimeSpan.FromHours(3);
}
