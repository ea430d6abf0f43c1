using System.Globalization;
using System.Net;
using System.Reflection;

namespace ProxyCluster.GatewayApi.Providers.OwnCode;

/// <summary>
/// The status in an exception of a client library that the gateway does not know, by the names that such have:
/// <c>ClientResultException.Status</c> of System.ClientModel, <c>RequestFailedException.Status</c> of Azure,
/// <c>StatusCode</c> of others.
/// </summary>
internal static class ForeignStatus
{
    private static readonly string[] Names = ["Status", "StatusCode"];

    /// <returns><see langword="null"/>: the exception has none.</returns>
    public static (int Status, TimeSpan? RetryAfter)? Of(Exception exception)
    {
        try
        {
            foreach (var name in Names)
            {
                int? status = Member(exception, name) switch
                {
                    int number => number,
                    HttpStatusCode code => (int)code,
                    _ => null,
                };
                if (status is > 0)
                {
                    return (status.Value, RetryAfterOf(exception));
                }
            }

            return null;
        }
        catch (Exception e) when (e is TargetInvocationException or AmbiguousMatchException or TargetParameterCountException)
        {
            return null;
        }
    }

    // System.ClientModel: exception.GetRawResponse().Headers.TryGetValue("retry-after", out string value).
    private static TimeSpan? RetryAfterOf(Exception exception)
    {
        var response = exception.GetType().GetMethod("GetRawResponse", Type.EmptyTypes)?.Invoke(exception, null);
        var headers = response is null ? null : Member(response, "Headers");
        var find = headers?.GetType().GetMethod("TryGetValue", [typeof(string), typeof(string).MakeByRefType()]);
        object?[] arguments = ["retry-after", null];
        return find?.Invoke(headers, arguments) is true
            && double.TryParse(arguments[1] as string, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            && seconds is >= 0 and < 86_400
                ? TimeSpan.FromSeconds(seconds)
                : null;
    }

    private static object? Member(object owner, string name) => owner.GetType().GetProperty(name)?.GetValue(owner);
}
