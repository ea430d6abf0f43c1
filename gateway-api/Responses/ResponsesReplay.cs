using System.Buffers;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Responses;

/// <summary>
/// Replays a <c>response</c> as the named events of Responses, numbered from 0, a delta for each part. Items that are not
/// known are added and done in one.
/// </summary>
internal sealed class ResponsesReplay(JsonElement response, IBufferWriter<byte> output)
{
    private static readonly string[] Lists = ["annotations", "logprobs"];

    private int _sequence;

    /// <returns><see langword="false"/>: it is no response that has come to its end.</returns>
    public static bool Write(ReadOnlySpan<byte> answer, IBufferWriter<byte> output)
    {
        using var document = ReplayedEvents.Parse(answer);
        return new ResponsesReplay(document.RootElement, output).Write();
    }

    private bool Write()
    {
        if (response.GetText("status") is not ("completed" or "incomplete") || !response.TryGetValue("output", out var items))
        {
            return false;
        }

        WriteEvent("response.created", WriteBegun);
        WriteEvent("response.in_progress", WriteBegun);
        foreach (var (index, item) in items.EnumerateArray().Index())
        {
            WriteItem(item, index);
        }

        WriteEvent("response." + response.GetText("status"), json => json.WriteMember("response", response));
        return true;
    }

    private void WriteBegun(Utf8JsonWriter json)
    {
        json.WriteStartObject("response"u8);
        ReplayedEvents.WriteMembers(json, response, "status", "output", "usage", "completed_at", "incomplete_details");
        json.WriteString("status"u8, "in_progress"u8);
        json.WriteStartArray("output"u8);
        json.WriteEndArray();
        json.WriteNull("usage"u8);
        json.WriteNull("incomplete_details"u8);
        json.WriteEndObject();
    }

    private void WriteItem(JsonElement item, int index)
    {
        var place = new Place(item.GetText("id") ?? "", index);
        switch (item.GetText("type"))
        {
            case "message":
                WriteAdded(item, place, "content");
                WriteParts(item, "content", place);
                break;
            case "reasoning":
                WriteAdded(item, place, "summary");
                WriteParts(item, "summary", place);
                break;
            case "function_call":
                WriteAdded(item, place, "arguments");
                WriteCall(item, place);
                break;
            default:
                WriteAdded(item, place, null);
                break;
        }

        WriteEvent("response.output_item.done", json => WriteItem(json, place, () => item.WriteTo(json)));
    }

    private void WriteAdded(JsonElement item, Place place, string? filled) => WriteEvent("response.output_item.added", json => WriteItem(json, place, () =>
    {
        if (filled is null)
        {
            item.WriteTo(json);
            return;
        }

        json.WriteStartObject();
        ReplayedEvents.WriteMembers(json, item, "status", filled);
        json.WriteString("status"u8, "in_progress"u8);
        if (filled == "arguments")
        {
            json.WriteString("arguments"u8, ""u8);
        }
        else
        {
            json.WriteStartArray(filled);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }));

    private static void WriteItem(Utf8JsonWriter json, Place place, Action writeItem)
    {
        json.WriteNumber("output_index"u8, place.Item);
        json.WritePropertyName("item"u8);
        writeItem();
    }

    private void WriteCall(JsonElement item, Place place)
    {
        var arguments = item.GetText("arguments") ?? "";
        WriteEvent("response.function_call_arguments.delta", json => WritePlaced(json, place, null, "delta", arguments));
        WriteEvent("response.function_call_arguments.done", json =>
        {
            WritePlaced(json, place, null, "arguments", arguments);
            json.WriteString("name"u8, item.GetText("name"));
        });
    }

    private void WriteParts(JsonElement item, string member, Place place)
    {
        if (!item.TryGetValue(member, out var parts))
        {
            return;
        }

        var isSummary = member == "summary";
        foreach (var (index, part) in parts.EnumerateArray().Index())
        {
            WritePart(part, place with { Part = index, PartName = isSummary ? "summary_index" : "content_index" }, isSummary ? "reasoning_summary_part" : "content_part");
        }
    }

    private void WritePart(JsonElement part, Place place, string kind)
    {
        var (type, member) = part.GetText("type") switch
        {
            "refusal" => ("response.refusal", "refusal"),
            "summary_text" => ("response.reasoning_summary_text", "text"),
            _ => ("response.output_text", "text"),
        };
        var text = part.GetText(member) ?? "";
        WriteEvent($"response.{kind}.added", json => WriteWithPart(json, place, () =>
        {
            json.WriteStartObject();
            ReplayedEvents.WriteMembers(json, part, member, "annotations", "logprobs");
            json.WriteString(member, "");
            WriteEmptyLists(json, part);
            json.WriteEndObject();
        }));
        WriteEvent($"{type}.delta", json => WritePlaced(json, place, part, "delta", text));
        WriteAnnotations(part, place);
        WriteEvent($"{type}.done", json => WritePlaced(json, place, part, member, text));
        WriteEvent($"response.{kind}.done", json => WriteWithPart(json, place, () => part.WriteTo(json)));
    }

    private static void WriteEmptyLists(Utf8JsonWriter json, JsonElement part)
    {
        foreach (var name in Lists.Where(name => part.TryGetValue(name, out _)))
        {
            json.WriteStartArray(name);
            json.WriteEndArray();
        }
    }

    private void WriteAnnotations(JsonElement part, Place place)
    {
        if (!part.TryGetValue("annotations", out var annotations))
        {
            return;
        }

        foreach (var (index, annotation) in annotations.EnumerateArray().Index())
        {
            WriteEvent("response.output_text.annotation.added", json =>
            {
                WritePlace(json, place);
                json.WriteNumber("annotation_index"u8, index);
                json.WriteMember("annotation", annotation);
            });
        }
    }

    private static void WriteWithPart(Utf8JsonWriter json, Place place, Action writePart)
    {
        WritePlace(json, place);
        json.WritePropertyName("part"u8);
        writePart();
    }

    private static void WritePlaced(Utf8JsonWriter json, Place place, JsonElement? part, string member, string text)
    {
        WritePlace(json, place);
        json.WriteString(member, text);
        if (part is { } told && told.TryGetValue("logprobs", out var logprobs))
        {
            json.WriteMember("logprobs", logprobs);
        }
    }

    private static void WritePlace(Utf8JsonWriter json, Place place)
    {
        json.WriteString("item_id"u8, place.Id);
        json.WriteNumber("output_index"u8, place.Item);
        if (place.PartName is { } name)
        {
            json.WriteNumber(name, place.Part);
        }
    }

    private void WriteEvent(string name, Action<Utf8JsonWriter> writeMembers) => ReplayedEvents.Write(output, name, json =>
    {
        json.WriteString("type"u8, name);
        json.WriteNumber("sequence_number"u8, _sequence++);
        writeMembers(json);
    });

    private readonly record struct Place(string Id, int Item, string? PartName = null, int Part = 0);
}
