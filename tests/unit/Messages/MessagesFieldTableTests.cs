using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Unit.Messages;

/// <summary>Holds <c>docs/messages.md</c> to the code, row by row, with a server of OpenAI's dialect behind.</summary>
public sealed class MessagesFieldTableTests
{
    public static TheoryData<string, string, string, string> Rows
    {
        get
        {
            var data = new TheoryData<string, string, string, string>();
            foreach (var row in ReadTable())
            {
                data.Add(row.Field, row.Example, row.Verdict, row.Sent);
            }

            return data;
        }
    }

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
        Assert.Equal(["dropped", "mapped", "refused"], ReadTable().Select(static row => row.Verdict).Distinct().Order());

    private static IEnumerable<(string Field, string Example, string Verdict, string Sent)> ReadTable() =>
        File.ReadAllLines(Path.Combine(RepositoryRoot(), "docs", "messages.md"))
            .SkipWhile(static line => !line.StartsWith("| Field |", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(static line => line.StartsWith('|'))
            .Select(static line => line.Split('|'))
            .Select(static cells => (Code(cells[1]), Code(cells[2]), cells[3].Trim(), Code(cells[4])));

    private static string Code(string cell) => cell.Trim().Trim('`');

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "ProxyCluster.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
