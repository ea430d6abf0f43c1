using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text.Json;

namespace ProxyCluster.Bench.Load.Candidates;

/// <summary>
/// The floor for a gateway in C#: reads the body once for model and stream, forwards it as it is, and copies the answer
/// through. No authentication, limits, routing, errors or metrics.
/// </summary>
internal static class MinimalProxy
{
    public static Task<int> RunAsync(int port, Uri upstream)
    {
        var app = CandidateHost.CreateBuilder(port).Build();
        var invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
        });
        var target = new Uri(upstream, "/v1/chat/completions");
        app.Run(context => ForwardAsync(context, invoker, target));
        return CandidateHost.RunAsync(app);
    }

    private static async Task ForwardAsync(HttpContext context, HttpMessageInvoker invoker, Uri target)
    {
        var input = context.Request.BodyReader;
        var read = await input.ReadAsync(context.RequestAborted);
        while (!read.IsCompleted)
        {
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await input.ReadAsync(context.RequestAborted);
        }

        var length = (int)read.Buffer.Length;
        var body = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            read.Buffer.CopyTo(body);
            input.AdvanceTo(read.Buffer.End);
            if (!TryRead(body.AsSpan(0, length), out _))
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                return;
            }

            using var request = new HttpRequestMessage(HttpMethod.Post, target)
            {
                Content = new ReadOnlyMemoryContent(body.AsMemory(0, length)),
            };
            request.Content.Headers.TryAddWithoutValidation("content-type", "application/json");
            using var response = await invoker.SendAsync(request, context.RequestAborted);
            context.Response.StatusCode = (int)response.StatusCode;
            context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
            context.Response.ContentLength = response.Content.Headers.ContentLength;
            await CopyAsync(await response.Content.ReadAsStreamAsync(context.RequestAborted), context.Response.BodyWriter, context.RequestAborted);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(body);
        }
    }

    private static async Task CopyAsync(Stream from, PipeWriter to, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await from.ReadAsync(to.GetMemory(4096), cancellationToken);
            if (read == 0)
            {
                return;
            }

            to.Advance(read);
            await to.FlushAsync(cancellationToken);
        }
    }

    private static bool TryRead(ReadOnlySpan<byte> body, out (bool HasModel, bool Stream) seen)
    {
        seen = default;
        var json = new Utf8JsonReader(body);
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName || json.CurrentDepth != 1)
            {
                continue;
            }

            if (json.ValueTextEquals("model"u8))
            {
                seen.HasModel = true;
            }
            else if (json.ValueTextEquals("stream"u8))
            {
                seen.Stream = json.Read() && json.TokenType == JsonTokenType.True;
            }
        }

        return seen.HasModel;
    }
}
