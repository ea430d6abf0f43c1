using System.Globalization;
using System.Net;
using System.Text.Json;
using ProxyCluster.Extensions;

namespace ProxyCluster.GatewayApi.Providers.OwnCode;

/// <summary>What an exception of an extension's code means, as a provider's error would say it.</summary>
/// <param name="Status">As HTTP has it.</param>
/// <param name="Message">What it said.</param>
/// <param name="RetryAfter">How long to stay away; <see langword="null"/>: not said.</param>
internal sealed record OwnCodeFailure(int Status, string Message, TimeSpan? RetryAfter)
{
    private const int Failed = 500;
    private const int TimedOut = 504;

    /// <summary>Reads an exception, and logs it: for the operator's eyes where it is none that explains itself.</summary>
    public static OwnCodeFailure Of(Exception exception, string provider, ILogger logger)
    {
        while (exception is AggregateException { InnerExceptions: [{ } only] })
        {
            exception = only;
        }

        var known = Known(exception);
        OwnCodeLog.Failed(
            logger, known is null ? LogLevel.Warning : LogLevel.Debug, provider, exception.GetType().FullName, UpstreamText.Clean(exception.Message, "(no message)"), exception.StackTrace);
        return known ?? new(Failed, exception.Message, null);
    }

    /// <summary>An answer with an error status.</summary>
    public HttpResponseMessage ToResponse()
    {
        var response = new HttpResponseMessage((HttpStatusCode)Status)
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["message"] = Message })),
        };
        if (RetryAfter is { } wait)
        {
            response.Headers.TryAddWithoutValidation("retry-after-ms", Math.Max(0, wait.TotalMilliseconds).ToString("0", CultureInfo.InvariantCulture));
        }

        return response;
    }

    private static OwnCodeFailure? Known(Exception exception) => exception switch
    {
        ProviderException known => new(Valid(known.Status), known.Message, known.RetryAfter),
        HttpRequestException { StatusCode: { } status } => new(Valid((int)status), exception.Message, null),
        TimeoutException or OperationCanceledException => new(TimedOut, exception.Message, null),
        _ => ForeignStatus.Of(exception) is { } foreign ? new(Valid(foreign.Status), exception.Message, foreign.RetryAfter) : null,
    };

    // What is no error status is a failure all the same.
    private static int Valid(int status) => status is >= 400 and < 600 ? status : Failed;
}
