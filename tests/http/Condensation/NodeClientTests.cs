using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.NodeSdk;

namespace ProxyCluster.Tests.Http.Condensation;

/// <summary>Conversations that are too long, sent by the npm clients of OpenAI and Anthropic to providers that take only what the real ones take.</summary>
[Collection(CondensingGatewayCollection.Name)]
public sealed class NodeClientTests : IDisposable
{
    private static readonly string[] Strategies = ["hybrid", "structural", "temporal", "semantic"];

    private readonly CondensingGateway _gateway;

    public NodeClientTests(CondensingGateway gateway)
    {
        _gateway = gateway;
        gateway.Upstream.Reset();
        gateway.Writer.Reset();
        gateway.Writer.Answering = null;
        gateway.Upstream.Answering = static request =>
            StrictProvider.Answer(request, request.Json().GetProperty("model").GetString()!.StartsWith("claude", StringComparison.Ordinal) ? 3000 : 2000);
    }

    public void Dispose() => _gateway.Upstream.Answering = null;

    [Fact]
    public async Task NpmClients_ConversationsTooLong_GoThroughLegally_OrAreRefusedWhereItIsOff()
    {
        var models = new JsonObject
        {
            ["chat"] = CondensingGateway.Chat,
            ["off"] = CondensingGateway.Off,
            ["claude"] = CondensingGateway.Claude,
            ["responses"] = CondensingGateway.Responses,
        };

        await NodeChecks.AssertPassAsync(Expected(), "condense.mjs", _gateway.Gateway.Data.ToString(), _gateway.UserKey, models.ToJsonString());
    }

    private static IEnumerable<string> Expected() =>
    [
        .. new[] { "chat", "chatAtClaude" }.SelectMany(static name => (string[])[name, name + "Streamed", .. Tools(name), name + "ToolsStreamed"]),
        .. new[] { "messages", "messagesAtGpt" }.SelectMany(static name => (string[])[name, .. Tools(name), name + "ToolsStreamed"]),
        .. Strategies.Select(static strategy => "responses_" + strategy),
        "responsesStreamed", "chatOff", "responsesOff", "messagesOff", "budgetTooSmall", "unknownStrategy",
    ];

    private static IEnumerable<string> Tools(string name) => Strategies.Select(strategy => $"{name}Tools_{strategy}");
}
