using Xunit;

namespace ProxyCluster.Tests.Support.Clients;

/// <summary>Waits for what shows only when it is asked for.</summary>
public static class Wait
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks until it is so; fails the test where it does not come about.</summary>
    /// <param name="condition">Whether it is so.</param>
    /// <param name="what">For the message.</param>
    /// <param name="patience">How long.</param>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what, TimeSpan patience)
    {
        using var deadline = new CancellationTokenSource(patience);
        while (!await condition())
        {
            Assert.False(deadline.IsCancellationRequested, $"It did not come about within {patience.TotalSeconds} s that {what}.");
            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
