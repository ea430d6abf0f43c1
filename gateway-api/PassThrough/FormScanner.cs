using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text.Unicode;
using Microsoft.AspNetCore.WebUtilities;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.PassThrough;

/// <summary>Finds the model in a form (<c>multipart/form-data</c>, RFC 7578) that is passed on as it came.</summary>
internal static class FormScanner
{
    private const int LongestBoundary = 70; // RFC 2046, 5.1.1
    private const int MostParts = 64;
    private const int MostModelBytes = 256;

    /// <summary>Whether a <c>Content-Type</c> says that the body is a form whose parts can be told apart.</summary>
    public static bool IsForm(string? contentType, out MediaTypeHeaderValue? type)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out type) || type.MediaType is not "multipart/form-data")
        {
            return false;
        }

        return BoundaryOf(type) is { Length: > 0 and <= LongestBoundary };
    }

    /// <summary>Reads a form.</summary>
    /// <param name="body">The whole body.</param>
    /// <param name="operation">What the route asks for.</param>
    /// <param name="type">The body's type, as <see cref="IsForm"/> took it.</param>
    /// <param name="names">Gives the model's name.</param>
    public static async ValueTask<RequestReading> ScanAsync(
        ReadOnlyMemory<byte> body, InferenceOperation operation, MediaTypeHeaderValue type, ModelNames names)
    {
        var model = default(Range);
        try
        {
            // The server's own reader; over memory it never waits.
            using var stream = AsStream(body);
            var reader = new MultipartReader(BoundaryOf(type)!, stream);
            var parts = 0;
            while (await reader.ReadNextSectionAsync() is { } part)
            {
                if (++parts > MostParts)
                {
                    return Refusals.InvalidForm($"The form has more than {MostParts} parts.");
                }

                if (NameOf(part) is not { Length: > 0 } name)
                {
                    return Refusals.InvalidForm("The form has a part without a name, or with one in another spelling than name=\"…\".");
                }

                if (ForeignHost.Refuse(name) is { } foreign)
                {
                    return foreign;
                }

                if (name != "model")
                {
                    continue;
                }

                if (!model.Equals(default))
                {
                    return Refusals.InvalidForm("The form has the field 'model' twice.");
                }

                var start = (int)part.BaseStreamOffset!.Value;
                model = start..(start + await LengthAsync(part.Body));
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return Refusals.InvalidForm("The request's body is not a whole form: a part or its end is missing, or its headers are too long.");
        }

        return Create(body, operation, type, names, model);
    }

    private static RequestReading Create(
        ReadOnlyMemory<byte> body, InferenceOperation operation, MediaTypeHeaderValue type, ModelNames names, Range model)
    {
        var name = body.Span[model];
        if (name.IsEmpty)
        {
            return Refusals.MissingField("model");
        }

        if (name.Length > MostModelBytes || name.ContainsAnyInRange((byte)0, (byte)0x1f) || !Utf8.IsValid(name))
        {
            return Refusals.InvalidValue("model", $"The field 'model' is longer than {MostModelBytes} bytes or has control characters.");
        }

        var request = new InferenceRequest
        {
            Operation = operation,
            Body = body,
            Model = names.Get(name),
            ModelToken = model,
            FormType = type,
            Required = operation.Capability(),
        };
        return new RequestReading(request, null);
    }

    private static async ValueTask<int> LengthAsync(Stream part)
    {
        var room = new byte[MostModelBytes + 1];
        return await part.ReadAtLeastAsync(room, room.Length, throwOnEndOfStream: false);
    }

    // An escape, or the other spelling of RFC 5987, is one reader's name and not the next one's (RFC 7578, 4.2 and 5.1).
    private static string? NameOf(MultipartSection part) =>
        ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition)
        && Unquoted(disposition.Name) is { } name && !name.AsSpan().ContainsAny('\\', '%')
        && !disposition.Parameters.Any(static one => one.Name.Equals("name*", StringComparison.OrdinalIgnoreCase))
            ? name
            : null;

    private static string? BoundaryOf(MediaTypeHeaderValue type) =>
        Unquoted(type.Parameters.FirstOrDefault(static p => p.Name.Equals("boundary", StringComparison.OrdinalIgnoreCase))?.Value);

    private static string? Unquoted(string? text) => text?.Trim('"');

    private static MemoryStream AsStream(ReadOnlyMemory<byte> body) =>
        MemoryMarshal.TryGetArray(body, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(body.ToArray(), writable: false);
}
