using System.Buffers;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.OpenAi;

/// <summary>
/// Writes a request of Chat Completions as a server takes it that does not take all as OpenAI does. What no quirk is
/// about is copied.
/// </summary>
internal sealed class QuirkedBody(OpenAiDialect dialect, string model, TranslationNotes notes)
{
    private const int MaxDepth = 1000; // the most that configuration lets through

    /// <summary>Whether a request has anything that the server takes in another way. Most have not, and their bytes go through.</summary>
    public static bool IsNeeded(OpenAiDialect dialect, string model, ReadOnlySpan<byte> body)
    {
        if (dialect.Quirks.Count == 0 && !dialect.Changes.MayBeIn(body))
        {
            return false;
        }

        try
        {
            return Has(dialect, model, body);
        }
        catch (InvalidOperationException)
        {
            // A name with half a surrogate pair in an escape: what reads the request tells so.
            return true;
        }
    }

    /// <summary>Writes the request, or returns why it cannot be sent.</summary>
    /// <param name="body">JSON without fault.</param>
    /// <param name="output">Takes the request.</param>
    public Refusal? Write(ReadOnlyMemory<byte> body, IBufferWriter<byte> output)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return WriteRequest(document.RootElement, output);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair in an escape, in a place that the server's form makes us read.
            return Refusals.InvalidJson("The request's body has a string that is not valid Unicode.");
        }
    }

    private Refusal? WriteRequest(JsonElement root, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, JsonText.WriterOptions);
        json.WriteStartObject();
        json.WriteString("model"u8, model);
        foreach (var member in root.EnumerateObject())
        {
            if (!member.NameEquals("model"u8) && WriteMember(member, root, json) is { } refusal)
            {
                return refusal;
            }
        }

        WriteUsageWish(root, json);
        json.WriteEndObject();
        return null;
    }

    private static bool Has(OpenAiDialect dialect, string model, ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (IsConcerned(dialect, model, ref reader))
            {
                return true;
            }

            var changes = dialect.Changes.Find(ref reader);
            reader.Read();
            if (changes is null)
            {
                reader.Skip();
            }
            else if (changes.IsIn(ref reader))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsConcerned(OpenAiDialect dialect, string model, ref Utf8JsonReader reader)
    {
        foreach (var quirk in dialect.Quirks)
        {
            if (reader.ValueTextEquals(quirk.Field) && quirk.Concerns(model))
            {
                return true;
            }
        }

        return false;
    }

    private Refusal? WriteMember(JsonProperty member, JsonElement root, Utf8JsonWriter json)
    {
        if (member.NameEquals("stream_options"u8))
        {
            return null;
        }

        if (dialect.Changes.Find(member.Name) is { } changes)
        {
            new QuirkedMembers(dialect.CallIdLength, notes, json).Write(member, changes, member.Name);
            return null;
        }

        if (dialect.Quirks.FirstOrDefault(quirk => member.NameEquals(quirk.Field) && quirk.Concerns(model) && quirk.Concerns(member.Value)) is not { } found)
        {
            JsonText.Copy(member.Name, member.Value, json);
            return null;
        }

        if (FieldTable.AsksForNothing(member.Name, member.Value))
        {
            return null;
        }

        return Apply(found, member.Value, root, json);
    }

    private Refusal? Apply(FieldQuirk quirk, JsonElement value, JsonElement root, Utf8JsonWriter json)
    {
        switch (quirk.Verdict)
        {
            case QuirkVerdict.Refused:
                return Refusals.UnsupportedParameter(quirk.Field, $"This model's provider ({dialect.Type}) does not take this '{quirk.Field}'.");
            case QuirkVerdict.Renamed when !root.TryGetProperty(quirk.SentAs!, out _):
                notes.Changed(quirk.Field, $"sent as {quirk.SentAs}");
                JsonText.Copy(quirk.SentAs!, value, json);
                return null;
            default:
                notes.Dropped(quirk.Field);
                return null;
        }
    }

    // Usage is always asked for; a client that did not ask is not shown it.
    private void WriteUsageWish(JsonElement root, Utf8JsonWriter json)
    {
        var isStream = root.TryGetValue("stream", out var stream) && stream.ValueKind == JsonValueKind.True;
        var hasOptions = root.TryGetValue("stream_options", out var options);
        if (!dialect.TakesStreamOptions || (!isStream && !hasOptions))
        {
            return;
        }

        if (!isStream)
        {
            JsonText.Copy("stream_options", options, json);
            return;
        }

        json.WriteStartObject("stream_options"u8);
        json.WriteBoolean("include_usage"u8, true);
        if (hasOptions)
        {
            foreach (var option in options.EnumerateObject().Where(static option => !option.NameEquals("include_usage"u8)))
            {
                option.WriteTo(json);
            }
        }

        json.WriteEndObject();
    }
}
