using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace ProxyCluster.Tests.Faults.Load;

/// <summary>
/// Sends requests on a fixed schedule, whether or not earlier ones are answered, without retries: what fails is what a
/// client would have seen fail.
/// </summary>
/// <param name="gateways">Clients of the data listeners.</param>
/// <param name="requestsPerSecond">Over all gateways.</param>
/// <param name="model">What is asked for.</param>
/// <param name="streamEvery">Each so manieth request is a stream; 1: all are.</param>
internal sealed class OpenLoop(IReadOnlyList<HttpClient> gateways, int requestsPerSecond, string model, int streamEvery = 10)
{
    private readonly ConcurrentBag<Sent> _sent = [];

    /// <summary>All requests that have ended.</summary>
    public IReadOnlyCollection<Sent> Sent => _sent;

    public IEnumerable<Sent> Failures => _sent.Where(sent => sent.Fault is not null);

    /// <summary>Sends until <paramref name="until"/> ends, then waits for the last answers.</summary>
    /// <param name="until">Completes when the last request has been sent.</param>
    /// <param name="share">The share of requests for the first gateway, now; the others share the rest.</param>
    public async Task RunAsync(Task until, Func<double>? share = null)
    {
        var pending = new List<Task>();
        var clock = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        for (var sent = 0; !until.IsCompleted;)
        {
            for (var due = (int)(clock.Elapsed.TotalSeconds * requestsPerSecond); sent < due; sent++)
            {
                pending.Add(SendAsync(Choose(sent, share?.Invoke()), isStream: sent % streamEvery == 0));
            }

            await timer.WaitForNextTickAsync();
        }

        await until;
        await Task.WhenAll(pending);
    }

    private HttpClient Choose(int number, double? share)
    {
        if (share is not { } first)
        {
            return gateways[number % gateways.Count];
        }

        // Spreads the share evenly over each hundred requests.
        return number * 37 % 100 < first * 100 ? gateways[0] : gateways[1 + (number % (gateways.Count - 1))];
    }

    private async Task SendAsync(HttpClient client, bool isStream)
    {
        var started = Stopwatch.GetTimestamp();
        var at = TimeProvider.System.GetUtcNow();
        try
        {
            using var message = Message(isStream);
            using var answer = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
            var body = await answer.Content.ReadAsStringAsync();
            var fault = Judge(answer, body, isStream);
            _sent.Add(new Sent(at, Stopwatch.GetElapsedTime(started), (int)answer.StatusCode, fault)
            {
                Provider = Header(answer, "x-proxy-provider"),
                Attempts = int.TryParse(Header(answer, "x-proxy-attempts"), CultureInfo.InvariantCulture, out var attempts) ? attempts : 0,
            });
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException)
        {
            _sent.Add(new Sent(at, Stopwatch.GetElapsedTime(started), 0, fault.Message));
        }
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.First() : null;

    private static string? Judge(HttpResponseMessage answer, string body, bool isStream)
    {
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            return $"{(int)answer.StatusCode} {body}";
        }

        var isWhole = isStream ? body.TrimEnd().EndsWith("data: [DONE]", StringComparison.Ordinal) : body.TrimEnd().EndsWith('}');
        return isWhole ? null : $"200, but cut: {body[Math.Max(0, body.Length - 200)..]}";
    }

    private HttpRequestMessage Message(bool isStream) => new(HttpMethod.Post, "/v1/chat/completions")
    {
        Content = new StringContent(
            $$"""{"model":"{{model}}","stream":{{(isStream ? "true" : "false")}},"messages":[{"role":"user","content":"Hello"}]}""",
            Encoding.UTF8,
            new MediaTypeHeaderValue("application/json")),
    };
}

/// <summary>One request as its client saw it.</summary>
/// <param name="At">When it was sent.</param>
/// <param name="Took">Until the last byte.</param>
/// <param name="Status">0: no answer.</param>
/// <param name="Fault">What went wrong; <see langword="null"/>: nothing.</param>
internal sealed record Sent(DateTimeOffset At, TimeSpan Took, int Status, string? Fault)
{
    /// <summary>Who served it, or was asked last, as the gateway says; <see langword="null"/>: it does not.</summary>
    public string? Provider { get; init; }

    /// <summary>How often providers were asked, as the gateway says; 0: it does not.</summary>
    public int Attempts { get; init; }

    /// <summary>When its last byte came.</summary>
    public DateTimeOffset EndedAt => At + Took;
}
