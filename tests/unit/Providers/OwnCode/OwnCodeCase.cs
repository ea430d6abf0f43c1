using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Extensions;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers.OwnCode;

namespace ProxyCluster.Tests.Unit.Providers.OwnCode;

/// <summary>What an extension's adapter is asked, for a request of a client.</summary>
internal static class OwnCodeCase
{
    public const string Model = "acme-1";

    /// <summary>Of a type with all abilities.</summary>
    public static ProviderCase Provider { get; } = new(AdapterOf(ChatAbilities.All), Model);

    public static OwnCodeAdapter AdapterOf(ChatAbilities abilities) => new(TypeOf(abilities), NullLoggerFactory.Instance, new FakeTimeProvider());

    public static ProviderType TypeOf(ChatAbilities abilities) =>
        new("acme", static _ => throw new InvalidOperationException("Nobody is asked here."), new ProviderTypeOptions { Abilities = abilities });

    public static ChatRequest Asked(InferenceRequest request, out string? warnings, ChatAbilities abilities = ChatAbilities.All)
    {
        var notes = new TranslationNotes();
        Assert.Null(new OwnCodeRequest(TypeOf(abilities)).Create(Model, request, notes, out var chat));
        warnings = notes.ToHeader();
        return chat!;
    }

    public static Refusal Refused(InferenceRequest request, ChatAbilities abilities = ChatAbilities.All)
    {
        var refusal = new OwnCodeRequest(TypeOf(abilities)).Create(Model, request, new TranslationNotes(), out var chat);
        Assert.Null(chat);
        return refusal!;
    }

    /// <summary>The request as JSON: its options and messages as Microsoft.Extensions.AI writes them, and the tools.</summary>
    public static JsonObject ToJson(ChatRequest request)
    {
        var json = JsonSerializer.SerializeToNode(request.Options, AIJsonUtilities.DefaultOptions)!.AsObject();
        json["messages"] = JsonSerializer.SerializeToNode(request.Messages, AIJsonUtilities.DefaultOptions);
        json["stream"] = request.Stream;
        json["tools"] = request.Options.Tools is null ? null : new JsonArray([.. request.Options.Tools.Cast<AIFunctionDeclaration>().Select(static tool => new JsonObject
        {
            ["name"] = tool.Name,
            ["description"] = tool.Description,
            ["jsonSchema"] = JsonNode.Parse(tool.JsonSchema.GetRawText()),
            ["strict"] = tool.AdditionalProperties.ContainsKey("strict"),
        })]);
        return json;
    }
}
