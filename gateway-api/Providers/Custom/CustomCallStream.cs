using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Custom;

/// <summary>Puts the pieces of streamed calls where they belong.</summary>
internal sealed class CustomCallStream
{
    private const int MostCalls = 1024;

    // By which a later piece is known to belong to a call; those without are known by their order only.
    private readonly Dictionary<string, int> _calls = new(StringComparer.Ordinal);

    /// <summary>Calls begun so far.</summary>
    public int Count { get; private set; }

    /// <summary>Whether each piece has a call to go on with, or begins one, and they are not too many.</summary>
    public bool Fits(IReadOnlyList<CustomCallPiece> pieces)
    {
        var begun = Count;
        HashSet<string>? begunHere = null;
        foreach (var piece in pieces)
        {
            var key = KeyOf(piece);
            var isKnown = key is null ? begun > 0 : _calls.ContainsKey(key) || begunHere?.Contains(key) == true;
            if (!isKnown && piece.Name is null)
            {
                return false;
            }

            if (key is null ? piece.Name is not null : !isKnown)
            {
                begun++;
            }

            if (!isKnown && key is not null)
            {
                (begunHere ??= new(StringComparer.Ordinal)).Add(key);
            }
        }

        return begun <= MostCalls;
    }

    /// <summary>Tells a client of pieces that <see cref="Fits"/>.</summary>
    public void Write(IReadOnlyList<CustomCallPiece> pieces, AnswerStream client)
    {
        foreach (var piece in pieces)
        {
            var call = CallOf(piece);
            if (call < 0)
            {
                call = Count++;
                if (KeyOf(piece) is { } key)
                {
                    _calls.Add(key, call);
                }

                client.BeginCall(JsonText.Quote(piece.Id ?? $"call_{Guid.NewGuid():N}"), JsonText.Quote(piece.Name!));
            }

            if (piece.Arguments is { Length: > 0 } arguments)
            {
                client.Arguments(call, JsonText.Quote(arguments));
            }
        }
    }

    private int CallOf(in CustomCallPiece piece) =>
        KeyOf(piece) is { } key ? _calls.GetValueOrDefault(key, -1)
        : piece.Name is not null ? -1
        : Count - 1;

    private static string? KeyOf(in CustomCallPiece piece) =>
        piece.Index is { } index ? "index " + index : piece.Id is { } id ? "id " + id : null;
}
