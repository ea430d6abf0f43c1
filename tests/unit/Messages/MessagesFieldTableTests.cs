using System.Text.Json.Nodes;
using ProxyCluster.Tests.Unit.Providers;

namespace ProxyCluster.Tests.Unit.Messages;

/// <summary>Holds <c>docs/messages.md</c> to the code, row by row, with a server of OpenAI's dialect behind.</summary>
public sealed class MessagesFieldTableTests
{
    private const string Page = "../messages.md";

    public static TheoryData<string, string, string, string> Rows => DocumentedFields.Rows(Page);

    [Theory]
    [MemberData(nameof(Rows))]
    public void Field_AsDocumented_MeetsItsVerdict(string field, string example, string verdict, string sent)
    {
        var body = new JsonObject
        {
            ["model"] = "m",
            ["max_tokens"] = 99,
            ["messages"] = JsonNode.Parse("""[{"role":"user","content":"Hi"}]"""),
            ["tools"] = JsonNode.Parse("""[{"name":"f","input_schema":{"type":"object"}}]"""),
            [field] = JsonNode.Parse(example),
        };

        var upstream = MessagesCase.SendToOpenAi(MessagesCase.Request(body.ToJsonString()));

        if (verdict == "refused")
        {
            Assert.Equal((400, "unsupported_parameter", field), (upstream.Refusal?.Status, upstream.Refusal?.Code, upstream.Refusal?.Param));
            return;
        }

        Assert.Null(upstream.Refusal);
        Assert.Equal(verdict == "dropped" ? $"{field}: dropped" : null, upstream.Warnings);
        var message = MessagesCase.Body(upstream);
        if (verdict == "dropped")
        {
            Assert.Equal(["max_completion_tokens", "messages", "model", "tools"], message.Select(static member => member.Key).Order());
            return;
        }

        Assert.Equal("mapped", verdict);
        foreach (var (name, value) in JsonNode.Parse(sent)!.AsObject())
        {
            MessagesCase.AssertJson(value!.ToJsonString(), message[name]);
        }
    }

    [Fact]
    public void Table_Documented_HasARowForEveryVerdict() =>
        Assert.Equal(["dropped", "mapped", "refused"], Documents.Table(Page, "| Field |").Select(static cells => cells[2]).Distinct().Order());
}
