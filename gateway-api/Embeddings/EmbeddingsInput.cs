using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Embeddings;

/// <summary>What one request wants embedded, as it stands in its body.</summary>
/// <param name="Items">The inputs, parted by commas, without the brackets of a list around them.</param>
/// <param name="Count">How many they are; at least 1.</param>
/// <param name="Kind">What each of them is.</param>
internal readonly record struct EmbeddingsInput(Range Items, int Count, EmbeddingsInputKind Kind)
{
    /// <summary>What the inputs seem to be, by the first of them.</summary>
    /// <param name="body">The whole request.</param>
    /// <param name="token">Where <c>input</c> stands in it.</param>
    public static EmbeddingsInputKind KindOf(ReadOnlySpan<byte> body, Range token)
    {
        var input = body[token];
        if (input.IsEmpty || input[0] == '"')
        {
            return input.IsEmpty ? EmbeddingsInputKind.Other : EmbeddingsInputKind.Texts;
        }

        var first = input[0] == '[' ? input[1..].TrimStart(" \t\r\n"u8) : default;
        return first.IsEmpty ? EmbeddingsInputKind.Other : first[0] switch
        {
            (byte)'"' => EmbeddingsInputKind.Texts,
            (byte)'[' or (>= (byte)'0' and <= (byte)'9') => EmbeddingsInputKind.Tokens,
            _ => EmbeddingsInputKind.Other,
        };
    }

    /// <summary>
    /// Finds the inputs, where they can stand beside those of others: texts that are not empty, or lists of tokens that are
    /// not. All else is for the provider to judge on its own.
    /// </summary>
    /// <param name="body">The whole request, checked.</param>
    /// <param name="token">Where <c>input</c> stands in it.</param>
    /// <param name="input">The inputs.</param>
    public static bool TryRead(ReadOnlySpan<byte> body, Range token, out EmbeddingsInput input)
    {
        input = default;
        var start = token.Start.Value;
        switch (KindOf(body, token))
        {
            case EmbeddingsInputKind.Texts when body[start] == '"':
                input = new EmbeddingsInput(token, 1, EmbeddingsInputKind.Texts);
                return !IsEmptyText(body, token);
            case EmbeddingsInputKind.Texts:
                return TryReadList(body, start, EmbeddingsInputKind.Texts, out input);
            case EmbeddingsInputKind.Tokens when AreTokens(body, token):
                input = new EmbeddingsInput(token, 1, EmbeddingsInputKind.Tokens);
                return true;
            case EmbeddingsInputKind.Tokens:
                return TryReadList(body, start, EmbeddingsInputKind.Tokens, out input);
            default:
                return false;
        }
    }

    private static bool TryReadList(ReadOnlySpan<byte> body, int start, EmbeddingsInputKind kind, out EmbeddingsInput input)
    {
        input = default;
        var items = new JsonRun(body, start);
        var count = 0;
        var first = 0;
        var end = 0;
        while (items.MoveNext())
        {
            var fits = kind == EmbeddingsInputKind.Texts ? items.First == '"' && !IsEmptyText(body, items.Value) : AreTokens(body, items.Value);
            if (!fits)
            {
                return false;
            }

            first = count++ == 0 ? items.Value.Start.Value : first;
            end = items.Value.End.Value;
        }

        input = new EmbeddingsInput(first..end, count, kind);
        return count > 0;
    }

    private static bool IsEmptyText(ReadOnlySpan<byte> body, Range text) => body[text].Length == 2;

    private static bool AreTokens(ReadOnlySpan<byte> body, Range list)
    {
        if (body[list.Start] != '[')
        {
            return false;
        }

        var tokens = new JsonRun(body, list.Start.Value);
        var count = 0;
        while (tokens.MoveNext())
        {
            if (tokens.First is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            count++;
        }

        return count > 0;
    }
}

/// <summary>What inputs are: those of different kinds cannot go in one call.</summary>
internal enum EmbeddingsInputKind
{
    /// <summary>Nothing that could be joined.</summary>
    Other = 0,

    /// <summary>Texts.</summary>
    Texts = 1,

    /// <summary>Lists of tokens.</summary>
    Tokens = 2,
}
