namespace ProxyCluster.Grains.Storage;

/// <summary>Callers may not know the store's own exceptions; Orleans wraps them only where it keeps the state itself.</summary>
internal static class StoreFailure
{
    /// <summary>Runs an operation of a store.</summary>
    /// <param name="grain">Whose state it is.</param>
    /// <param name="operation">Reads, writes or clears.</param>
    /// <exception cref="OrleansException">The store does not answer, or another activation wrote.</exception>
    public static async Task GuardAsync(GrainId grain, Func<Task> operation)
    {
        try
        {
            await operation();
        }
        catch (Exception exception) when (exception is not OrleansException)
        {
            throw new OrleansException($"The store of {grain} does not answer: {exception.Message}", exception);
        }
    }
}
