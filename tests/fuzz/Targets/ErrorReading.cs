using System.Buffers;
using System.Net;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.Tests.Fuzz.Clients;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>A provider's errors: whatever they say, the client gets a sound one that keeps the operator's secrets.</summary>
internal static class ErrorReading
{
    private const int LongestMessage = 2000;

    private static readonly TimeSpan LongestAdvice = TimeSpan.FromDays(1);

    /// <summary>Reads bytes as the body of an error; its status is chosen by the last byte.</summary>
    /// <returns>The path taken.</returns>
    public static int Of(ProviderAdapter adapter, byte[] input)
    {
        var status = 400 + (input.Length == 0 ? 0 : input[^1] * 7 % 200);
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        var error = adapter.ReadError(status, response.Headers, input);
        MustBeFit(error);
        return HashCode.Combine(error.Outcome, error.Refusal.Status, error.Refusal.Code, error.Refusal.Param, error.TryAnother, error.RetryAfter is null);
    }

    /// <summary>Checks what a provider's error has become.</summary>
    public static void MustBeFit(in UpstreamError error)
    {
        MustBeFit(error.Refusal);
        if (error.Refusal.Message.Length > LongestMessage + 16 || error.Refusal.Message.Any(char.IsControl))
        {
            throw new InvalidDataException($"The provider's words go on as they are: {error.Refusal}");
        }

        if (error.Outcome == AttemptOutcome.Succeeded)
        {
            throw new InvalidDataException("An error counts as a success.");
        }

        if (error.RetryAfter < TimeSpan.Zero || error.RetryAfter > LongestAdvice)
        {
            throw new InvalidDataException($"The advice is to wait for {error.RetryAfter}.");
        }
    }

    /// <summary>Checks what a client is refused with for a fault of its own.</summary>
    /// <returns>The status.</returns>
    public static int BlameOnTheClient(Refusal refusal)
    {
        MustBeFit(refusal);
        return refusal.Status < 500 ? refusal.Status : throw new InvalidDataException($"The client's fault is told as the gateway's: {refusal}");
    }

    /// <summary>Checks what a client is refused with.</summary>
    public static void MustBeFit(Refusal refusal)
    {
        if (refusal.Status is < 400 or > 599 || refusal.Message.Length == 0)
        {
            throw new InvalidDataException($"The client is refused with {refusal}.");
        }

        var output = new ArrayBufferWriter<byte>();
        foreach (var operation in Ask.Dialects)
        {
            output.ResetWrittenCount();
            ClientDialects.Of(operation).WriteError(refusal, "r", output);
            _ = Sound.Json(output.WrittenSpan);
            output.ResetWrittenCount();
            ClientDialects.Of(operation).WriteStreamError(refusal, "r", output);
            _ = ClientEvent.ReadAll(output.WrittenSpan);
        }
    }
}
