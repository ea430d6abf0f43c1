using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Recordings;
using ProxyCluster.Tests.Http.RoundTrip.Wires;

namespace ProxyCluster.Tests.Http.RoundTrip;

/// <summary>
/// Every dialect of clients before every type of provider: the makers' own clients on the one side, providers that read
/// their requests by themselves on the other. What must work and what must be refused stands in <c>docs/dialects.md</c>.
/// </summary>
[Collection(RoundTripCollection.Name)]
public sealed class RoundTripTests(RoundTripFixture fixture)
{
    private const string SimulatedBeginning = "This answer was made by the simulator";

    public static TheoryData<Inbound, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<Inbound, string>();
            foreach (var inbound in Enum.GetValues<Inbound>())
            {
                foreach (var outbound in Outbound.All)
                {
                    pairs.Add(inbound, outbound.Type);
                }
            }

            return pairs;
        }
    }

    /// <summary>Pairs whose clients can send thoughts back, and whose providers have calls to think before.</summary>
    public static TheoryData<Inbound, string> ThoughtfulPairs
    {
        get
        {
            var pairs = new TheoryData<Inbound, string>();
            foreach (var outbound in Outbound.All.Where(static outbound => DialectTable.Cell(Inbound.Messages, outbound.Type, Feature.Tools) == DialectTable.Yes))
            {
                pairs.Add(Inbound.Responses, outbound.Type);
                pairs.Add(Inbound.Messages, outbound.Type);
            }

            return pairs;
        }
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Pairs))]
    public Task Text_WholeAndStreamed_IsWhatTheProviderSaid(Inbound inbound, string outbound) => CheckAsync(inbound, outbound, Feature.Text);

    [Theory, MemberData(nameof(Pairs))]
    public Task Image_InTheQuestion_ReachesTheProvider(Inbound inbound, string outbound) => CheckAsync(inbound, outbound, Feature.Image);

    [Theory, MemberData(nameof(Pairs))]
    public Task Schema_OfTheAnswer_ReachesTheProvider(Inbound inbound, string outbound) => CheckAsync(inbound, outbound, Feature.Schema);

    [Theory, MemberData(nameof(Pairs))]
    public Task Thoughts_OfTheModel_ReachTheClient(Inbound inbound, string outbound) => CheckAsync(inbound, outbound, Feature.Reasoning);

    [Theory, MemberData(nameof(Pairs))]
    public Task Answer_ThatReachedItsLimit_SaysSo(Inbound inbound, string outbound) => CheckAsync(inbound, outbound, Feature.Length);

    [Theory, MemberData(nameof(Pairs))]
    public Task Answer_ThatWasStopped_SaysSo(Inbound inbound, string outbound) => CheckAsync(inbound, outbound, Feature.Filter);

    [Theory, MemberData(nameof(Pairs))]
    public Task Tools_CalledAtOnce_AreAnsweredWithTheirResults(Inbound inbound, string outbound) => CheckAsync(inbound, outbound, Feature.Tools);

    [Theory, MemberData(nameof(ThoughtfulPairs))]
    public async Task Thoughts_BeforeCalls_GoBackToTheirProvider(Inbound inbound, string outbound)
    {
        var client = RoundTripClient.Of(inbound, fixture.Gateway);
        var verdict = DialectTable.RowsOf("Thoughts that go back").Single(row => row["provider"] == outbound)["verdict"];
        foreach (var question in Questions(outbound, Feature.ThoughtsBack))
        {
            var heard = await AskAsync(client, question);
            AssertHeard(Outbound.Of(outbound).Wire!, Script.ReplyTo(Feature.ThoughtsBack, hasResults: false), heard);
            var before = fixture.Thoughts.Count;

            await AskAsync(client, question with { Earlier = heard });

            Assert.Equal(verdict == DialectTable.Yes ? [Outbound.Of(outbound).Wire!.ThoughtsBack!] : [], fixture.Thoughts.Skip(before));
        }
    }

    [Theory, MemberData(nameof(Pairs))]
    public async Task Limit_OfTheProvider_IsTheClientsOwnException(Inbound inbound, string outbound)
    {
        var client = RoundTripClient.Of(inbound, fixture.Gateway);
        foreach (var question in Questions(outbound, Feature.Limited))
        {
            var complaint = await client.FailAsync(question, Cancel);

            Assert.Equal((client.Exceptions.Limited, 429), (complaint.Kind, complaint.Status));
            if (complaint.RetryAfter is { } wait && outbound != "simulator")
            {
                Assert.Equal($"{Script.RetryAfterSeconds}", wait);
            }
        }
    }

    [Theory, MemberData(nameof(Pairs))]
    public async Task Refusal_OfTheProvider_IsTheClientsOwnException(Inbound inbound, string outbound)
    {
        var client = RoundTripClient.Of(inbound, fixture.Gateway);
        foreach (var question in Questions(outbound, Feature.Rejected))
        {
            var complaint = await client.FailAsync(question, Cancel);

            Assert.Equal((client.Exceptions.Rejected, 400), (complaint.Kind, complaint.Status));
            if (outbound != "simulator")
            {
                Assert.Contains(Script.Complaint, complaint.Message, StringComparison.Ordinal);
            }
        }
    }

    [Theory, MemberData(nameof(Pairs))]
    public async Task Stream_ThatBreaksOff_NeverSeemsWhole(Inbound inbound, string outbound)
    {
        if (DialectTable.Cell(inbound, outbound, Feature.Cut) == DialectTable.Never)
        {
            return;
        }

        var question = new Question(Outbound.Of(outbound).ModelFor(Feature.Cut), Feature.Cut, IsStreamed: true);

        var (text, isComplete) = await RoundTripClient.Of(inbound, fixture.Gateway).FollowAsync(question, Cancel);

        Assert.False(isComplete);
        Assert.NotEmpty(text);
        Assert.StartsWith(text, Script.ReplyTo(Feature.Cut, hasResults: false).Text, StringComparison.Ordinal);
    }

    private static IEnumerable<Question> Questions(string outbound, Feature feature) =>
        new[] { false, true }.Select(isStreamed => new Question(Outbound.Of(outbound).ModelFor(feature), feature, isStreamed));

    private async Task CheckAsync(Inbound inbound, string outbound, Feature feature)
    {
        var client = RoundTripClient.Of(inbound, fixture.Gateway);
        var wire = Outbound.Of(outbound).Wire;
        foreach (var question in Questions(outbound, feature))
        {
            switch (DialectTable.Cell(inbound, outbound, feature))
            {
                case DialectTable.Yes or DialectTable.Plain when wire is null:
                    AssertSimulated(feature, await AskAsync(client, question));
                    break;
                case DialectTable.Plain:
                    AssertHeard(wire!, Script.ReplyTo(feature, hasResults: false) with { Reasoning = "" }, await AskAsync(client, question));
                    break;
                case DialectTable.Yes:
                    var heard = await AskAsync(client, question);
                    AssertHeard(wire!, Script.ReplyTo(feature, hasResults: false), heard);
                    if (feature == Feature.Tools)
                    {
                        AssertHeard(wire!, Script.ReplyTo(feature, hasResults: true), await AskAsync(client, question with { Earlier = heard }));
                    }

                    break;
                case DialectTable.Refused:
                    var complaint = await client.FailAsync(question, Cancel);
                    Assert.Equal((client.Exceptions.Rejected, 400), (complaint.Kind, complaint.Status));
                    Assert.DoesNotContain("Not what was expected", complaint.Message, StringComparison.Ordinal);
                    break;
                case DialectTable.Never:
                    break;
                case var cell:
                    Assert.Fail($"'{cell}' is no verdict.");
                    break;
            }
        }
    }

    private async Task<Heard> AskAsync(RoundTripClient client, Question question)
    {
        try
        {
            return await client.AskAsync(question, Cancel);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{question}: {fault.Message}\n{fixture.Faults.LastOrDefault()}", fault);
        }
    }

    private static void AssertHeard(Wire wire, Reply expected, Heard heard)
    {
        Assert.Equal((expected.Text, expected.Reasoning, expected.End), (heard.Text, heard.Reasoning, heard.End ?? (ReplyEnd)(-1)));
        Assert.Equal(wire.CallIds.Zip(expected.Calls, static (id, call) => (id, call.Name)), heard.Calls.Select(static call => (call.Id, call.Name)));
        foreach (var (call, told) in expected.Calls.Zip(heard.Calls))
        {
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(call.Arguments), JsonNode.Parse(told.Arguments)), $"{told.Arguments} is not {call.Arguments}");
        }

        Assert.Equal(heard.Tokens?.CacheWrite is null ? wire.Tokens with { CacheWrite = null } : wire.Tokens, heard.Tokens);
    }

    private static void AssertSimulated(Feature feature, Heard heard)
    {
        Assert.StartsWith(SimulatedBeginning, heard.Text, StringComparison.Ordinal);
        Assert.Equal(feature == Feature.Length ? ReplyEnd.Length : ReplyEnd.Stop, heard.End);
        Assert.Empty(heard.Calls);
        Assert.True(heard.Tokens is { Prompt: > 0, Completion: > 0 });
    }
}
