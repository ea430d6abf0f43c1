namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>Counts who uses something, its owner included: it ends with its last user.</summary>
internal sealed class UseCount
{
    private int _users = 1;

    /// <summary>Begins a use, until <see cref="Exit"/>.</summary>
    /// <returns><see langword="false"/>: it has ended.</returns>
    public bool TryEnter()
    {
        var users = Volatile.Read(ref _users);
        while (users > 0)
        {
            var seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                return true;
            }

            users = seen;
        }

        return false;
    }

    /// <summary>Ends a use.</summary>
    /// <returns>Whether it was the last one.</returns>
    public bool Exit() => Interlocked.Decrement(ref _users) == 0;
}
