using System.Net.Http.Headers;
using System.Text.Json;
using ProxyCluster.GatewayApi.Hosting;

namespace ProxyCluster.Silo.CommandLine;

/// <summary>Asks the admin API of a running gateway for a key.</summary>
internal static class KeyClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public static async Task<string> CreateAsync(KeyRequest request, string url, string? adminKey, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var root) || root.Scheme is not ("http" or "https"))
        {
            throw new UsageFault($"'{url}' is not a URL: --url must be http://address:port of an admin listener.");
        }

        using var deadline = new CancellationTokenSource(Patience, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(root, "/admin/v1/keys"))
        {
            Content = JsonContent.Create(request.ToJson()),
        };
        if ((adminKey ?? Environment.GetEnvironmentVariable(KeyCommands.KeyVariable)) is { Length: > 0 } key)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false };
        using var invoker = new HttpMessageInvoker(handler);
        try
        {
            using var response = await invoker.SendAsync(message, either.Token);
            var body = await response.Content.ReadAsStringAsync(either.Token);
            return response.IsSuccessStatusCode
                ? Member(body, "key") ?? throw new StartFault($"{root} answered without a key: is it an admin listener?")
                : throw new StartFault($"{root} refused: {(int)response.StatusCode} {Member(body, "detail") ?? Member(body, "title") ?? response.ReasonPhrase}");
        }
        catch (HttpRequestException exception)
        {
            throw new StartFault($"{root} cannot be reached: {exception.Message} Is a gateway running there? Without one, use --bootstrap.", exception);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new StartFault($"{root} does not answer.");
        }
    }

    private static string? Member(string body, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty(name, out var value)
                && value.ValueKind == JsonValueKind.String
                    ? value.GetString()
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
