using System.Runtime.InteropServices;

namespace ProxyCluster.Tests.Fuzz.Engine;

/// <summary>Changes streams by whole events or lines: one is lost, comes twice, comes too early, or is another stream's.</summary>
internal static class EventMutator
{
    /// <summary>Changes a stream.</summary>
    /// <param name="bytes">The stream.</param>
    /// <param name="other">Another one, to take an event from.</param>
    /// <param name="random">Chooses.</param>
    /// <returns><see langword="false"/>: it has one event only.</returns>
    public static bool TryChange(List<byte> bytes, byte[] other, Random random)
    {
        var events = Split(CollectionsMarshal.AsSpan(bytes));
        if (events.Count < 2)
        {
            return false;
        }

        var at = random.Next(events.Count);
        var to = random.Next(events.Count);
        switch (random.Next(5))
        {
            case 0:
                events.RemoveAt(at);
                break;
            case 1:
                events.Insert(to, events[at]);
                break;
            case 2:
                (events[at], events[to]) = (events[to], events[at]);
                break;
            case 3:
                events.RemoveRange(at, events.Count - at);
                break;
            default:
                var others = Split(other);
                if (others.Count > 0)
                {
                    events.Insert(to, others[random.Next(others.Count)]);
                }

                break;
        }

        bytes.Clear();
        foreach (var one in events)
        {
            bytes.AddRange(one);
        }

        return true;
    }

    // Server-sent events end with an empty line; where there is none, each line is an event.
    private static List<byte[]> Split(ReadOnlySpan<byte> stream)
    {
        var end = stream.IndexOf("\n\n"u8) >= 0 ? "\n\n"u8 : "\n"u8;
        var events = new List<byte[]>();
        while (!stream.IsEmpty)
        {
            var length = stream.IndexOf(end);
            length = length < 0 ? stream.Length : length + end.Length;
            events.Add(stream[..length].ToArray());
            stream = stream[length..];
        }

        return events;
    }
}
