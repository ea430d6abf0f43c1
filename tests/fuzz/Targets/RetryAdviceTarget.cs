using System.Net;
using System.Text;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>How long a provider asks to be left alone, in either header: the first line is one, the second the other.</summary>
internal sealed class RetryAdviceTarget : FuzzTarget
{
    /// <inheritdoc/>
    public override string Name => "retry-advice";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words => ["\n", "0", "3", "-1", "1e999", "1500.5", "Fri, 02 Jan 2026 03:04:05 GMT", "Sat, 03 Jan 2026 03:04:05 GMT", "99999999999", "NaN", "Infinity"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser => ["Providers/RetryAdvice.cs"];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Providers/RetryAdvice.cs", "if (headers.TryGetValues(\"retry-after-ms\"") { CountsAs = true };

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        using var response = new HttpResponseMessage(HttpStatusCode.TooManyRequests);
        var lines = Encoding.Latin1.GetString(input).Split('\n');
        response.Headers.TryAddWithoutValidation("Retry-After", lines[0]);
        if (lines.Length > 1)
        {
            response.Headers.TryAddWithoutValidation("retry-after-ms", lines[1]);
        }

        var wait = RetryAdvice.Read(response.Headers, Clock.Still.GetUtcNow());
        return wait < TimeSpan.Zero || wait > TimeSpan.FromDays(1)
            ? throw new InvalidDataException($"The advice is to wait for {wait}.")
            : HashCode.Combine(wait is null, wait?.TotalSeconds > 60);
    }
}
