using System.Text;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Finds server-sent events in pieces of a stream, plainly: the bytes of an unfinished line are kept and read again.</summary>
internal sealed class EventSplitter
{
    private readonly List<byte> _rest = [];
    private readonly List<string> _data = [];
    private string _name = "";
    private bool _endedByReturn;

    public IEnumerable<(byte[] Name, byte[] Data)> Take(ReadOnlyMemory<byte> piece)
    {
        foreach (var value in piece.ToArray())
        {
            var isSecondHalf = value == '\n' && _endedByReturn;
            _endedByReturn = value == '\r';
            if (isSecondHalf)
            {
                continue;
            }

            if (value is not ((byte)'\n' or (byte)'\r'))
            {
                _rest.Add(value);
            }
            else if (TakeLine() is { } found)
            {
                yield return found;
            }
        }
    }

    private (byte[] Name, byte[] Data)? TakeLine()
    {
        var line = Encoding.UTF8.GetString([.. _rest]);
        _rest.Clear();
        if (line.Length > 0)
        {
            TakeField(line);
            return null;
        }

        var data = Encoding.UTF8.GetBytes(string.Join('\n', _data));
        var found = _data.Count == 0 ? ((byte[], byte[])?)null : (Encoding.UTF8.GetBytes(_name), data);
        _data.Clear();
        _name = "";
        return found;
    }

    private void TakeField(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        var (field, value) = colon < 0 ? (line, "") : (line[..colon], line[(colon + 1)..]);
        value = value.StartsWith(' ') ? value[1..] : value;
        if (field == "data")
        {
            _data.Add(value);
        }
        else if (field == "event")
        {
            _name = value;
        }
    }
}
