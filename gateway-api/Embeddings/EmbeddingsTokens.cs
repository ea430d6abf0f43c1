using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Embeddings;

/// <summary>Counts the tokens of inputs: how much of a joined call is whose.</summary>
/// <remarks>A vocabulary takes some tenths of a second to load. Nobody waits for that: until it is there, nothing is joined.</remarks>
internal sealed class EmbeddingsTokens
{
    private readonly ConcurrentDictionary<TokenCounter, Task> _loads = new();

    /// <summary>Whether a counter can count at once; asked for the first time, it begins to load.</summary>
    public bool IsReady(TokenCounter counter) => _loads.GetOrAdd(counter, static counter => Task.Run(() => counter.Count("a"))).IsCompletedSuccessfully;

    /// <summary>The tokens of all inputs; <see langword="null"/>: a text is not valid Unicode, which is for the provider to judge.</summary>
    /// <param name="counter">Of the model.</param>
    /// <param name="body">The whole request.</param>
    /// <param name="input">Where the inputs stand in it.</param>
    public static long? Count(TokenCounter counter, ReadOnlySpan<byte> body, EmbeddingsInput input)
    {
        var items = body[input.Items];
        if (input.Kind == EmbeddingsInputKind.Texts && JsonText.HasHalfPair(items))
        {
            return null;
        }

        var tokens = 0L;
        var at = 0;
        while (at < items.Length)
        {
            var end = JsonRun.EndOf(items, at);
            tokens += input.Kind == EmbeddingsInputKind.Texts ? CountText(counter, items[at..end]) : CountTokens(items[at..end]);
            var next = items[end..].IndexOfAnyExcept(" \t\r\n,"u8);
            at = next < 0 ? items.Length : end + next;
        }

        return tokens;
    }

    private static int CountTokens(ReadOnlySpan<byte> list)
    {
        var tokens = new JsonRun(list, 0);
        var count = 0;
        while (tokens.MoveNext())
        {
            count++;
        }

        return count;
    }

    private static int CountText(TokenCounter counter, ReadOnlySpan<byte> text)
    {
        if (text.Contains((byte)'\\'))
        {
            return counter.Count(JsonText.Decode(text));
        }

        var characters = ArrayPool<char>.Shared.Rent(text.Length);
        try
        {
            return counter.Count(characters.AsSpan(0, Encoding.UTF8.GetChars(JsonText.Inner(text), characters)));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(characters);
        }
    }
}
