using CsCheck;
using ProxyCluster.Core.Budgets;

namespace ProxyCluster.Tests.Unit.Budgets;

/// <summary>What must hold however calls are delayed, repeated and lost, and whichever gateway dies.</summary>
public sealed class BudgetBookPropertyTests
{
    private const int Steps = 1_200;

    private static readonly Gen<(int Seed, int Gateways, BudgetLimits Limits)> Schedules = Gen.Select(
        Gen.Int, Gen.Int[1, 4], Gen.Int[30, 400], Gen.Int[200, 3_000],
        static (seed, gateways, tokens, dollars) => (seed, gateways, new BudgetLimits(tokens, 0, dollars, dollars * 2)));

    [Fact]
    public void AnySchedule_InAnySixtySeconds_UsesNoMoreTokensThanTheLimit() =>
        Schedules.Sample(
            static schedule => Assert.InRange(MostTokens(Run(schedule)), 0, schedule.Limits.TokensPerMinute),
            iter: 150,
            threads: 1);

    [Fact]
    public void AnySchedule_OnAnyDay_SpendsNoMoreThanTheBudget() =>
        Schedules.Sample(
            static schedule =>
            {
                foreach (var day in Run(schedule).Uses.GroupBy(static use => use.Day))
                {
                    Assert.InRange(day.Sum(static use => use.Used.NanoDollars), 0, schedule.Limits.NanoDollarsPerDay);
                }
            },
            iter: 150,
            threads: 1);

    [Fact]
    public void AnySchedule_AtAnyMoment_CountsAtLeastWhatWasSpent() =>
        Schedules.Sample(static schedule => Assert.InRange(Run(schedule).LeastMargin, 0, long.MaxValue), iter: 150, threads: 1);

    [Fact]
    public void Schedules_DoUseTheLimits()
    {
        var limits = new BudgetLimits(200, 0, 600, 0);
        var network = new SimulatedNetwork(seed: 7, gateways: 2, limits).Run(Steps);

        // Requests use half of what they reserve, so a window that is full of reservations holds about half of its limit.
        Assert.True(MostTokens(network) > 60, $"The schedule is too weak to show anything: {MostTokens(network)} tokens in a minute.");
        var most = network.Uses.GroupBy(static use => use.Day).Max(static day => day.Sum(static use => use.Used.NanoDollars));
        Assert.True(most > 150, $"The schedule is too weak to show anything: {most} spent in a day.");
    }

    private static SimulatedNetwork Run((int Seed, int Gateways, BudgetLimits Limits) schedule) =>
        new SimulatedNetwork(schedule.Seed, schedule.Gateways, schedule.Limits).Run(Steps);

    private static long MostTokens(SimulatedNetwork network)
    {
        var uses = network.Uses;
        long most = 0, sum = 0;
        for (int first = 0, last = 0; last < uses.Count; last++)
        {
            sum += uses[last].Used.Tokens;
            while (uses[last].At - uses[first].At >= 60_000)
            {
                sum -= uses[first++].Used.Tokens;
            }

            most = Math.Max(most, sum);
        }

        return most;
    }
}
