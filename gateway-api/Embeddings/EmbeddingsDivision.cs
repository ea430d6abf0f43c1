using System.Buffers;
using System.Globalization;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Embeddings;

/// <summary>
/// A joined call's answer, taken apart by where its pieces stand: the vectors, and the numbers of what was billed. Bytes are
/// copied, vectors are never read.
/// </summary>
internal sealed class EmbeddingsDivision
{
    private readonly ReadOnlyMemory<byte> _answer;
    private readonly Item?[] _items;
    private readonly List<UsageNumber> _numbers = [];
    private Range _list;

    private EmbeddingsDivision(ReadOnlyMemory<byte> answer, int inputs)
    {
        _answer = answer;
        _items = new Item?[inputs];
    }

    /// <summary>Takes an answer apart; <see langword="null"/>: it does not say which vector belongs to which input.</summary>
    /// <param name="answer">In OpenAI's form, checked before.</param>
    /// <param name="inputs">How many inputs the call had.</param>
    public static EmbeddingsDivision? Read(ReadOnlyMemory<byte> answer, int inputs)
    {
        try
        {
            var division = new EmbeddingsDivision(answer, inputs);
            return division.Read(answer.Span) ? division : null;
        }
        catch (Exception fault) when (fault is FormatException or IndexOutOfRangeException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>Whether there is a vector for each of a caller's inputs.</summary>
    /// <param name="first">The caller's first input, counted over the call.</param>
    /// <param name="count">How many inputs it has.</param>
    public bool HasAll(int first, int count) => Array.TrueForAll(_items[first..(first + count)], static item => item is not null);

    /// <summary>Splits what was billed.</summary>
    /// <param name="weights">Of the callers.</param>
    public void Split(ReadOnlySpan<long> weights)
    {
        foreach (var number in _numbers)
        {
            number.Split(weights);
        }
    }

    /// <summary>Writes a caller's own answer: its vectors, counted from 0, its share of what was billed, all else as it came.</summary>
    /// <param name="first">The caller's first input, counted over the call.</param>
    /// <param name="count">How many inputs it has.</param>
    /// <param name="caller">Which of the callers that the bill was split for.</param>
    /// <param name="output">Takes the answer.</param>
    public void Write(int first, int count, int caller, IBufferWriter<byte> output)
    {
        var answer = _answer.Span;
        var at = 0;
        var isListed = false;
        foreach (var number in _numbers)
        {
            if (!isListed && number.Place.Start.Value > _list.Start.Value)
            {
                at = WriteList(answer, at, first, count, output);
                isListed = true;
            }

            output.Write(answer[at..number.Place.Start.Value]);
            number.WriteShare(caller, output);
            at = number.Place.End.Value;
        }

        at = isListed ? at : WriteList(answer, at, first, count, output);
        output.Write(answer[at..]);
    }

    private bool Read(ReadOnlySpan<byte> answer)
    {
        var isFound = false;
        var members = new JsonRun(answer, answer.Length - answer.TrimStart(" \t\r\n"u8).Length);
        while (members.MoveNext())
        {
            if (members.Name.SequenceEqual("data"u8))
            {
                if (isFound || members.First != '[' || !ReadItems(answer, members.Value.Start.Value))
                {
                    return false;
                }

                isFound = true;
            }
            else if (members.Name.SequenceEqual("usage"u8) && members.First == '{')
            {
                ReadNumbers(answer, members.Value.Start.Value);
            }
        }

        return isFound;
    }

    private bool ReadItems(ReadOnlySpan<byte> answer, int start)
    {
        var run = new JsonRun(answer, start);
        var count = 0;
        var numbered = 0;
        while (run.MoveNext())
        {
            if (count == _items.Length || run.First != '{')
            {
                return false;
            }

            var item = new Item(run.Value, IndexOf(answer, run.Value.Start.Value));
            var place = count++;
            if (!item.Index.Equals(default))
            {
                numbered++;
                if (!int.TryParse(answer[item.Index], NumberStyles.None, CultureInfo.InvariantCulture, out place) || place >= _items.Length)
                {
                    return false;
                }
            }

            if (_items[place] is not null)
            {
                return false;
            }

            _items[place] = item;
        }

        // Without numbers the order tells, as long as nothing is missing.
        _list = (start + 1)..run.Closing;
        return numbered == count || (numbered == 0 && count == _items.Length);
    }

    private static Range IndexOf(ReadOnlySpan<byte> answer, int start)
    {
        var members = new JsonRun(answer, start);
        while (members.MoveNext())
        {
            if (members.Name.SequenceEqual("index"u8))
            {
                return members.Value;
            }
        }

        return default;
    }

    private void ReadNumbers(ReadOnlySpan<byte> answer, int start)
    {
        var members = new JsonRun(answer, start);
        while (members.MoveNext())
        {
            if (members.First == '{')
            {
                ReadNumbers(answer, members.Value.Start.Value);
            }
            else if (UsageNumber.Read(answer, members.Value) is { } number)
            {
                _numbers.Add(number);
            }
        }
    }

    private int WriteList(ReadOnlySpan<byte> answer, int at, int first, int count, IBufferWriter<byte> output)
    {
        output.Write(answer[at.._list.Start.Value]);
        for (var i = 0; i < count; i++)
        {
            output.Write(i > 0 ? ","u8 : default);
            var item = _items[first + i]!.Value;
            if (item.Index.Equals(default))
            {
                output.Write(answer[item.Place]);
                continue;
            }

            output.Write(answer[item.Place.Start..item.Index.Start]);
            JsonText.WriteNumber(i, output);
            output.Write(answer[item.Index.End..item.Place.End]);
        }

        return _list.End.Value;
    }

    private readonly record struct Item(Range Place, Range Index);
}
