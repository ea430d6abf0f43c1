using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>Writes a request of the provider's own dialect with one of its members changed, and everything else as it stands.</summary>
internal static class NativeBody
{
    /// <summary>As deep as configuration lets through at most.</summary>
    public static readonly JsonDocumentOptions ReaderOptions = new() { MaxDepth = 1000 };

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    /// <summary>Writes it; <see langword="null"/>: it has a string that is not Unicode, and is for the provider to judge.</summary>
    /// <param name="body">JSON without fault.</param>
    /// <param name="model">The provider's name of the model.</param>
    /// <param name="write">Writes a member that changes, or leaves it out; <see langword="false"/>: it stays as it is.</param>
    public static HttpContent? Write(ReadOnlyMemory<byte> body, string model, Func<JsonProperty, Utf8JsonWriter, bool> write)
    {
        try
        {
            using var document = JsonDocument.Parse(body, ReaderOptions);
            var output = new ArrayBufferWriter<byte>(body.Length);
            using var json = new Utf8JsonWriter(output, JsonText.WriterOptions);
            json.WriteStartObject();
            json.WriteString("model"u8, model);
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (!member.NameEquals("model"u8) && !write(member, json))
                {
                    JsonText.Copy(member.Name, member.Value, json);
                }
            }

            json.WriteEndObject();
            json.Flush();
            var content = new ReadOnlyMemoryContent(output.WrittenMemory);
            content.Headers.ContentType = Json;
            return content;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
