using ProxyCluster.Extensions;

namespace ProxyCluster.GatewayApi.Providers.OwnCode;

/// <summary>What an extension's adapter is asked, on its way through the connections of its provider.</summary>
/// <param name="Task">What for.</param>
/// <param name="Key">The key whose turn it is; <see langword="null"/>: none.</param>
/// <param name="Chat">With <see cref="OwnCodeTask.Chat"/>: what to answer.</param>
internal sealed record OwnCodeCall(OwnCodeTask Task, Secret? Key, ChatRequest? Chat = null)
{
    private static readonly HttpRequestOptionsKey<OwnCodeCall> Option = new("proxycluster.own-code");

    /// <summary>A message that carries the call. Nothing of it goes over a wire.</summary>
    /// <param name="address">The provider's.</param>
    public HttpRequestMessage ToMessage(Uri address)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, address);
        message.Options.Set(Option, this);
        return message;
    }

    /// <summary>The call in a message of <see cref="ToMessage"/>.</summary>
    public static OwnCodeCall Of(HttpRequestMessage message) =>
        message.Options.TryGetValue(Option, out var call) ? call : throw new InvalidOperationException("A request without a call was sent to an extension.");
}

/// <summary>What an extension's adapter can be asked for.</summary>
internal enum OwnCodeTask
{
    Chat = 0,
    Health = 1,
    Models = 2,
}
