using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Bedrock;

/// <summary>One request in the making.</summary>
/// <param name="Conversation">What the client said.</param>
/// <param name="Model">The model that is asked.</param>
/// <param name="Json">Takes the request, whose object is open.</param>
/// <param name="Notes">Takes what cannot be carried over.</param>
internal sealed record BedrockWriting(Conversation Conversation, BedrockModel Model, Utf8JsonWriter Json, TranslationNotes Notes);
