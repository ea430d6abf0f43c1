using System.Globalization;
using CsCheck;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Tests.Unit.Condensation;

/// <summary>What was taken back never stands without what took it back.</summary>
public sealed class CorrectionTests
{
    private static readonly string[] Wordings = ["No, make it {1}, not {0}.", "Sorry, I meant {1}.", "Actually {1}.", "Nicht {0}, sondern {1}.", "{0}ではなく{1}です。"];

    private static readonly CondensationStrategy[] Strategies = [CondensationStrategy.Hybrid, CondensationStrategy.Temporal, CondensationStrategy.Semantic];

    private static readonly string?[] Queries = [null, "How many seats does the venue have?", ""];

    private static readonly Gen<(int Seed, CondensationStrategy Strategy, int Budget, string? Query)> Cases =
        Gen.Select(Gen.Int[0, 100_000], Gen.Int[0, 2].Select(i => Strategies[i]), Gen.Int[60, 900], Gen.Int[0, 2].Select(i => Queries[i]));

    [Fact]
    public void WhatWasCorrected_IsNeverKeptWithoutItsCorrection()
    {
        var (pairs, dropped) = (0, 0);
        Cases.Sample(
            @case =>
            {
                var random = new Random(@case.Seed);
                var at = 2 * random.Next(0, 18);
                var messages = Talk(random, at);
                var request = new CondensationRequest { Budget = @case.Budget, Counter = TokenCounters.O200k, Strategy = @case.Strategy, Query = @case.Query };
                foreach (var result in (CondensationResult[])[Condenser.Condense(messages, request), RollingCondensation.Condense(messages, request with { Budget = @case.Budget + 200 }, new RollingOptions()).Result])
                {
                    var kept = result.Messages.Select(message => message.Source).ToHashSet();
                    Assert.True(!kept.Contains(at) || kept.Contains(at + 2), $"{@case}: {string.Join(' ', kept)}");
                    Interlocked.Add(ref pairs, kept.Contains(at) ? 1 : 0);
                    Interlocked.Add(ref dropped, kept.Contains(at) ? 0 : 1);
                }
            },
            iter: 1000);

        Assert.InRange(pairs, 100, int.MaxValue);
        Assert.InRange(dropped, 100, int.MaxValue);
    }

    [Fact]
    public void Correction_IsFoundOnlyWhereItTakesSomethingBack()
    {
        Assert.Equal(2, CorrectionOf("We need 5 seats in Lisbon.", "No, make it 6, not 5."));
        Assert.Equal(2, CorrectionOf("Wir brauchen 5 Plätze.", "6 statt 5, bitte."));
        Assert.Equal(-1, CorrectionOf("We need 5 seats in Lisbon.", "That is not nice of them."));
        Assert.Equal(-1, CorrectionOf("We need 5 seats in Lisbon.", "Is it not 6?"));
        Assert.Equal(-1, CorrectionOf("That was lovely.", "We need 6 seats for Ada."));
    }

    private static int CorrectionOf(string first, string second)
    {
        List<ConversationMessage> messages = [Conversations.Message(MessageRole.User, first), Conversations.Message(MessageRole.Assistant, "Fine."), Conversations.Message(MessageRole.User, second)];
        return Corrections.Of(messages, ConversationUnits.Of(messages, [20, 20, 20]), CondensationWords.English)[0];
    }

    private static List<ConversationMessage> Talk(Random random, int at)
    {
        var messages = Enumerable.Range(0, 44)
            .Select(i => Conversations.Message(i % 2 == 0 ? MessageRole.User : MessageRole.Assistant, $"That was a lovely and long afternoon in town {i}, with {(random.Next(2) == 0 ? "tea" : "cake and Ada")} for all of us."))
            .ToList();
        var (first, second) = (random.Next(10, 99), random.Next(100, 999));
        messages[at] = Conversations.Message(MessageRole.User, $"The venue of Professor Okafor in Lisbon has {first} seats for all of us, and a garden.");
        messages[at + 2] = Conversations.Message(MessageRole.User, string.Format(CultureInfo.InvariantCulture, Wordings[random.Next(Wordings.Length)], first, second));
        messages.Add(Conversations.Message(MessageRole.User, "Go on"));
        return messages;
    }
}
