using System.Net.Http.Headers;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>Makes requests for providers that take their key as <c>Authorization: Bearer</c>.</summary>
internal static class BearerRequest
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    /// <summary>A request with the provider's key and its configured headers.</summary>
    public static HttpRequestMessage Create(HttpMethod method, Uri uri, UpstreamTarget target)
    {
        var message = new HttpRequestMessage(method, uri);
        message.Headers.TryAddWithoutValidation("User-Agent", "ProxyCluster");
        if (target.Key is { } key)
        {
            message.Headers.TryAddWithoutValidation("Authorization", key.RevealAsBearer());
        }

        foreach (var header in target.Headers)
        {
            message.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        return message;
    }

    /// <summary>A request that carries JSON.</summary>
    /// <param name="uri">Where it goes.</param>
    /// <param name="target">The provider.</param>
    /// <param name="body">The JSON.</param>
    /// <param name="accepted">The media type of the answer.</param>
    public static HttpRequestMessage Post(Uri uri, UpstreamTarget target, ReadOnlyMemory<byte> body, string accepted)
    {
        var message = Create(HttpMethod.Post, uri, target);
        message.Content = new ReadOnlyMemoryContent(body);
        message.Content.Headers.ContentType = Json;
        message.Headers.TryAddWithoutValidation("Accept", accepted);
        return message;
    }
}
