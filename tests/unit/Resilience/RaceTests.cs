using ProxyCluster.GatewayApi.Resilience;

namespace ProxyCluster.Tests.Unit.Resilience;

public sealed class RaceTests
{
    [Fact]
    public void Race_IsWonOnce_AndTheOtherSideIsCancelledAtOnce()
    {
        using var race = new Race(CancellationToken.None);

        Assert.True(race.Second.TryWin());

        Assert.True(race.First.Abandoned.IsCancellationRequested);
        Assert.False(race.Second.Abandoned.IsCancellationRequested);
        Assert.False(race.First.TryWin());
        Assert.True(race.Second.TryWin());
        Assert.Equal((true, false), (race.First.IsBeaten, race.Second.IsBeaten));
    }

    [Fact]
    public async Task Client_ThatLeaves_CancelsBothSides_AndBeatsNeither()
    {
        using var client = new CancellationTokenSource();
        using var race = new Race(client.Token);

        await client.CancelAsync();

        Assert.True(race.First.Abandoned.IsCancellationRequested && race.Second.Abandoned.IsCancellationRequested);
        Assert.False(race.First.IsBeaten || race.Second.IsBeaten);
    }

    [Fact]
    public void Race_ClaimedByBothAtOnce_HasOneWinner()
    {
        for (var i = 0; i < 2_000; i++)
        {
            using var race = new Race(CancellationToken.None);
            var wins = 0;
            Parallel.Invoke(() => Count(race.First), () => Count(race.Second));
            Assert.Equal(1, wins);

            void Count(RaceSide side)
            {
                if (side.TryWin())
                {
                    Interlocked.Increment(ref wins);
                }
            }
        }
    }
}
