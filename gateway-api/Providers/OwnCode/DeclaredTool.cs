using System.Text.Json;
using Microsoft.Extensions.AI;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.OwnCode;

/// <summary>A client's function: told to the model, and never called here.</summary>
internal sealed class DeclaredTool(Tool tool) : AIFunctionDeclaration
{
    private static readonly JsonElement NoParameters = JsonDocument.Parse("""{"type":"object","properties":{}}""").RootElement;
    private static readonly Dictionary<string, object?> Strict = new() { ["strict"] = true };

    /// <inheritdoc/>
    public override string Name => tool.Name;

    /// <inheritdoc/>
    public override string Description => tool.Description ?? "";

    /// <inheritdoc/>
    public override JsonElement JsonSchema { get; } = tool.Parameters.ValueKind == JsonValueKind.Undefined ? NoParameters : tool.Parameters.Clone();

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object?> AdditionalProperties => tool.IsStrict ? Strict : base.AdditionalProperties;
}
