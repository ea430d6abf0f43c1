using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace ProxyCluster.GatewayApi.Providers.Simulator;

/// <summary>Writes the simulator's answers: the same for the same request, and saying what they are.</summary>
/// <param name="request">What was asked.</param>
/// <param name="isChat">Chat, or text completion.</param>
/// <param name="id">Names the answer.</param>
/// <param name="created">When it is made, in seconds since 1970.</param>
/// <param name="answerTokens">How long it would be.</param>
internal sealed class SimulatedAnswer(SimulatedRequest request, bool isChat, string id, long created, int answerTokens)
{
    private static readonly string[] Words =
        "This answer was made by the simulator of ProxyCluster; no model has been asked, so add a provider to get a real one. "
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private readonly int _tokens = Math.Min(answerTokens, request.MaxTokens);

    private string FinishReason => _tokens < answerTokens ? "length" : "stop";

    /// <summary>The whole answer.</summary>
    public byte[] Whole() => Write(json =>
    {
        json.WriteString("object", isChat ? "chat.completion" : "text_completion");
        json.WriteStartArray("choices");
        for (var i = 0; i < request.Choices; i++)
        {
            WriteWholeChoice(json, i);
        }

        json.WriteEndArray();
        WriteUsage(json);
    });

    /// <summary>The events of the stream, framed, <c>[DONE]</c> included.</summary>
    public IEnumerable<byte[]> Events()
    {
        for (var choice = 0; choice < request.Choices; choice++)
        {
            for (var token = 0; token < _tokens; token++)
            {
                yield return Event(choice, Token(token), isFirst: token == 0, finishReason: null);
            }

            yield return Event(choice, null, isFirst: _tokens == 0, FinishReason);
        }

        if (request.IncludeUsage)
        {
            yield return Frame(Write(json =>
            {
                WriteObject(json);
                json.WriteStartArray("choices");
                json.WriteEndArray();
                WriteUsage(json);
            }));
        }

        yield return "data: [DONE]\n\n"u8.ToArray();
    }

    /// <summary>The answer to a request for embeddings.</summary>
    public byte[] Embeddings() => Write(json =>
    {
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        for (var i = 0; i < request.Inputs.Count; i++)
        {
            WriteEmbedding(json, i, Vector(request.Inputs[i]));
        }

        json.WriteEndArray();
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", request.PromptTokens);
        json.WriteNumber("total_tokens", request.PromptTokens);
        json.WriteEndObject();
    });

    private static string Token(int index) => (index == 0 ? "" : " ") + Words[index % Words.Length];

    private static byte[] Frame(byte[] json) => [.. "data: "u8, .. json, .. "\n\n"u8];

    private byte[] Event(int choice, string? text, bool isFirst, string? finishReason) => Frame(Write(json =>
    {
        WriteObject(json);
        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", choice);
        if (isChat)
        {
            WriteDelta(json, text, isFirst);
        }
        else
        {
            json.WriteString("text", text ?? "");
        }

        json.WriteString("finish_reason", finishReason);
        json.WriteEndObject();
        json.WriteEndArray();
    }));

    private static void WriteDelta(Utf8JsonWriter json, string? text, bool isFirst)
    {
        json.WriteStartObject("delta");
        if (isFirst)
        {
            json.WriteString("role", "assistant");
        }

        if (text is not null)
        {
            json.WriteString("content", text);
        }

        json.WriteEndObject();
    }

    private void WriteObject(Utf8JsonWriter json) => json.WriteString("object", isChat ? "chat.completion.chunk" : "text_completion");

    private void WriteWholeChoice(Utf8JsonWriter json, int index)
    {
        var text = string.Concat(Enumerable.Range(0, _tokens).Select(Token));
        json.WriteStartObject();
        json.WriteNumber("index", index);
        if (isChat)
        {
            json.WriteStartObject("message");
            json.WriteString("role", "assistant");
            json.WriteString("content", text);
            json.WriteEndObject();
        }
        else
        {
            json.WriteString("text", text);
        }

        json.WriteString("finish_reason", FinishReason);
        json.WriteEndObject();
    }

    private void WriteUsage(Utf8JsonWriter json)
    {
        var completion = _tokens * request.Choices;
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", request.PromptTokens);
        json.WriteNumber("completion_tokens", completion);
        json.WriteNumber("total_tokens", request.PromptTokens + completion);
        json.WriteEndObject();
    }

    private void WriteEmbedding(Utf8JsonWriter json, int index, float[] vector)
    {
        json.WriteStartObject();
        json.WriteString("object", "embedding");
        json.WriteNumber("index", index);
        if (request.AsBase64)
        {
            var bytes = new byte[vector.Length * sizeof(float)];
            for (var i = 0; i < vector.Length; i++)
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), vector[i]);
            }

            json.WriteBase64String("embedding", bytes);
        }
        else
        {
            json.WriteStartArray("embedding");
            Array.ForEach(vector, json.WriteNumberValue);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    // Equal texts get equal vectors of length 1, other texts other ones: enough to try a search, and no more.
    private float[] Vector(string text)
    {
        var random = new RandomNumbers(text);
        var vector = new float[request.Dimensions];
        for (var i = 0; i < vector.Length; i++)
        {
            vector[i] = random.Next();
        }

        var length = MathF.Sqrt(vector.Sum(x => x * x));
        return length == 0 ? vector : Array.ConvertAll(vector, x => x / length);
    }

    private byte[] Write(Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream(512);
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteNumber("created", created);
            json.WriteString("model", request.Model);
            members(json);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private struct RandomNumbers
    {
        private uint _state = 2166136261;

        public RandomNumbers(string text)
        {
            foreach (var b in Encoding.UTF8.GetBytes(text))
            {
                _state = (_state ^ b) * 16777619;
            }

            _state |= 1;
        }

        public float Next()
        {
            _state ^= _state << 13;
            _state ^= _state >> 17;
            _state ^= _state << 5;
            return ((float)_state / uint.MaxValue) - 0.5f;
        }
    }
}
