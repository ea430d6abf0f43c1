using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Providers.Simulator;

/// <summary>
/// A provider within the process, in OpenAI's dialect, so that the usual path is taken up to the connection. Slow,
/// failing or streaming at a given rate, as its settings say.
/// </summary>
internal sealed class SimulatorHandler(SimulatorSettings settings, TimeProvider clock, long seed = 1) : HttpMessageHandler
{
    /// <summary>The name in configuration.</summary>
    public const string Type = "simulator";

    private readonly RandomSource _random = new(seed);
    private long _answers;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        if (request.Content is null)
        {
            return Answer(HttpStatusCode.OK, """{"object":"list","data":[]}"""u8.ToArray());
        }

        // Copied before the first wait: the caller's memory is its own again once the answer's head is there.
        var body = await request.Content.ReadAsByteArrayAsync(cancellationToken);
        if (settings.FirstTokenDelay > TimeSpan.Zero)
        {
            await Task.Delay(settings.FirstTokenDelay, clock, cancellationToken);
        }

        if (settings.FailureRate > 0 && _random.NextUnit() < settings.FailureRate)
        {
            return Answer((HttpStatusCode)settings.FailureStatus, Failure(settings.FailureStatus));
        }

        if (JsonText.HasHalfPair(body))
        {
            return Answer(HttpStatusCode.BadRequest, Error("The body holds half a surrogate pair.", "invalid_request_error", "invalid_json"));
        }

        var asked = SimulatedRequest.Read(body);
        var isChat = path.EndsWith("/chat/completions", StringComparison.Ordinal);
        var id = $"chatcmpl-simulated-{Interlocked.Increment(ref _answers)}";
        var answer = new SimulatedAnswer(asked, isChat, id, clock.GetUtcNow().ToUnixTimeSeconds(), settings.AnswerTokens);
        if (path.EndsWith("/embeddings", StringComparison.Ordinal))
        {
            return Answer(HttpStatusCode.OK, answer.Embeddings());
        }

        return asked.Stream ? Stream(answer) : Answer(HttpStatusCode.OK, answer.Whole());
    }

    private HttpResponseMessage Stream(SimulatedAnswer answer)
    {
        var between = settings.TokensPerSecond > 0 ? TimeSpan.FromSeconds(1 / settings.TokensPerSecond) : TimeSpan.Zero;
        var content = new StreamContent(new SimulatedStream(answer.Events().GetEnumerator(), between, clock));
        content.Headers.ContentType = new MediaTypeHeaderValue("text/event-stream");
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = content };
    }

    private static HttpResponseMessage Answer(HttpStatusCode status, byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return new HttpResponseMessage(status) { Content = content };
    }

    private static byte[] Failure(int status) => Error($"The simulator was told to fail with status {status}.", "server_error", "simulated_failure");

    private static byte[] Error(string message, string type, string code) => JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object?>
    {
        ["error"] = new Dictionary<string, object?>
        {
            ["message"] = message,
            ["type"] = type,
            ["param"] = null,
            ["code"] = code,
        },
    });
}
