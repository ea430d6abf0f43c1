namespace ProxyCluster.GatewayApi.Providers.OpenAi;

/// <summary>Begins requests for servers of OpenAI's family: credentials and the provider's own headers.</summary>
internal static class OpenAiMessage
{
    private const string UserAgent = "ProxyCluster";

    public static HttpRequestMessage Create(HttpMethod method, Uri uri, OpenAiDialect dialect, UpstreamTarget target)
    {
        var message = new HttpRequestMessage(method, uri);
        var headers = message.Headers;
        if (target.Key is { } key)
        {
            if (dialect.KeyHeader is { } name)
            {
                headers.TryAddWithoutValidation(name, key.Reveal());
            }
            else
            {
                headers.TryAddWithoutValidation("Authorization", key.RevealAsBearer());
            }
        }

        headers.TryAddWithoutValidation("User-Agent", UserAgent);
        if (target.Definition.Organization is { } organization)
        {
            headers.TryAddWithoutValidation("OpenAI-Organization", organization);
        }

        foreach (var header in target.Headers)
        {
            headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        return message;
    }
}
