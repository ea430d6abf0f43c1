using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using OpenAI;
using ProxyCluster.Extensions;

namespace Acme.Clients;

/// <summary>Adds the provider type <c>openai-client</c>: OpenAI's own .NET client, as one of Microsoft.Extensions.AI.</summary>
public sealed class ChatClientExtension : IGatewayExtension
{
    /// <inheritdoc/>
    public void Register(GatewayExtensions registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddChatClient("openai-client", Create, new ProviderTypeOptions { NeedsKey = true, Abilities = ChatAbilities.All });
    }

    private static IChatClient Create(ProviderContext context)
    {
        var options = new OpenAIClientOptions
        {
            Endpoint = context.BaseUrl,
            Transport = new HttpClientPipelineTransport(context.Http),

            // The gateway retries, and knows where else to ask.
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
        };

        // The model of each request is in its options and goes before this one.
        return new OpenAIClient(new ApiKeyCredential(context.Key!), options).GetChatClient("gpt-4o-mini").AsIChatClient();
    }
}
