using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ProxyCluster.Extensions;
using ProxyCluster.GatewayApi.Providers.OwnCode;

namespace ProxyCluster.Tests.Unit.Providers.OwnCode;

public sealed class OwnCodeFailureTests
{
    public static TheoryData<Exception, int, double?> Exceptions => new()
    {
        { new ProviderException(429, "Slow down", TimeSpan.FromSeconds(9)), 429, 9 },
        { new ProviderException(200, "What?"), 500, null },
        { new HttpRequestException("No", null, HttpStatusCode.Unauthorized), 401, null },
        { new TimeoutException(), 504, null },
        { new TaskCanceledException(), 504, null },
        { new AggregateException(new ProviderException(503, "Full")), 503, null },
        { new StatusException(429, "2.5"), 429, 2.5 },
        { new StatusException(0, "2.5"), 500, null },
        { new StatusCodeException(HttpStatusCode.Forbidden), 403, null },
        { new ThrowingStatusException(), 500, null },
        { new InvalidOperationException("Broken"), 500, null },
    };

    [Theory]
    [MemberData(nameof(Exceptions), DisableDiscoveryEnumeration = true)]
    public void Exception_OfAnyKind_HasAStatus(Exception exception, int status, double? retryAfterSeconds)
    {
        var failure = OwnCodeFailure.Of(exception, "acme", NullLogger.Instance);

        Assert.Equal((status, retryAfterSeconds), (failure.Status, failure.RetryAfter?.TotalSeconds));
    }

    [Fact]
    public void Exception_ThatExplainsNothing_IsLoggedForTheOperator()
    {
        var log = new Log();

        OwnCodeFailure.Of(new InvalidOperationException("Cannot reach https://user:secret@host/x"), "acme", log);
        OwnCodeFailure.Of(new ProviderException(503, "Full"), "acme", log);

        var line = Assert.Single(log.Warnings);
        Assert.Contains("InvalidOperationException", line, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"error":{"message":"Too long"}}""", "Too long")]
    [InlineData("""{"error":"Too long"}""", "Too long")]
    [InlineData("""{"message":"Too long"}""", "Too long")]
    [InlineData("Too long", "Too long")]
    [InlineData("[1]", "Bad Request")]
    [InlineData("", "Bad Request")]
    public async Task Response_ThatIsNoSuccess_ThrowsWhatItSays(string body, string message)
    {
        using var response = new HttpResponseMessage(HttpStatusCode.BadRequest) { Content = new StringContent(body) };
        response.Headers.TryAddWithoutValidation("retry-after", "3");

        var failure = await Assert.ThrowsAsync<ProviderException>(() => ProviderException.ThrowIfFailedAsync(response, TestContext.Current.CancellationToken));

        Assert.Equal((400, message, TimeSpan.FromSeconds(3)), (failure.Status, failure.Message, failure.RetryAfter));
    }

    // As System.ClientModel has it.
    private sealed class StatusException(int status, string retryAfter) : Exception
    {
        public int Status => status;

        public Raw GetRawResponse() => new(new RawHeaders(retryAfter));
    }

    private sealed record Raw(RawHeaders Headers);

    private sealed class RawHeaders(string retryAfter)
    {
        public bool TryGetValue(string name, out string? value)
        {
            value = name == "retry-after" ? retryAfter : null;
            return value is not null;
        }
    }

    private sealed class StatusCodeException(HttpStatusCode status) : Exception
    {
        public HttpStatusCode StatusCode => status;
    }

    [SuppressMessage("Design", "CA1065", Justification = "An exception of a library may be as bad as this.")]
    private sealed class ThrowingStatusException : Exception
    {
        public int Status => throw new NotSupportedException();
    }

    private sealed class Log : ILogger
    {
        public List<string> Warnings { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Warning)
            {
                Warnings.Add(formatter(state, exception));
            }
        }
    }
}
