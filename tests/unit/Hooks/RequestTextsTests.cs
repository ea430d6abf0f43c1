using System.Text.Json.Nodes;
using ProxyCluster.Extensions.Hooks;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.Tests.Unit.Hooks;

public sealed class RequestTextsTests
{
    private const string Chat = """
        {"model":"m","user":"u-1","metadata":{"id":"free"},"unknown":{"deep":["new"]},
        "messages":[{"role":"system","content":"be good"},
        {"role":"user","name":"ann","content":[{"type":"text","text":"look"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},{"type":"image_url","image_url":{"url":"https://x/y"}}]},
        {"role":"assistant","reasoning_content":"hm","refusal":"no","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"city\":\"Par\\u0069s\",\"n\":41,\"ok\":true}"}}]},
        {"role":"tool","tool_call_id":"c1","content":"rain"}],
        "tools":[{"type":"function","function":{"name":"f","description":"finds","parameters":{"type":"object","properties":{"city":{"type":"string","description":"where"}},"required":["city"]}}}],
        "response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"title":"form"}}},"stop":["END"],"reasoning_effort":"low"}
        """;

    private const string Messages = """
        {"model":"m","max_tokens":9,"metadata":{"user_id":"u-1"},"system":[{"type":"text","text":"be good","cache_control":{"type":"ephemeral"}}],
        "messages":[{"role":"user","content":[{"type":"document","title":"doc","source":{"type":"text","media_type":"text/plain","data":"paper"}},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]},
        {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"sig"},{"type":"redacted_thinking","data":"enc"},{"type":"tool_use","id":"t1","name":"f","input":{"city":"Paris","n":41}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"rain"}]}],
        "tools":[{"name":"f","description":"finds","input_schema":{"type":"object"}}]}
        """;

    private const string Responses = """
        {"model":"m","instructions":"be good","previous_response_id":"r1","input":[{"role":"user","content":[{"type":"input_text","text":"look"},{"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,AAAA"}]},
        {"type":"reasoning","id":"rs","summary":[{"type":"summary_text","text":"hm"}],"encrypted_content":"enc"},
        {"type":"function_call","call_id":"c1","name":"f","arguments":"{\"city\":\"Paris\"}"},
        {"type":"function_call_output","call_id":"c1","output":"rain"}],"text":{"format":{"type":"text"}},"reasoning":{"effort":"low"}}
        """;

    public static TheoryData<string, string, string[]> Requests => new()
    {
        {
            Chat,
            nameof(InferenceOperation.ChatCompletions),
            [
                "Other None user=u-1", "Other None metadata.id=free", "Other None unknown.deep[0]=new",
                "Text System messages[0].content=be good",
                "Other User messages[1].name=ann", "Text User messages[1].content[0].text=look", "Other User messages[1].content[2].image_url.url=https://x/y",
                "Reasoning Assistant messages[2].reasoning_content=hm", "Refusal Assistant messages[2].refusal=no",
                "ToolArguments Assistant messages[2].tool_calls[0].function.arguments=city", "ToolArguments Assistant messages[2].tool_calls[0].function.arguments=Paris",
                "ToolArguments Assistant messages[2].tool_calls[0].function.arguments=n", "ToolArguments Assistant messages[2].tool_calls[0].function.arguments=41",
                "ToolArguments Assistant messages[2].tool_calls[0].function.arguments=ok",
                "Text Tool messages[3].content=rain",
                "Definition None tools[0].function.description=finds", "Definition None tools[0].function.parameters.properties.city.description=where",
                "Definition None response_format.json_schema.schema.title=form",
                "Other None stop[0]=END",
            ]
        },
        {
            Messages,
            nameof(InferenceOperation.Messages),
            [
                "Other None metadata.user_id=u-1", "Text System system[0].text=be good",
                "Other User messages[0].content[0].title=doc", "Text User messages[0].content[0].source.data=paper",
                "Reasoning Assistant messages[1].content[0].thinking=hm",
                "ToolArguments Assistant messages[1].content[2].input=city", "ToolArguments Assistant messages[1].content[2].input=Paris",
                "ToolArguments Assistant messages[1].content[2].input=n", "ToolArguments Assistant messages[1].content[2].input=41",
                "Text Tool messages[2].content[0].content=rain", "Definition None tools[0].description=finds",
            ]
        },
        {
            Responses,
            nameof(InferenceOperation.Responses),
            [
                "Text System instructions=be good", "Text User input[0].content[0].text=look", "Other User input[0].content[1].filename=a.pdf",
                "Reasoning None input[1].summary[0].text=hm",
                "ToolArguments Assistant input[2].arguments=city", "ToolArguments Assistant input[2].arguments=Paris", "Text Tool input[3].output=rain",
            ]
        },
        { """{"model":"m","prompt":["one","two"],"suffix":"end"}""", nameof(InferenceOperation.Completions), ["Text User prompt[0]=one", "Text User prompt[1]=two", "Text User suffix=end"] },
        { """{"model":"m","input":"one","encoding_format":"float"}""", nameof(InferenceOperation.Embeddings), ["Text User input=one"] },
        { """{"model":"m","prompt":"a cat","size":"1x1"}""", nameof(InferenceOperation.ImageGenerations), ["Text User prompt=a cat"] },
    };

    [Theory, MemberData(nameof(Requests))]
    public async Task Hook_SeesEveryTextAndNoWordOfTheProtocol(string body, string operation, string[] expected)
    {
        var seen = new Seer();
        var request = HookCase.Of(body, Enum.Parse<InferenceOperation>(operation), seen);

        Assert.Null(await request.JudgeRequestAsync());

        Assert.Equal(expected, seen.Seen);
    }

