using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Anthropic;
using Anthropic.Models.Messages;
using OpenAI;
using OpenAI.Chat;
using ProxyCluster.Tests.Http.Resilience;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Http.Hooks;

/// <summary>The hook of <c>docs/samples/RedactionHook</c>, loaded by configuration, before clients of every dialect.</summary>
public sealed class SampleHookTests(HookedGateway gateway) : IClassFixture<HookedGateway>
{
    private const string Asked = "About P-123456: how is it going?";
    private const string Answer = "Project P-654321 goes well, Zoë.";
    private const string Told = "Project [project] goes well, Zoë.";

    private static readonly JsonSerializerOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Each route before providers of its own dialect and of others.</summary>
    public static TheoryData<string, string> Routes => new()
    {
        { "/v1/chat/completions", HookedGateway.ChatModel },
        { "/v1/chat/completions", HookedGateway.MessagesModel },
        { "/v1/messages", HookedGateway.MessagesModel },
        { "/v1/messages", HookedGateway.ChatModel },
        { "/v1/responses", HookedGateway.ResponsesModel },
        { "/v1/responses", HookedGateway.ChatModel },
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Routes))]
    public async Task Stream_CutAtEveryPlace_IsRedactedBothWays(string path, string model)
    {
        for (var cut = 0; cut <= Answer.Length; cut++)
        {
            gateway.Upstream.Reset();
            gateway.Upstream.Behaviour = HookedGateway.Stream(model, Answer[..cut], Answer[cut..]);

            var (status, body) = await gateway.AskAsync(path, model, Asked, stream: true);

            Assert.Equal(200, status);
            Assert.Equal(Told, HookedGateway.Fold(body));
            Assert.DoesNotContain("654321", body, StringComparison.Ordinal);
            AssertSent();
        }
    }

    [Theory, MemberData(nameof(Routes))]
    public async Task Stream_OfSingleCharacters_EndsAsItsDialectDoes(string path, string model)
    {
        gateway.Upstream.Reset();
        gateway.Upstream.Behaviour = HookedGateway.Stream(model, Answer.Select(static character => character.ToString()));

        var (_, body) = await gateway.AskAsync(path, model, Asked, stream: true);

        Assert.Equal(Told, HookedGateway.Fold(body));
        Assert.Contains(path switch { "/v1/messages" => "event: message_stop\n", "/v1/responses" => "event: response.completed\n", _ => "data: [DONE]\n\n" }, body, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Routes))]
    public async Task Stream_ThatIsBlocked_NeverTellsWhatFor(string path, string model)
    {
        const string Denied = "All that is known of it: project Bluebird is late.";
        for (var cut = 0; cut <= Denied.Length; cut++)
        {
            gateway.Upstream.Reset();
            gateway.Upstream.Behaviour = HookedGateway.Stream(model, Denied[..cut], Denied[cut..]);

            var (status, body) = await gateway.AskAsync(path, model, Asked, stream: true);

            // The provider's echo of the client's own instructions is no answer.
            var answer = body.Replace("Bluebird is secret", "", StringComparison.Ordinal);
            Assert.DoesNotContain("Bluebird", answer, StringComparison.Ordinal);
            Assert.Contains("The answer names a confidential project.", body, StringComparison.Ordinal);
            Assert.DoesNotContain("[DONE]", body, StringComparison.Ordinal);
            Assert.DoesNotContain("message_stop", body, StringComparison.Ordinal);
            Assert.DoesNotContain("response.completed", body, StringComparison.Ordinal);
            if (status == 200)
            {
                Assert.StartsWith(HookedGateway.Fold(body), Denied, StringComparison.Ordinal);
            }
            else
            {
                AssertRefused(path, status, body);
            }
        }
    }

    [Theory, MemberData(nameof(Routes))]
    public async Task Answer_Whole_IsRedactedBothWays(string path, string model)
    {
        gateway.Upstream.Reset();
        gateway.Upstream.Behaviour = new() { Text = Answer };

        var (status, body) = await gateway.AskAsync(path, model, Asked, stream: false);

        Assert.Equal(200, status);
        Assert.Contains(Told, JsonNode.Parse(body)!.ToJsonString(Readable), StringComparison.Ordinal);
        Assert.DoesNotContain("654321", body, StringComparison.Ordinal);
        AssertSent();
    }

    [Theory, MemberData(nameof(Routes))]
    public async Task Answer_WholeThatIsBlocked_IsRefusedInTheClientsForm(string path, string model)
    {
        gateway.Upstream.Reset();
        gateway.Upstream.Behaviour = new() { Text = "It is project BLUEBIRD." };

        var (status, body) = await gateway.AskAsync(path, model, Asked, stream: false);

        AssertRefused(path, status, body);
        Assert.DoesNotContain("BLUEBIRD", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAiClient_SeesTheSameWholeAndStreamed()
    {
        gateway.Upstream.Reset();
        gateway.Upstream.Behaviour = new() { Text = Answer };
        var client = new ChatClient(
            HookedGateway.ChatModel,
            new ApiKeyCredential("no-key-needed"),
            new OpenAIClientOptions { Endpoint = new Uri(gateway.Gateway.Data, "/v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0) });

        ChatCompletion whole = await client.CompleteChatAsync([new UserChatMessage(Asked)], cancellationToken: Cancel);
        var streamed = "";
        ChatTokenUsage? usage = null;
        await foreach (var update in client.CompleteChatStreamingAsync([new UserChatMessage(Asked)], cancellationToken: Cancel))
        {
            streamed += string.Concat(update.ContentUpdate.Select(static part => part.Text));
            usage = update.Usage ?? usage;
        }

        Assert.Equal((Told, Told), (whole.Content[0].Text, streamed));
        Assert.Equal((11, 7), (usage!.InputTokenCount, usage.OutputTokenCount));
        Assert.Equal((11, 7), (whole.Usage.InputTokenCount, whole.Usage.OutputTokenCount));
        AssertSent();

        gateway.Upstream.Behaviour = new() { Text = "So it is with Bluebird now" };
        var refused = await Assert.ThrowsAsync<ClientResultException>(() => client.CompleteChatAsync([new UserChatMessage(Asked)], cancellationToken: Cancel));
        Assert.Equal(400, refused.Status);
        Assert.Contains("content_filter", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnthropicClient_SeesTheSameWholeAndStreamed()
    {
        gateway.Upstream.Reset();
        gateway.Upstream.Behaviour = new() { Text = Answer };
        var client = new AnthropicClient
        {
            BaseUrl = gateway.Gateway.Data.ToString().TrimEnd('/'),
            ApiKey = "no-key-needed",
            MaxRetries = 0,
            ResponseValidation = true,
        };
        var ask = MessageCreateParams.FromRawUnchecked(
            new Dictionary<string, JsonElement>(),
            new Dictionary<string, JsonElement>(),
            JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(
                $$"""{"model":"{{HookedGateway.MessagesModel}}","max_tokens":500,"messages":[{"role":"user","content":{{JsonSerializer.Serialize(Asked)}}}]}""")!);

        var whole = await client.Messages.Create(ask, Cancel);
        var streamed = "";
        await foreach (var one in client.Messages.CreateStreaming(ask, Cancel))
        {
            streamed += one.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickText(out var piece) ? piece.Text : "";
        }

        Assert.True(whole.Content.Single().TryPickText(out var text));
        Assert.Equal((Told, Told), (text.Text, streamed));
        AssertSent();
    }

    [Fact]
    public async Task Verdicts_AreTold_AndNoTextIs()
    {
        gateway.Upstream.Reset();
        gateway.Upstream.Behaviour = new() { Text = "Bluebird" };
        await gateway.AskAsync("/v1/chat/completions", HookedGateway.ChatModel, Asked, stream: false);
        using var ops = TestHttp.Client(gateway.Gateway.Ops);

        await Meters.CountsAsync(ops, "proxycluster_hooks_verdicts_total", "hook=\"acme-project\"", "of=\"answer\"", "outcome=\"blocked\"");
        var metrics = await Metrics.PageAsync(ops, Cancel);

        Assert.DoesNotContain("Bluebird", metrics, StringComparison.Ordinal);
        Assert.Contains("acme-project has blocked", gateway.Gateway.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Bluebird", gateway.Gateway.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("P-123456", gateway.Gateway.Process.Output, StringComparison.Ordinal);
    }

    private static void AssertRefused(string path, int status, string body)
    {
        var error = JsonNode.Parse(body)!["error"]!;
        Assert.Equal((400, "invalid_request_error"), (status, (string?)error["type"]));
        Assert.Equal("The answer names a confidential project.", (string?)error["message"]);
        Assert.Equal(path == "/v1/messages" ? null : "content_filter", (string?)error["code"]);
    }

    private void AssertSent()
    {
        Assert.NotEmpty(gateway.Upstream.Requests);
        Assert.All(gateway.Upstream.Requests, static request =>
        {
            Assert.DoesNotContain("123456", Encoding.UTF8.GetString(request.Body), StringComparison.Ordinal);
            Assert.Contains("About [project]: how is it going?", Encoding.UTF8.GetString(request.Body), StringComparison.Ordinal);
        });
    }
}
