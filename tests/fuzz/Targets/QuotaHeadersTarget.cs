using System.Net;
using System.Text;
using ProxyCluster.Core.Providers.Circuits;
using ProxyCluster.GatewayApi.Circuits;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>A provider's headers on its limits, one a line.</summary>
internal sealed class QuotaHeadersTarget : FuzzTarget
{
    /// <inheritdoc/>
    public override string Name => "quota-headers";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        "\n", "x-ratelimit-limit-requests: ", "x-ratelimit-remaining-requests: ", "x-ratelimit-reset-requests: ", "x-ratelimit-remaining-tokens: ",
        "x-ratelimit-reset-tokens: ", "anthropic-ratelimit-output-tokens-remaining: ", "anthropic-ratelimit-output-tokens-reset: ", "-day", "-minute",
        "0", "-1", "60", "6m0s", "120ms", "1h2m3.5s", "1d", "2026-01-02T03:04:05Z", "1767225605", "1767225605000", "1e300", "99999999", "NaN", "Infinity",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser => ["Circuits/QuotaHeaders.cs"];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Circuits/QuotaHeaders.cs", "if (reset - now > Longest)");

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        using var response = new HttpResponseMessage(HttpStatusCode.OK);
        foreach (var line in Encoding.Latin1.GetString(input).Split('\n'))
        {
            if (line.Split(": ", 2) is [{ Length: > 0 } name, var value])
            {
                response.Headers.TryAddWithoutValidation(name, value);
            }
        }

        var now = Clock.Still.GetUtcNow();
        var read = QuotaHeaders.Read(response.Headers, now);
        Check(read.Requests, now);
        Check(read.Tokens, now);
        return HashCode.Combine(read.Requests is null, read.Tokens is null, read.SpentUntil(now) is null, read.Left(now) < 1, read.Advice(now) is null);
    }

    private static void Check(QuotaAmount? amount, DateTimeOffset now)
    {
        if (amount is { } known && (known.Limit < 0 || known.Remaining < 0 || known.ResetsAt - now > TimeSpan.FromDays(31)))
        {
            throw new InvalidDataException($"No limit can be {known}.");
        }
    }
}
