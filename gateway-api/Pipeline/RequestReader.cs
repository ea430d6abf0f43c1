using System.IO.Pipelines;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.GatewayApi.PassThrough;
using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>Takes a request's body in once, into one piece of memory, and finds in it what the pipeline needs.</summary>
internal sealed class RequestReader(IOptionsMonitor<ProxyClusterOptions> options)
{
    private readonly ModelNames _names = new();

    /// <summary>Reads the body of a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="operation">What the route asks for.</param>
    /// <param name="buffer">Takes the body; the request lives in it.</param>
    /// <param name="cancellationToken">Stops waiting for the body, and closes the connection that it comes by.</param>
    /// <exception cref="OperationCanceledException">The client left, or the wait was stopped.</exception>
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    public async ValueTask<RequestReading> ReadAsync(HttpContext context, InferenceOperation operation, PooledBuffer buffer, CancellationToken cancellationToken)
    {
        var limits = options.CurrentValue.InputLimits;
        if (CheckHeaders(context.Request, operation, limits, out var form) is { } unfit)
        {
            return unfit;
        }

        try
        {
            if (await ReceiveAsync(context.Request.BodyReader, buffer, limits.MaxBodyBytes, cancellationToken) is { } refusal)
            {
                return refusal;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // What is still to come of the body would be taken for the next request.
            context.Response.Headers.Connection = "close";
            throw;
        }
        catch (BadHttpRequestException e)
        {
            return FromServer(e, limits);
        }
        catch (Exception e) when (e is ConnectionAbortedException or ConnectionResetException)
        {
            throw new OperationCanceledException("The client closed the connection while it sent its request.", e);
        }
        catch (IOException)
        {
            // A chunk's size that no number holds.
            context.Response.Headers.Connection = "close";
            return Misframed();
        }

        if (operation == InferenceOperation.Explain)
        {
            return ExplainedRequest.Read(buffer.WrittenMemory, context.Request.Query["route"], limits, _names);
        }

        if (form is not null)
        {
            return await FormScanner.ScanAsync(buffer.WrittenMemory, operation, form, _names);
        }

        if (RequestScanner.Scan(buffer.WrittenMemory, operation, limits, _names, out var request) is { } broken)
        {
            return broken;
        }

        request!.Headers = request.Dialect.ReadHeaders(context.Request.Headers);
        return new RequestReading(request, null);
    }

    /// <summary>Whether a <c>Content-Type</c> says JSON, whatever its parameters.</summary>
    internal static bool IsJson(ReadOnlySpan<char> contentType)
    {
        const string Json = "application/json";
        return contentType.StartsWith(Json, StringComparison.OrdinalIgnoreCase)
            && (contentType.Length == Json.Length || contentType[Json.Length..].TrimStart() is "" or [';', ..]);
    }

    private static Refusal? CheckHeaders(
        HttpRequest request, InferenceOperation operation, InputLimitOptions limits, out MediaTypeHeaderValue? form)
    {
        form = null;
        var headers = request.Headers;
        var isPlain = headers.ContentEncoding.Count == 0 || string.Equals(headers.ContentEncoding, "identity", StringComparison.OrdinalIgnoreCase);
        if (operation.IsForm())
        {
            if (!isPlain || !FormScanner.IsForm(request.ContentType, out form))
            {
                return Refusals.FormExpected();
            }
        }
        else if (!isPlain || !IsJson(request.ContentType))
        {
            return Refusals.UnsupportedMediaType();
        }

        if (RequestTarget.HasTwoFramings(headers))
        {
            request.HttpContext.Response.Headers.Connection = "close";
            return Refusals.InvalidJson("The request has both 'Content-Length' and 'Transfer-Encoding'.");
        }

        if (!(request.ContentLength > limits.MaxBodyBytes))
        {
            return null;
        }

        // With its own limit the server closes the connection under a client that still sends, who then never reads why.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        return Refusals.TooLarge(limits.MaxBodyBytes);
    }

    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private static async ValueTask<Refusal?> ReceiveAsync(PipeReader body, PooledBuffer buffer, int limitBytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await body.ReadAsync(cancellationToken);
            foreach (var segment in result.Buffer)
            {
                if (segment.Length > limitBytes - buffer.Count)
                {
                    body.AdvanceTo(result.Buffer.End);
                    return Refusals.TooLarge(limitBytes);
                }

                buffer.Append(segment.Span);
            }

            body.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return null;
            }

            if (result.IsCanceled)
            {
                throw new OperationCanceledException();
            }
        }
    }

    private static Refusal FromServer(BadHttpRequestException e, InputLimitOptions limits) => e.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => Refusals.TooLarge(limits.MaxBodyBytes),
        StatusCodes.Status408RequestTimeout => Refusals.RequestTimeout(),
        _ => Misframed(),
    };

    private static Refusal Misframed() => Refusals.InvalidJson("The request's body is not framed as HTTP asks.");
}

/// <summary>Either a request or the reason why not.</summary>
/// <param name="Request">What was read; <see langword="null"/>: refused.</param>
/// <param name="Refusal">Why not; <see langword="null"/>: read.</param>
internal readonly record struct RequestReading(InferenceRequest? Request, Refusal? Refusal)
{
    public static implicit operator RequestReading(Refusal refusal) => new(null, refusal);
}
