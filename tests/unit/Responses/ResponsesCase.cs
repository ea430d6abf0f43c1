using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Responses;

namespace ProxyCluster.Tests.Unit.Responses;

/// <summary>Requests of Responses, and the few steps that their tests share.</summary>
internal static class ResponsesCase
{
    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_780_000_000);

    private static readonly InputLimitOptions Limits = new();
    private static readonly ModelNames Names = new();

    /// <summary>A request as the pipeline reads it.</summary>
    public static InferenceRequest Request(string body)
    {
        Assert.Null(RequestScanner.Scan(Encoding.UTF8.GetBytes(body), InferenceOperation.Responses, Limits, Names, out var request));
        return request!;
    }

    /// <summary>A request with the given members besides a model and a text.</summary>
    public static InferenceRequest Ask(string members = "") =>
        Request("""{"model":"m","input":"Hi" """ + (members.Length == 0 ? "" : ",") + members + "}");

    public static Conversation Read(string body)
    {
        var reading = ResponsesDialect.Instance.Read(Encoding.UTF8.GetBytes(body));
        Assert.Null(reading.Refusal);
        return reading.Conversation!;
    }

    public static JsonObject Whole(Answer answer, InferenceRequest request)
    {
        var output = new ArrayBufferWriter<byte>();
        ResponsesDialect.Instance.WriteAnswer(answer, request, Now, output);
        return JsonNode.Parse(output.WrittenSpan)!.AsObject();
    }

    /// <summary>The events that a row of pieces becomes.</summary>
    public static List<JsonObject> Stream(InferenceRequest request, Action<AnswerStream> say)
    {
        var output = new ArrayBufferWriter<byte>();
        var stream = ResponsesDialect.Instance.CreateStream(request, Now);
        stream.Output = output;
        say(stream);
        return Events(output.WrittenSpan);
    }

    /// <summary>Takes framed events apart; each has a name that is its type, and the next number.</summary>
    public static List<JsonObject> Events(ReadOnlySpan<byte> output)
    {
        var events = new List<JsonObject>();
        foreach (var frame in Encoding.UTF8.GetString(output).Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = frame.Split('\n');
            Assert.Equal(2, lines.Length);
            var data = JsonNode.Parse(lines[1]["data: ".Length..])!.AsObject();
            Assert.Equal("event: " + (string?)data["type"], lines[0]);
            Assert.Equal(events.Count, (int)data["sequence_number"]!);
            events.Add(data);
        }

        return events;
    }

    public static void AssertJson(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"Expected {expected}, but it was {actual?.ToJsonString() ?? "null"}.");
}
