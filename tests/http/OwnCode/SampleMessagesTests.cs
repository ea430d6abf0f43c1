using System.Text.Json;
using Anthropic;
using Anthropic.Models.Messages;

namespace ProxyCluster.Tests.Http.OwnCode;

/// <summary>Anthropic's own .NET client, which checks every answer, before the samples.</summary>
public sealed class SampleMessagesTests : SampleTest
{
    private static readonly Dictionary<string, JsonElement> Nothing = [];
    public SampleMessagesTests(SampleHost host)
        : base(host) => Sdk = new AnthropicClient
        {
            BaseUrl = host.Gateway.Data.ToString().TrimEnd('/'),
            ApiKey = "no-key-needed",
            MaxRetries = 0,
            ResponseValidation = true,
        };

    private AnthropicClient Sdk { get; }

    [Theory, MemberData(nameof(Models))]
    public async Task Message_Whole_HasCallsReasonAndUsage(string model)
    {
        Host.AcmeCalls();

        var answer = await Sdk.Messages.Create(Ask(model), Cancel);

        var calls = answer.Content.Select(static block => block.TryPickToolUse(out var call) ? call : null!).ToList();
        Assert.Equal("tool_use", answer.StopReason!.Raw());
        Assert.Equal(["weather", "time"], calls.Select(static call => call.Name));
        Assert.Equal(["Paris", "Zürich"], calls.Select(static call => call.Input["city"].GetString()));
        Assert.Equal((11, 7), (answer.Usage.InputTokens, answer.Usage.OutputTokens));
    }

    [Theory, MemberData(nameof(Models))]
    public async Task Message_Streamed_HasCallsReasonAndEnd(string model)
    {
        Host.AcmeCalls();
        List<string> names = [];
        var inputs = "";
        string? reason = null;
        var isStopped = false;
        await foreach (var told in Sdk.Messages.CreateStreaming(Ask(model), Cancel))
        {
            if (told.TryPickContentBlockStart(out var start) && start.ContentBlock.TryPickToolUse(out var call))
            {
                names.Add(call.Name);
            }
            else if (told.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickInputJson(out var input))
            {
                inputs += input.PartialJson;
            }
            else if (told.TryPickDelta(out var end))
            {
                reason = end.Delta.StopReason!.Raw();
            }

            isStopped = told.TryPickStop(out _);
        }

        Assert.Equal(["weather", "time"], names);
        Assert.Contains("Paris", inputs, StringComparison.Ordinal);
        Assert.Contains("Zürich", inputs, StringComparison.Ordinal);
        Assert.Equal(("tool_use", true), (reason, isStopped));
    }

    private static MessageCreateParams Ask(string model) => MessageCreateParams.FromRawUnchecked(
        Nothing,
        Nothing,
        JsonSerializer.Deserialize<Dictionary<string, JsonElement>>($$"""
            {"model":"{{model}}","max_tokens":500,"tools":[{"name":"weather","input_schema":{"type":"object"} },{"name":"time","input_schema":{"type":"object"} }],
             "messages":[{"role":"user","content":"Weather and time?"}]}
            """)!);
}
