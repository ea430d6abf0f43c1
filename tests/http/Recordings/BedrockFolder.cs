using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.GatewayApi.Providers.Bedrock;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Puts a stream of ConverseStream's messages together into Converse's whole answer, as Amazon's own clients do.</summary>
internal static class BedrockFolder
{
    /// <summary>Where each message ends.</summary>
    public static List<int> EventEnds(byte[] stream)
    {
        var ends = new List<int>();
        for (var at = 0; at + sizeof(uint) <= stream.Length;)
        {
            at += (int)BinaryPrimitives.ReadUInt32BigEndian(stream.AsSpan(at));
            ends.Add(at);
        }

        return ends;
    }

    public static byte[] Fold(byte[] stream)
    {
        var answer = new JsonObject();
        var blocks = new SortedDictionary<int, JsonObject>();
        var inputs = new Dictionary<int, StringBuilder>();
        foreach (var (name, told) in Read(stream))
        {
            var index = (int?)told["contentBlockIndex"] ?? -1;
            switch (name)
            {
                case "contentBlockStart":
                    blocks[index] = told["start"]!.DeepClone().AsObject();
                    break;
                case "contentBlockDelta":
                    blocks.TryAdd(index, []);
                    inputs.TryAdd(index, new StringBuilder());
                    TakeDelta(told["delta"]!.AsObject(), blocks[index], inputs[index]);
                    break;
                case "messageStop" or "metadata":
                    Merge(answer, told);
                    break;
            }
        }

        foreach (var (index, block) in blocks.Where(static pair => pair.Value["toolUse"] is not null))
        {
            block["toolUse"]!["input"] = inputs.TryGetValue(index, out var input) && input.Length > 0 ? JsonNode.Parse(input.ToString()) : new JsonObject();
        }

        answer["output"] = new JsonObject { ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = new JsonArray([.. blocks.Values]) } };
        return Encoding.UTF8.GetBytes(answer.ToJsonString());
    }

    private static List<(string Name, JsonObject Data)> Read(byte[] stream)
    {
        using var reader = new AmazonEventReader(stream.Length);
        var events = new List<(string Name, JsonObject Data)>();
        for (var rest = stream.AsMemory(); rest.Length > 0;)
        {
            var room = reader.GetMemory();
            var count = Math.Min(room.Length, rest.Length);
            rest[..count].CopyTo(room);
            reader.Advance(count);
            rest = rest[count..];
            while (reader.TryRead())
            {
                events.Add((Encoding.UTF8.GetString(reader.Name), JsonNode.Parse(reader.Data)!.AsObject()));
            }
        }

        return events;
    }

    private static void TakeDelta(JsonObject delta, JsonObject block, StringBuilder input)
    {
        if ((string?)delta["text"] is { } text)
        {
            block["text"] = (string?)block["text"] + text;
        }

        if ((string?)delta["toolUse"]?["input"] is { } piece)
        {
            input.Append(piece);
        }

        if (delta["reasoningContent"] is JsonObject thought)
        {
            block["reasoningContent"] ??= new JsonObject { ["reasoningText"] = new JsonObject { ["text"] = "" } };
            var whole = block["reasoningContent"]!["reasoningText"]!;
            whole["text"] = (string?)whole["text"] + (string?)thought["text"];
        }
    }

    private static void Merge(JsonObject into, JsonObject from)
    {
        foreach (var (name, value) in from)
        {
            into[name] = value?.DeepClone();
        }
    }
}
