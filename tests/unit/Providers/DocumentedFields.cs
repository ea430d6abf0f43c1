using System.Text.Json.Nodes;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.Tests.Unit.Providers;

/// <summary>The table of fields on a provider's page in <c>docs/providers</c>, and what holds an adapter to it.</summary>
internal static class DocumentedFields
{
    /// <summary>Its rows, as a theory takes them: field, example, verdict, what is sent.</summary>
    public static TheoryData<string, string, string, string> Rows(string page)
    {
        var data = new TheoryData<string, string, string, string>();
        foreach (var cells in Documents.Table(page, "| Field |"))
        {
            data.Add(Code(cells[0]), Code(cells[1]), cells[2], Code(cells[3]));
        }

        return data;
    }

    /// <summary>A request with the field, its example and a tool <c>f</c> meets its verdict.</summary>
    public static void AssertRow(ProviderCase provider, string field, string example, (string Verdict, string Sent) expected)
    {
        var body = new JsonObject
        {
            ["tools"] = JsonNode.Parse("""[{"type":"function","function":{"name":"f"}}]"""),
            [field] = JsonNode.Parse(example),
        };
        var request = provider.Chat(body.ToJsonString()[1..^1]);
        if (expected.Verdict == "refused")
        {
            Assert.Equal((400, "unsupported_parameter", field), provider.Refused(request));
            return;
        }

        var sent = provider.Sent(request, out var warnings);
        Assert.Equal(expected.Verdict == "dropped" ? $"{field}: dropped" : null, warnings);
        if (expected.Verdict == "dropped")
        {
            var usual = provider.Sent(provider.Chat("""
                "tools":[{"type":"function","function":{"name":"f"}}]
                """));
            Assert.True(JsonNode.DeepEquals(usual, sent), sent.ToJsonString());
            return;
        }

        Assert.Equal("mapped", expected.Verdict);
        foreach (var (name, value) in JsonNode.Parse(expected.Sent)!.AsObject())
        {
            ProviderCase.AssertJson(value!.ToJsonString(), sent[name]);
        }
    }

    /// <summary>The page has every field that the code knows, and no other.</summary>
    public static void AssertComplete(string page, FieldTable table)
    {
        var documented = Documents.Table(page, "| Field |").Select(static cells => Code(cells[0])).Where(static field => field != "x_unknown").Distinct();

        Assert.Equal(table.Known.Select(static known => known.Key).Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    private static string Code(string cell) => cell.Trim('`');
}
