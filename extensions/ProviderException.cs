using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace ProxyCluster.Extensions;

/// <summary>A provider refused or failed. Its status decides what the gateway does: try another provider, rest a key, tell the client.</summary>
public sealed class ProviderException : Exception
{
    private const int MostBytes = 16 * 1024;

    /// <param name="status">As HTTP has it: 400 the request is wrong, 401 and 403 the key, 429 the limit is reached, 5xx the provider failed.</param>
    /// <param name="message">What the provider said. Clients see it for 400 only, without addresses and keys.</param>
    /// <param name="retryAfter">How long the provider asks to be left alone; <see langword="null"/>: it does not say.</param>
    public ProviderException(int status, string message, TimeSpan? retryAfter = null)
        : base(message)
    {
        Status = status;
        RetryAfter = retryAfter;
    }

    /// <summary>As HTTP has it.</summary>
    public int Status { get; }

    /// <summary>How long the provider asks to be left alone; <see langword="null"/>: it does not say.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>Returns when a response is a success, and throws what it means when it is not.</summary>
    /// <param name="response">Its body is read only if it is no success.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ProviderException">The response has a status of 300 or above.</exception>
    public static async Task ThrowIfFailedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(response);
        if (!response.IsSuccessStatusCode)
        {
            var body = await ReadBeginningAsync(response.Content, cancellationToken).ConfigureAwait(false);
            throw new ProviderException((int)response.StatusCode, MessageIn(body) ?? response.ReasonPhrase ?? "", RetryAfterOf(response.Headers));
        }
    }

    private static async Task<byte[]> ReadBeginningAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var buffer = new byte[MostBytes];
        await using var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var count = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return buffer[..count];
    }

    // A message is where most providers have it, or the whole body where it is plain text.
    private static string? MessageIn(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return Member(root, "error") is { ValueKind: JsonValueKind.Object } error ? Text(error, "message") : Text(root, "error") ?? Text(root, "message");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return body.Length > 0 ? Encoding.UTF8.GetString(body) : null;
        }
    }

    private static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;

    private static string? Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    // A date counts from the provider's own clock, if it tells the time.
    private static TimeSpan? RetryAfterOf(HttpResponseHeaders headers) => headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when headers.Date is { } now => date > now ? date - now : TimeSpan.Zero,
        _ => null,
    };
}
