using System.Text;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>
/// Finds a member that comes twice in any object of a value that is read token by token: what a hook reads first and a provider
/// reads last would be two requests in one (RELIABILITY S22).
/// </summary>
/// <param name="body">What the reader reads, from its first byte.</param>
/// <param name="room">Where the names of the open objects are kept; more is rented from the heap.</param>
internal ref struct NestedNames(ReadOnlySpan<byte> body, Span<(int Start, int Length)> room)
{
    private const int MostCompared = 32;
    private const int MostMembers = 16_384;

    private readonly ReadOnlySpan<byte> _body = body;

    // Names of the open objects, each object's behind an entry of its own: how many names it has, and where the outer one's are.
    private Span<(int Start, int Length)> _names = room;
    private int _count;
    private int _first;
    private Stack<HashSet<string>>? _many;

    /// <summary>Takes the token at the reader.</summary>
    /// <returns>Why the body is refused; <see langword="null"/>: go on.</returns>
    public Refusal? See(scoped in Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                Push((0, _first));
                _first = _count;
                return null;
            case JsonTokenType.EndObject:
                Leave();
                return null;
            case JsonTokenType.PropertyName:
                return Add(in reader);
            default:
                return null;
        }
    }

    private Refusal? Add(scoped in Utf8JsonReader reader)
    {
        ref var members = ref _names[_first - 1].Start;
        if (++members > MostMembers)
        {
            return Refusals.InvalidJson($"The request's body has an object with more than {MostMembers} members, at byte {reader.TokenStartIndex}.");
        }

        return IsNew(in reader, members)
            ? null
            : Refusals.InvalidJson($"The request's body has a member twice, the second time at byte {reader.TokenStartIndex}.");
    }

    private bool IsNew(scoped in Utf8JsonReader reader, int members)
    {
        // Escapes make two spellings of one name: only then, or with very many names, are strings made.
        var isMany = members - 1 > _count - _first;
        if (isMany || reader.ValueIsEscaped || members > MostCompared)
        {
            return AddToMany(in reader, isMany);
        }

        var name = reader.ValueSpan;
        foreach (var (start, length) in _names[_first.._count])
        {
            if (length == name.Length && _body.Slice(start, length).SequenceEqual(name))
            {
                return false;
            }
        }

        Push(((int)reader.TokenStartIndex + 1, name.Length));
        return true;
    }

    private bool AddToMany(scoped in Utf8JsonReader reader, bool isMany)
    {
        _many ??= new();
        if (!isMany)
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (start, length) in _names[_first.._count])
            {
                names.Add(Encoding.UTF8.GetString(_body.Slice(start, length)));
            }

            _many.Push(names);
        }

        // Half a pair is no text to compare, and nobody's name for anything: its escapes stand for it.
        return _many.Peek().Add(JsonText.HasHalfPair(reader.ValueSpan) ? Encoding.UTF8.GetString(reader.ValueSpan) : reader.GetString()!);
    }

    private void Leave()
    {
        var (members, outer) = _names[_first - 1];
        if (members > _count - _first)
        {
            _many!.Pop();
        }

        _count = _first - 1;
        _first = outer;
    }

    private void Push((int Start, int Length) entry)
    {
        if (_count == _names.Length)
        {
            var larger = new (int Start, int Length)[_names.Length * 2];
            _names.CopyTo(larger);
            _names = larger;
        }

        _names[_count++] = entry;
    }
}
