using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.OpenAi;
using ProxyCluster.GatewayApi.Providers.OpenAiResponses;
using ProxyCluster.GatewayApi.Responses;

namespace ProxyCluster.Tests.Unit.Responses;

/// <summary>Holds the tables of <c>docs/responses.md</c> and <c>docs/providers/openai-responses.md</c> to the code, row by row.</summary>
public sealed class ResponsesFieldTableTests
{
    private const string Inbound = "responses.md";
    private const string Outbound = "providers/openai-responses.md";

    private static readonly OpenAiAdapter Chat = new(OpenAiDialect.Presets[0], new FakeTimeProvider());
    private static readonly ResponsesAdapter Responses = new(new FakeTimeProvider());

    public static TheoryData<string, string, string, string> InboundRows => Rows(Inbound);

    public static TheoryData<string, string, string, string> OutboundRows => Rows(Outbound);

    [Theory]
    [MemberData(nameof(InboundRows))]
    public void Member_OfAResponsesRequest_MeetsItsVerdict(string field, string example, string verdict, string sent)
    {
        var body = new JsonObject { ["model"] = "m", ["input"] = "Hi", ["tools"] = JsonNode.Parse("""[{"type":"function","name":"f"}]""") };
        Check(Chat, InferenceOperation.Responses, body, field, example, verdict, sent);
    }

    [Theory]
    [MemberData(nameof(OutboundRows))]
    public void Field_OfAChatRequest_MeetsItsVerdict(string field, string example, string verdict, string sent)
    {
        var body = new JsonObject
        {
            ["model"] = "gpt-5",
            ["messages"] = JsonNode.Parse("""[{"role":"user","content":"Hi"}]"""),
            ["tools"] = JsonNode.Parse("""[{"type":"function","function":{"name":"f"}}]"""),
        };
        Check(Responses, InferenceOperation.ChatCompletions, body, field, example, verdict, sent);
    }

    [Fact]
    public void Tables_Documented_HaveEveryFieldTheCodeKnows()
    {
        AssertSame(ResponsesFields.Known, Inbound);
        AssertSame(ResponsesProviderFields.Table.Known, Outbound);
    }

    private static void AssertSame(IEnumerable<KeyValuePair<string, FieldVerdict>> known, string page) => Assert.Equal(
        known.Select(static field => (field.Key, field.Value.ToString().ToLowerInvariant())).Order(),
        ReadTable(page).Where(static row => row.Field != "x_unknown").Select(static row => (row.Field, row.Verdict)).Order());

    private static void Check(
        ProviderAdapter adapter, InferenceOperation operation, JsonObject body, string field, string example, string verdict, string sent)
    {
        body[field] = JsonNode.Parse(example);
        var request = new InferenceRequest
        {
            Operation = operation,
            Dialect = ClientDialects.Of(operation),
            Body = Encoding.UTF8.GetBytes(body.ToJsonString()),
            Model = "m",
            ModelToken = default,
            Stream = field == "stream" && example == "true",
        };
        var target = new UpstreamTarget(
            new ProviderDefinition { Name = "p", Type = adapter.Type }, new ModelDefinition { Id = "*" }, (string)body["model"]!, new Uri("https://provider.example/v1/"), null);

        var upstream = adapter.CreateRequest(target, request);

        if (verdict == "refused")
        {
            Assert.Equal((400, "unsupported_parameter", field), (upstream.Refusal?.Status, upstream.Refusal?.Code, upstream.Refusal?.Param?.Split('.', '[')[0]));
            return;
        }

        Assert.Null(upstream.Refusal);
        using var message = upstream.Message!;
        Assert.Equal(verdict == "dropped" ? $"{field}: dropped" : null, upstream.Warnings);
        var written = Providers.SentRequest.Body(upstream);
        if (verdict == "dropped")
        {
            Assert.DoesNotContain(field, written.Where(member => member.Key != "store").Select(static member => member.Key));
            return;
        }

        Assert.Equal("mapped", verdict);
        foreach (var (name, value) in JsonNode.Parse(sent)!.AsObject())
        {
            ResponsesCase.AssertJson(value!.ToJsonString(), written[name]);
        }
    }

    private static TheoryData<string, string, string, string> Rows(string page)
    {
        var data = new TheoryData<string, string, string, string>();
        foreach (var row in ReadTable(page))
        {
            data.Add(row.Field, row.Example, row.Verdict, row.Sent);
        }

        return data;
    }

    private static IEnumerable<(string Field, string Example, string Verdict, string Sent)> ReadTable(string page) =>
        File.ReadAllLines(Path.Combine(RepositoryRoot(), "docs", page))
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
