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
