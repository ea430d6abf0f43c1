using System.Text.Json;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>
/// Remembers the names of an object's members to find one that comes twice: one reader would take the first value and
/// the next reader the last.
/// </summary>
internal ref struct TopLevelNames(ReadOnlySpan<byte> body, Span<(int Start, int Length)> seen)
{
    private readonly ReadOnlySpan<byte> _body = body;
    private readonly Span<(int Start, int Length)> _seen = seen;
    private int _count;
    private HashSet<string>? _many;

    /// <summary>Adds the name at the reader.</summary>
    /// <returns><see langword="false"/> when the object has had it before.</returns>
    public bool TryAdd(scoped in Utf8JsonReader reader)
    {
        // Escapes make two spellings of one name: only then, or with very many names, are strings made.
        if (_many is not null || reader.ValueIsEscaped || _count == _seen.Length)
        {
            return AddToMany(in reader);
        }

        var name = reader.ValueSpan;
        foreach (var (start, length) in _seen[.._count])
        {
            if (length == name.Length && _body.Slice(start, length).SequenceEqual(name))
            {
                return false;
            }
        }

        _seen[_count++] = ((int)reader.TokenStartIndex + 1, name.Length);
        return true;
    }

    private bool AddToMany(scoped in Utf8JsonReader reader)
    {
        if (_many is null)
        {
            _many = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (start, length) in _seen[.._count])
            {
                _many.Add(System.Text.Encoding.UTF8.GetString(_body.Slice(start, length)));
            }
        }

        return _many.Add(reader.GetString()!);
    }
}
