using System.Text;
using System.Text.Json;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Condensation;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.Tests.Unit.Condensation;

/// <summary>What a provider's prompt cache sees of a conversation that grows: the bytes of each request.</summary>
public sealed class RollingBodyTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(nameof(InferenceOperation.ChatCompletions))]
    [InlineData(nameof(InferenceOperation.Messages))]
    [InlineData(nameof(InferenceOperation.Responses))]
    public void Bytes_OfTheBeginning_ChangeOnlyAtSteps(string operationName)
    {
        var operation = Enum.Parse<InferenceOperation>(operationName);
        var (turns, steps, changes) = (0, 0, 0);
        var before = "";
        foreach (var body in Requests(operation))
        {
            var layout = ChatBodies.Read(body, operation);
            var rolled = RollingCondensation.Condense(layout.Conversation, new CondensationRequest { Budget = 3000, Counter = TokenCounters.O200k }, new RollingOptions());
            var written = CondensedBody.Write(layout, rolled.Result.Messages);
            using var document = JsonDocument.Parse(written);
            var list = document.RootElement.EnumerateObject().First().Value;
            Assert.Null(ChatBodies.Fault(list, operation));
            var now = list.GetRawText();
            var isChanged = !now.StartsWith(before, StringComparison.Ordinal);
            Assert.True(!isChanged || rolled.IsNewStep, $"turn {turns} changed without a step:\n{before}\n{now}");
            (turns, steps, changes) = (turns + 1, steps + (rolled.IsNewStep ? 1 : 0), changes + (isChanged ? 1 : 0));
            before = now[..^1];
        }

        output.WriteLine($"{operation}: {turns} turns, {steps} steps, {changes} changes of the beginning");
        Assert.InRange(turns, 200, 600);
        Assert.InRange(changes, 3, steps);
        Assert.InRange(steps, 3, turns / 8);
    }

    // A client may send a second message before the model answers: its conversation takes turns no more from there on.
    [Fact]
    public void Bytes_OfTheBeginning_StayWhereALaterMessageBreaksTheTurns()
    {
        var merged = 0;
        for (var turns = 60; turns < 100; turns++)
        {
            var items = Enumerable.Range(0, (2 * turns) + 1).Select(static i => $$"""{"role":"{{(i % 2 == 0 ? "user" : "assistant")}}","content":"In town {{i}} they had tea with Okafor{{i * 7}} and cake."}""").ToList();
            var (before, count, _) = Roll(items);
            var (now, _, isNewStep) = Roll([.. items, """{"role":"user","content":"And more."}"""]);

            Assert.True(isNewStep || now.StartsWith(before[..^1], StringComparison.Ordinal), $"{turns} turns:\n{before}\n{now}");
            using var list = JsonDocument.Parse(before);
            merged += !isNewStep && list.RootElement.GetArrayLength() < count ? 1 : 0;
        }

        Assert.InRange(merged, 5, 40);
    }

    private static (string List, int Messages, bool IsNewStep) Roll(IEnumerable<string> items)
    {
        var layout = ChatBodies.Read($"{{\"messages\":[{string.Join(',', items)}]}}", InferenceOperation.ChatCompletions);
        var rolled = RollingCondensation.Condense(layout.Conversation, new CondensationRequest { Budget = 1000, Counter = TokenCounters.O200k }, new RollingOptions());
        using var document = JsonDocument.Parse(CondensedBody.Write(layout, rolled.Result.Messages));
        return (document.RootElement.GetProperty("messages").GetRawText(), rolled.Result.Messages.Length, rolled.IsNewStep);
    }

    // Each request of a client that keeps all of the conversation: up to where the model is to go on.
    private static IEnumerable<string> Requests(InferenceOperation operation)
    {
        using var document = JsonDocument.Parse(ChatBodies.Of(operation, 5, turns: 200));
        var name = operation == InferenceOperation.Responses ? "input" : "messages";
        var items = document.RootElement.GetProperty(name).EnumerateArray().ToList();
        for (var end = 1; end <= items.Count; end++)
        {
            if (IsClients(items[end - 1]) && (end == items.Count || !IsClients(items[end])))
            {
                yield return new StringBuilder().Append($"{{\"{name}\":[").AppendJoin(',', items.Take(end).Select(static item => item.GetRawText())).Append("]}").ToString();
            }
        }
    }

    private static bool IsClients(JsonElement item) =>
        item.TryGetProperty("role", out var role) ? role.GetString() is not "assistant" : item.GetProperty("type").GetString() == "function_call_output";
}