    [Theory, MemberData(nameof(Requests))]
    public async Task Request_ThatNothingIsChangedIn_StaysAsItIs(string body, string operation, string[] expected)
    {
        var request = HookCase.Of(body, Enum.Parse<InferenceOperation>(operation), HookCase.Redact("not there", "x", 10));
        var before = request.Exchange.Request;

        Assert.Null(await request.JudgeRequestAsync());

        Assert.Same(before, request.Exchange.Request);
        Assert.NotEmpty(expected);
    }

    [Theory, MemberData(nameof(Requests))]
    public async Task Request_WhoseTextsAreAllReplaced_KeepsEveryOtherByte(string body, string operation, string[] expected)
    {
        var request = HookCase.Of(body, Enum.Parse<InferenceOperation>(operation), new Everything());

        Assert.Null(await request.JudgeRequestAsync());

        var seen = new Seer();
        Assert.Null(await HookCase.Of(request.Body, Enum.Parse<InferenceOperation>(operation), seen).JudgeRequestAsync());
        Assert.Equal(expected.Length, seen.Seen.Count);
        Assert.All(seen.Seen, text => Assert.Contains("=\"new\"\n", text, StringComparison.Ordinal));
        Assert.Equal(Bones(JsonNode.Parse(body)!), Bones(JsonNode.Parse(request.Body)!));
        Assert.Equal("m", request.Exchange.Request!.Model);
    }

    [Fact]
    public async Task Request_IsWrittenAnewOnlyWhereATextHasChanged()
    {
        var request = HookCase.Of(
            """{ "model" : "m", "future" : {"a" :1.0e3},"messages":[{"role":"user","content":"my key is sk-1234, caf\u00e9"},{"role":"user","content":"caf\u00e9"}] }""",
            InferenceOperation.ChatCompletions,
            HookCase.Redact(@"sk-\d+", "[key]", 20));

        Assert.Null(await request.JudgeRequestAsync());

        Assert.Equal(
            """{ "model" : "m", "future" : {"a" :1.0e3},"messages":[{"role":"user","content":"my key is [key], café"},{"role":"user","content":"caf\u00e9"}] }""",
            request.Body);
    }

    [Theory]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"a"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"usage":{"type":"string","description":"sk-1234"}}}}}]}""", nameof(InferenceOperation.ChatCompletions))]
    [InlineData("""{"model":"m","input":"a","prompt":{"id":"p","variables":{"name":"sk-1234","size":{"type":"input_text","text":"sk-1234"}}}}""", nameof(InferenceOperation.Responses))]
    [InlineData("""{"model":"m","query":"a","documents":[{"name":"sk-1234","id":"sk-1234"}]}""", nameof(InferenceOperation.Rerank))]
    public async Task Text_UnderANameOfTheClientsOwn_IsShownWhateverItLooksLike(string body, string operation)
    {
        var request = HookCase.Of(body, Enum.Parse<InferenceOperation>(operation), HookCase.Redact(@"sk-\d+", "[key]", 20));

        Assert.Null(await request.JudgeRequestAsync());

        Assert.Equal(body.Replace("sk-1234", "[key]", StringComparison.Ordinal), request.Body);
    }

    [Fact]
    public async Task Request_ThatIsDenied_IsRefused()
    {
        var request = HookCase.Of(
            """{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":\"b\\u006fmb\"}"}}]}]}""",
            InferenceOperation.ChatCompletions,
            HookCase.Deny("bomb", 10));

        var refusal = await request.JudgeRequestAsync();

        Assert.Equal((400, "invalid_request_error", "content_filter"), (refusal?.Status, refusal?.Type, refusal?.Code));
    }

    [Fact]
    public async Task Request_WithHalfASurrogatePair_IsJudgedAsItIs()
    {
        var request = HookCase.Of("""{"model":"m","messages":[{"role":"user","content":"\ud83d bomb"}]}""", InferenceOperation.ChatCompletions, HookCase.Redact("bomb", "x", 10));

        Assert.Null(await request.JudgeRequestAsync());

        Assert.Contains("\"\\ud83d x\"", request.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hooks_SeeWhatThoseBeforeThemHaveChanged()
    {
        var seen = new Seer();
        var request = HookCase.Of("""{"model":"m","input":"abc"}""", InferenceOperation.Embeddings, HookCase.Redact("b", "-", 1), HookCase.Redact("a-c", "all", 3), seen);

        Assert.Null(await request.JudgeRequestAsync());

        Assert.Equal(["Text User input=all"], seen.Seen);
    }

    // What is left of a document without its texts.
    private static string Bones(JsonNode node) => node switch
    {
        JsonObject members => "{" + string.Join(",", members.Select(member => $"{member.Key}:{(member.Key is "arguments" or "input" && member.Value is JsonValue or JsonObject ? "…" : Bones(member.Value!))}")) + "}",
        JsonArray items => "[" + string.Join(",", items.Select(item => Bones(item!))) + "]",
        _ => "",
    };

    private sealed class Seer : GatewayHook
    {
        public List<string> Seen { get; } = [];

        public override ValueTask<HookVerdict> OnTextAsync(HookText text, CancellationToken cancellationToken)
        {
            Seen.Add($"{text.Kind} {text.Role} {text.Path}={text.Text}");
            return new(HookVerdict.Pass);
        }
    }

    private sealed class Everything : GatewayHook
    {
        public override ValueTask<HookVerdict> OnRequestAsync(HookRequest request, CancellationToken cancellationToken)
        {
            // Numbered: some are names, of which an object has none twice.
            var number = 0;
            foreach (var text in request.Texts)
            {
                text.Replace(0, text.Text.Length, $"\"new\"\n{number++}");
            }

            return new(HookVerdict.Pass);
        }
    }
}
