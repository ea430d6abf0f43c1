using System.Text;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>A check that costs money: a chat of one word, to be answered by one token.</summary>
internal static class PaidCheck
{
    /// <summary>The request, to the provider's first model that takes chats.</summary>
    /// <param name="client">The provider's connections.</param>
    /// <param name="limits">As for any request.</param>
    /// <returns><see langword="null"/>: no model of the provider can be asked by its name.</returns>
    public static HttpRequestMessage? Create(UpstreamClient client, InputLimitOptions limits)
    {
        var entry = client.Definition.Models.FirstOrDefault(static model => !model.IsPattern && (model.Capabilities & ModelCapabilities.Chat) != 0);
        if (entry is null || !client.Adapter.Supports(InferenceOperation.ChatCompletions))
        {
            return null;
        }

        var model = Encoding.UTF8.GetString(JsonText.Quote(entry.Id));
        var body = Encoding.UTF8.GetBytes($$"""{"model":{{model}},"messages":[{"role":"user","content":"ping"}],"max_tokens":1}""");
        return RequestScanner.Scan(body, InferenceOperation.ChatCompletions, limits, new ModelNames(), out var request) is null && request is not null
            ? client.Adapter.CreateRequest(client.TargetFor(entry, entry.UpstreamId ?? entry.Id), request).Message
            : null;
    }
}
