using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text.Json;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>
/// A number for the beginning of a conversation: its instructions, and its turns up to the user's first. The same in every
/// later turn, in every gateway, and never the same for two callers.
/// </summary>
/// <remarks>
/// Only what is said counts. Clients move marks for the prompt cache from turn to turn, and write the same text now as a
/// string and now as a list of parts. Names are compared as they are written: one with escapes may be half a surrogate pair,
/// which no reader unescapes.
/// </remarks>
internal static class ConversationPrefix
{
    private const int MostPromptBytes = 1024; // of a text completion, which has no turns

    /// <summary>The number; <see langword="null"/>: the request has no conversation.</summary>
    /// <param name="request">Its body is valid JSON.</param>
    /// <param name="tenant">Whose conversation it is.</param>
    public static ulong? Of(InferenceRequest request, string tenant)
    {
        var (instructions, turns) = MembersOf(request.Operation);
        if (turns.IsEmpty || request.FormType is not null || request.Body.IsEmpty)
        {
            return null;
        }

        var reader = new Utf8JsonReader(request.Body.Span, new JsonReaderOptions { MaxDepth = int.MaxValue });
        ulong said = 0;
        ulong? begun = null;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isInstructions = !instructions.IsEmpty && reader.ValueSpan.SequenceEqual(instructions);
            var isTurns = reader.ValueSpan.SequenceEqual(turns);
            reader.Read();
            if (isInstructions)
            {
                said = OfTexts(ref reader, 0);
            }
            else if (isTurns)
            {
                begun = OfTurns(ref reader);
                if (instructions.IsEmpty)
                {
                    break;
                }
            }
            else
            {
                reader.Skip();
            }
        }

        return begun is { } first ? OfText(MemoryMarshal.AsBytes(tenant.AsSpan()), Both(said, first)) : null;
    }

    private static MemberNames MembersOf(InferenceOperation operation) => operation switch
    {
        InferenceOperation.ChatCompletions => new([], "messages"u8),
        InferenceOperation.Messages or InferenceOperation.CountTokens => new("system"u8, "messages"u8),
        InferenceOperation.Responses => new("instructions"u8, "input"u8),
        InferenceOperation.Completions or InferenceOperation.CompletionsByChat => new([], "prompt"u8),
        _ => default,
    };

    private static ulong OfTurns(ref Utf8JsonReader reader)
    {
        ulong hash = 0;
        if (reader.TokenType == JsonTokenType.String)
        {
            return OfText(reader.ValueSpan[..Math.Min(reader.ValueSpan.Length, MostPromptBytes)], hash);
        }

        var depth = reader.CurrentDepth;
        var isUsers = false;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (isUsers)
            {
                reader.Skip();
            }
            else if (reader.TokenType == JsonTokenType.StartObject)
            {
                hash = OfTurn(ref reader, hash, out isUsers);
            }
            else
            {
                hash = OfTexts(ref reader, hash);
            }
        }

        return hash;
    }

    private static ulong OfTurn(ref Utf8JsonReader reader, ulong hash, out bool isUsers)
    {
        isUsers = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRole = reader.ValueSpan.SequenceEqual("role"u8);
            var isMark = IsMark(reader);
            reader.Read();
            isUsers |= isRole && reader.TokenType == JsonTokenType.String && reader.ValueSpan.SequenceEqual("user"u8);
            if (isMark || isRole)
            {
                reader.Skip();
            }
            else
            {
                hash = OfTexts(ref reader, hash);
            }
        }

        return hash;
    }

    // Every string in a value but kinds and marks.
    private static ulong OfTexts(ref Utf8JsonReader reader, ulong hash)
    {
        var depth = reader.CurrentDepth;
        var isContainer = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
        do
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                hash = OfText(reader.ValueSpan, hash);
            }
            else if (reader.TokenType == JsonTokenType.PropertyName && IsMark(reader))
            {
                reader.Read();
                reader.Skip();
            }
        }
        while (isContainer && reader.Read() && reader.CurrentDepth > depth);

        return hash;
    }

    private static bool IsMark(in Utf8JsonReader reader) => reader.ValueSpan.SequenceEqual("type"u8) || reader.ValueSpan.SequenceEqual("cache_control"u8);

    private static ulong OfText(ReadOnlySpan<byte> text, ulong seed) => XxHash3.HashToUInt64(text, (long)seed);

    private static ulong Both(ulong said, ulong first)
    {
        ReadOnlySpan<ulong> both = [said, first];
        return OfText(MemoryMarshal.AsBytes(both), 0);
    }

    private readonly ref struct MemberNames(ReadOnlySpan<byte> instructions, ReadOnlySpan<byte> turns)
    {
        private readonly ReadOnlySpan<byte> _instructions = instructions;
        private readonly ReadOnlySpan<byte> _turns = turns;

        public void Deconstruct(out ReadOnlySpan<byte> instructions, out ReadOnlySpan<byte> turns)
        {
            instructions = _instructions;
            turns = _turns;
        }
    }
}
